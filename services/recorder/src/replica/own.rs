//! What this recorder says to all of them through the stream: how the area is described, and that a moment has come.

use std::time::Duration;

use bytes::Bytes;
use proto::intake::Own as Said;
use proto::subject::Subject;
use situation::time::Instant as Moment;
use tokio::time::{Instant, sleep_until};

use super::Replica;
use super::follow::{Aside, Work};

/// A moment that is due is put into the stream once more if it did not come out of it within this time. Recorders
/// wait a share of it the longer, the later they come among all, so that mostly one of them says it.
const RING_AGAIN: Duration = Duration::from_secs(1);

/// A moment far ahead is looked at again after this time: a clock may be set meanwhile.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(30);

impl Replica {
    /// Once everything old is decided: the area's description, once in the life of a process, so that who starts last
    /// with another file is heard; and a question for the time, by which the clocks are compared.
    pub(super) fn greet(&self, work: &mut Work) {
        if self.cursor < work.until {
            return;
        }
        if !work.greeted {
            work.greeted = true;
            self.ask_the_time(work);
        }
        if !self.described && !work.describing {
            work.describing = true;
            let document = self.founding.document.to_string();
            self.put(Said::Area { document }, Aside::Described, work);
        }
    }

    /// Puts a moment that is past already into the stream, which comes back with the stream's time.
    pub(super) fn ask_the_time(&self, work: &mut Work) {
        self.put(Said::Clock { due: self.desk.decider.received().into() }, Aside::Put, work);
    }

    /// When the next moment has to be put into the stream, and which.
    pub(super) fn ring_at(&mut self, work: &mut Work) -> impl Future<Output = Moment> + use<> {
        let due = self.desk.decider.next_due().filter(|_| work.greeted);
        work.ring = due.map(|due| match work.ring {
            Some((planned, at)) if planned == due => (due, at),
            _ => (due, Instant::now() + self.until_due(due) + self.share()),
        });
        let ring = work.ring;
        async move {
            let Some((due, at)) = ring else { return std::future::pending().await };
            sleep_until(at).await;
            due
        }
    }

    /// How long it is until a moment by this machine's clock, or until the clock is to be looked at again.
    fn until_due(&self, due: Moment) -> Duration {
        let micros = due.as_micros().saturating_sub(self.clock.now_us());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LOOK_AT_CLOCK)
    }

    /// How much later this one says what any of them may say.
    fn share(&self) -> Duration {
        let all = u32::try_from(self.peers.all().len()).unwrap_or(u32::MAX).max(1);
        (RING_AGAIN / all).saturating_mul(self.peers.rank())
    }

    /// Puts a moment into the stream, if it has come.
    pub(super) fn ring(&self, due: Moment, work: &mut Work) {
        let left = self.until_due(due);
        work.ring = Some((due, Instant::now() + left.max(RING_AGAIN) + self.share()));
        if left.is_zero() {
            self.put(Said::Clock { due: due.into() }, Aside::Put, work);
        }
    }

    fn put(&self, said: Said, done: fn(Result<u64, bus::nats::Error>) -> Aside, work: &mut Work) {
        let (stream, subject) = (self.stream.clone(), Subject::intake_own(&self.founding.area.id));
        let payload = Bytes::from(serde_json::to_vec(&said).unwrap_or_default());
        work.asides.spawn(async move { done(stream.put(&subject, payload).await) });
    }
}
