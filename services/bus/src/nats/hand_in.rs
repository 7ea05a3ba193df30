//! The source's side of the intake: an event goes into the stream and is kept here until its receipts are there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ErrorCode};
use bytes::Bytes;
use proto::subject::Subject;
use tokio::sync::{Mutex as FairMutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::coop;
use tokio::time::{Instant, sleep};

use super::copies::is_leaderless;
use super::link::{Link, Receipts, Waiting};
use super::receipts::Tally;
use super::wire::{self, Verdict};
use crate::delivery::{Answer, LastWord};
use crate::{Error, Limits};

/// Slots of events under way on one connection: a whole body of the door, and a group commit of the recorder. A
/// server writes what has come to a stream before it says or delivers anything more, so that a larger window would
/// only make everybody wait longer: with a disk that syncs in 1 ms, this one is a second.
const WINDOW: u32 = 1_024;

/// When an event is sent again that the stream has and that has no sufficient receipts: longer than a synced commit
/// takes under load, so that a house in order sends each event once. Doubled each time up to
/// [`LONGEST_RESEND`]: a house that is behind would otherwise be given more to do with every second that it is.
const RESEND: Duration = Duration::from_secs(2);
const LONGEST_RESEND: Duration = Duration::from_secs(8);

/// When an event is sent again of which the stream has said nothing. It stands in the queue of a busy server, where
/// sending it again makes matters worse, or is lost with a leader: longer than a new one takes to be chosen.
const UNHEARD: Duration = Duration::from_secs(5);

/// Where events wait for their receipts.
pub(super) struct Porch {
    link: Arc<Link>,
    /// Receipts that each event needs.
    wanted: usize,
    /// The recorders whose receipts count; empty: anybody's.
    of: Arc<[String]>,
    /// Held from waiting for room until the event has left. Fair: turns come in order of handing in.
    turn: FairMutex<()>,
    room: Arc<Semaphore>,
    door: Arc<Door>,
}

/// What the stream has said of events.
#[derive(Default)]
struct Door {
    /// Whether it has refused the last one that it spoke of: said once in the log, not for each.
    refuses: AtomicBool,
    /// Whether it has ever kept one: then a stream that nobody answers for is there and has no leader.
    has_kept: AtomicBool,
}

/// One event under way.
struct Event {
    link: Arc<Link>,
    subject: String,
    payload: Bytes,
    receipts: Receipts,
    receipt_to: String,
    door: Arc<Door>,
    _room: Option<OwnedSemaphorePermit>,
}

impl Porch {
    pub(super) fn new(link: Arc<Link>, wanted: usize, of: Arc<[String]>) -> Self {
        let room = usize::try_from(WINDOW).unwrap_or(Semaphore::MAX_PERMITS);
        let (turn, room) = (FairMutex::new(()), Arc::new(Semaphore::new(room)));
        Self { link, wanted, of, turn, room, door: Arc::default() }
    }

    /// Sends an event as soon as it may go. The rest is to wait for its receipts.
    pub(super) async fn hand_in(&self, subject: &Subject, payload: Bytes) -> Result<Answer, Error> {
        // A task's spent budget would send a first poll away without a place in the line.
        coop::unconstrained(async {
            let _turn = self.turn.lock().await;
            self.link.up().await?;
            let slots = Limits { slots: WINDOW }.slots_for(payload.len());
            let room = tokio::select! {
                biased;
                () = self.link.closed.cancelled() => return Err(Error::Closed),
                room = Arc::clone(&self.room).acquire_many_owned(slots) => room.ok(),
            };
            let word = LastWord::default();
            let tally = Tally::new(self.wanted, Arc::clone(&self.of), Arc::clone(&word));
            let (receipts, receipt_to) = self.link.expect_receipts(tally);
            let (link, subject) = (Arc::clone(&self.link), subject.to_string());
            let door = Arc::clone(&self.door);
            let event = Event { link, subject, payload, receipts, receipt_to, door, _room: room };
            let kept = event.send().await?;
            Ok(Answer::Handed(Box::pin(event.answered(kept)), word))
        })
        .await
    }
}

impl Event {
    /// Puts it on its way into the stream, which says whether it keeps it.
    async fn send(&self) -> Result<Waiting, Error> {
        let (kept, reply) = self.link.expect(None);
        let headers = wire::receipt_to(&self.receipt_to);
        self.link.send(self.subject.clone(), Some(reply), Some(headers), self.payload.clone()).await?;
        Ok(kept)
    }

    /// Waits for receipts, and sends again what has none. What the stream says is no receipt: it only tells, while
    /// this is certain, that nothing was kept.
    async fn answered(mut self, kept: Waiting) -> Result<Bytes, Error> {
        let mut kept = Some(kept);
        let mut may_be_kept = false;
        let mut connected = self.link.connected.subscribe();
        let mut pause = RESEND;
        let due = sleep(UNHEARD);
        tokio::pin!(due);
        loop {
            tokio::select! {
                biased;
                receipt = self.receipts.enough() => {
                    // Whatever the stream has said, or has not yet: it is kept there.
                    self.door.has_kept.store(true, Ordering::Relaxed);
                    return receipt;
                }
                word = word_of(&mut kept) => {
                    kept = None;
                    match self.door.heard(word) {
                        Err(error) if !may_be_kept => return Err(error),
                        // It is there already, or may be: a receipt can still come.
                        Err(_) => {}
                        Ok(()) => may_be_kept = true,
                    }
                    due.as_mut().reset(Instant::now() + pause);
                    continue;
                }
                () = &mut due => pause = pause.saturating_mul(2).min(LONGEST_RESEND),
                _ = connected.changed() => pause = RESEND,
            }
            due.as_mut().reset(Instant::now() + UNHEARD);
            // What waits for the connection goes out when it is back.
            if *connected.borrow_and_update() && !self.link.closed.is_cancelled() {
                may_be_kept |= kept.is_some();
                kept = Some(self.send().await?);
            }
        }
    }
}

/// What the stream says of the last sending; waits for ever where it has said it.
async fn word_of(kept: &mut Option<Waiting>) -> Result<Word, Refusal> {
    match kept {
        Some(waiting) => read(waiting.verdict().await),
        None => std::future::pending().await,
    }
}

/// What a stream says of an event that it does not refuse.
enum Word {
    Kept,
    /// Nothing that can be read: it may be there.
    Unclear,
}

/// Why a stream has not kept an event.
enum Refusal {
    /// Nobody answers for it.
    Nobody,
    /// In the server's words.
    Told(jetstream::Error),
}

/// Whether a stream has kept an event. What can't be read says nothing.
fn read(verdict: Verdict) -> Result<Word, Refusal> {
    let told = match verdict {
        Verdict::Final(Ok(told)) => told,
        Verdict::Final(Err(Error::NoResponder)) => return Err(Refusal::Nobody),
        Verdict::Final(Err(_)) | Verdict::Taken | Verdict::Gone => return Ok(Word::Unclear),
    };
    match serde_json::from_slice::<Response<PublishAck>>(&told) {
        Ok(Response::Err { error }) => Err(Refusal::Told(error)),
        Ok(Response::Ok(_)) => Ok(Word::Kept),
        Err(_) => Ok(Word::Unclear),
    }
}

impl Door {
    /// What a source is told.
    fn heard(&self, word: Result<Word, Refusal>) -> Result<(), Error> {
        let refuses = word.is_err();
        let news = self.refuses.swap(refuses, Ordering::Relaxed) != refuses;
        match word {
            Ok(Word::Kept) => {
                self.has_kept.store(true, Ordering::Relaxed);
                Ok(())
            }
            Ok(Word::Unclear) => Ok(()),
            Err(Refusal::Nobody) => {
                let known = self.has_kept.load(Ordering::Relaxed);
                let error = if known { Error::NoLeader } else { Error::NoStream };
                if news {
                    tracing::warn!("an event is refused: {error}");
                }
                Err(error)
            }
            Err(Refusal::Told(error)) => {
                if news {
                    tracing::warn!(%error, "the intake stream refuses events: the server says why");
                }
                let code = error.error_code();
                Err(if is_full(code) {
                    Error::Full
                } else if is_leaderless(code) {
                    Error::NoLeader
                } else {
                    Error::NoStream
                })
            }
        }
    }
}

/// Whether a stream has no room at the moment: its own limit, the server's, or too much that it still has to write.
pub(super) fn is_full(code: ErrorCode) -> bool {
    [
        ErrorCode::STREAM_STORE_FAILED,
        ErrorCode::INSUFFICIENT_RESOURCES,
        ErrorCode::STORAGE_RESOURCES_EXCEEDED,
        ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
        ErrorCode::STREAM_TOO_MANY_REQUESTS,
    ]
    .contains(&code)
}
