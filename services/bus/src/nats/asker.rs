//! The asking side: requests leave in the order of asking, and only as many as the responder may hold.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use proto::subject::Subject;
use tokio::sync::{Mutex as FairMutex, Semaphore};
use tokio::task::coop;
use tokio::time::{Instant, sleep};

use super::link::{Link, Waiting};
use super::wire::{self, Verdict};
use crate::delivery::Answer;
use crate::{Error, Limits};

/// Slots of requests that one asker may have on their way to one subject's responder: what a fast line carries
/// in a few round trips, and few enough that a responder can line up many askers' (see `line`).
const WINDOW: u32 = 512;

/// Subjects whose door is kept; those nobody stands at are forgotten beyond it.
const DOORS: usize = 1_024;

/// How often a responder may have just gone before it is said that there is none, with pauses that double from
/// [`FIRST_PAUSE`]: a quarter of a second in all.
const GONE: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Every request that this process makes.
pub(super) struct Asker {
    link: Arc<Link>,
    limits: Limits,
    doors: Mutex<HashMap<Subject, Arc<Door>>>,
}

/// Where requests to one subject leave, one after the other.
struct Door {
    /// Held from waiting for room until the request has left. Fair: turns come in order of asking.
    turn: FairMutex<()>,
    room: Arc<Semaphore>,
}

impl Asker {
    pub(super) fn new(link: Arc<Link>, limits: Limits) -> Self {
        Self { link, limits, doors: Mutex::default() }
    }

    /// Sends a request as soon as it may go. The rest is to wait for its answer.
    pub(super) async fn ask(
        self: &Arc<Self>,
        subject: Subject,
        payload: Bytes,
        until: Instant,
    ) -> Result<Answer, Error> {
        let mut waiting = self.send(&subject, &payload, until).await?;
        let asker = Arc::clone(self);
        Ok(Answer::Far(Box::pin(async move {
            let mut pause = FIRST_PAUSE;
            for _ in 0..GONE {
                match waiting.verdict().await {
                    Verdict::Final(result) => return result,
                    Verdict::Gone | Verdict::Taken => {}
                }
                sleep(pause).await;
                pause = pause.saturating_mul(2);
                waiting = asker.send(&subject, &payload, until).await?;
            }
            match waiting.verdict().await {
                Verdict::Final(result) => result,
                Verdict::Gone | Verdict::Taken => Err(Error::NoResponder),
            }
        })))
    }

    async fn send(&self, subject: &Subject, payload: &Bytes, until: Instant) -> Result<Waiting, Error> {
        // A task's spent budget would send a first poll away without a place in the line.
        coop::unconstrained(async {
            let door = self.door(subject);
            let _turn = door.turn.lock().await;
            self.link.up().await?;
            let slots = self.limits.slots_for(payload.len()).min(self.window());
            let room = tokio::select! {
                biased;
                () = self.link.closed.cancelled() => return Err(Error::Closed),
                room = Arc::clone(&door.room).acquire_many_owned(slots) => room,
            };
            let (waiting, reply) = self.link.expect(room.ok());
            let headers = wire::patience(until.saturating_duration_since(Instant::now()));
            self.link.send(subject.question(), Some(reply), Some(headers), payload.clone()).await?;
            Ok(waiting)
        })
        .await
    }

    fn door(&self, subject: &Subject) -> Arc<Door> {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = doors.get(subject) {
            return Arc::clone(door);
        }
        if doors.len() >= DOORS {
            doors.retain(|_, door| Arc::strong_count(door) > 1);
        }
        let slots = usize::try_from(self.window()).unwrap_or(1);
        let door = Arc::new(Door { turn: FairMutex::new(()), room: Arc::new(Semaphore::new(slots)) });
        doors.insert(subject.clone(), Arc::clone(&door));
        door
    }

    fn window(&self) -> u32 {
        self.limits.capacity().min(WINDOW)
    }
}
