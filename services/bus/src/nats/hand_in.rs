//! The source's side of the intake: an event goes into the stream and is kept here until its receipts are there.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use bytes::Bytes;
use proto::subject::Subject;
use tokio::sync::{Mutex as FairMutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::coop;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::link::{Link, Receipts, Waiting};
use super::receipts::Tally;
use super::wire::{self, Verdict};
use crate::delivery::{Answer, LastWord};
use crate::{Error, Limits};

/// Slots of events under way on one connection: two whole bodies of the door's 1,024, so that one can be answered
/// while the next is sent, and few enough that four such publishers stay below the 10,000 messages that a server
/// holds for a stream that is busy writing.
const WINDOW: u32 = 2_048;

/// When an event is sent again that has no sufficient receipts. Longer than a synced commit takes under load and
/// than a new leader of the stream is chosen, so that a house in order sends each event once; short enough that
/// several sendings fit into the patience of who hands it in.
const RESEND: Duration = Duration::from_secs(2);

/// Where events wait for their receipts.
pub(super) struct Porch {
    link: Arc<Link>,
    /// Receipts that each event needs.
    wanted: usize,
    /// Held from waiting for room until the event has left. Fair: turns come in order of handing in.
    turn: FairMutex<()>,
    room: Arc<Semaphore>,
}

/// One event under way.
struct Event {
    link: Arc<Link>,
    subject: String,
    payload: Bytes,
    receipts: Receipts,
    receipt_to: String,
    _room: Option<OwnedSemaphorePermit>,
}

impl Porch {
    pub(super) fn new(link: Arc<Link>, wanted: usize) -> Self {
        let room = usize::try_from(WINDOW).unwrap_or(Semaphore::MAX_PERMITS);
        Self { link, wanted, turn: FairMutex::new(()), room: Arc::new(Semaphore::new(room)) }
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
            let tally = Tally::new(self.wanted, Arc::clone(&word));
            let (receipts, receipt_to) = self.link.expect_receipts(tally);
            let (link, subject) = (Arc::clone(&self.link), subject.to_string());
            let event = Event { link, subject, payload, receipts, receipt_to, _room: room };
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
        let mut again = interval_at(Instant::now() + RESEND, RESEND);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let resend = tokio::select! {
                biased;
                receipt = self.receipts.enough() => return receipt,
                word = word_of(&mut kept) => {
                    kept = None;
                    match word {
                        Err(error) if !may_be_kept => return Err(error),
                        Err(error) => tracing::debug!(%error, "an event sent again is refused"),
                        Ok(()) => may_be_kept = true,
                    }
                    false
                }
                _ = again.tick() => true,
                changed = connected.changed() => changed.is_ok(),
            };
            // What waits for the connection goes out when it is back.
            if resend && *connected.borrow_and_update() && !self.link.closed.is_cancelled() {
                may_be_kept |= kept.is_some();
                kept = Some(self.send().await?);
            }
        }
    }
}

/// What the stream says of the last sending; waits for ever where it has said it.
async fn word_of(kept: &mut Option<Waiting>) -> Result<(), Error> {
    match kept {
        Some(waiting) => read(waiting.verdict().await),
        None => std::future::pending().await,
    }
}

/// Whether a stream has kept an event. What can't be read says nothing.
fn read(verdict: Verdict) -> Result<(), Error> {
    let told = match verdict {
        Verdict::Final(Ok(told)) => told,
        Verdict::Final(Err(Error::NoResponder)) => return Err(Error::NoStream),
        Verdict::Final(Err(_)) | Verdict::Taken | Verdict::Gone => return Ok(()),
    };
    let Ok(Response::Err { error }) = serde_json::from_slice::<Response<PublishAck>>(&told) else {
        return Ok(());
    };
    tracing::warn!(%error, "the intake stream refuses an event");
    Err(if is_full(error.error_code()) { Error::Full } else { Error::NoStream })
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
