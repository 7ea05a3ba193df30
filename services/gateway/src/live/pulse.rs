//! Whether the projector is heard. The gateway only listens: it never makes a heartbeat.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proto::live::{BoardStand, Cause, Heartbeat, Withheld};
use proto::time::Moment;
use tokio::sync::watch;
use tokio::time::Instant;

/// The last heartbeat and whether it is recent enough to call a board live.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pulse {
    /// The newest heartbeat, if there was any.
    pub(crate) beat: Option<Arc<Beat>>,
    /// Heartbeats so far: tells a new one from a change of `silent`.
    pub(crate) count: u64,
    /// No heartbeat for too long.
    pub(crate) silent: bool,
    /// Why there is none, as a projector says that is there.
    pub(crate) withheld: Option<Arc<Withheld>>,
}

impl Pulse {
    /// Why boards are not to be called live, if there is a reason.
    pub(crate) fn cause(&self) -> Option<Cause> {
        match &self.beat {
            Some(beat) if !self.silent => beat.degraded,
            Some(_) | None => {
                let told = self.withheld.as_ref().and_then(|withheld| withheld.cause);
                Some(told.unwrap_or(Cause::ProjectorSilent))
            }
        }
    }
}

/// A heartbeat, its boards by view.
#[derive(Debug)]
pub(crate) struct Beat {
    pub(crate) server_time: String,
    pub(crate) epoch: String,
    pub(crate) sequence: u64,
    pub(crate) boards: BTreeMap<String, BoardStand>,
    pub(crate) degraded: Option<Cause>,
}

impl Beat {
    /// The area's time at this beat.
    pub(crate) fn moment(&self) -> Option<Moment> {
        proto::time::parse(&self.server_time).ok().map(Moment::from)
    }
}

impl From<Heartbeat> for Beat {
    fn from(heartbeat: Heartbeat) -> Self {
        let Heartbeat { projector: _, server_time, epoch, sequence, boards, degraded } = heartbeat;
        let boards = boards.into_iter().map(|stand| (stand.view.clone(), stand)).collect();
        Self { server_time, epoch, sequence, boards, degraded }
    }
}

/// Keeps the pulse: told of every heartbeat of the projector that is followed, asked now and then.
pub(crate) struct Listener {
    sender: watch::Sender<Pulse>,
    /// How new the boards are known to be; `None` if what was last heard may have been long past.
    last: Option<Instant>,
    silent_after: Duration,
}

impl Listener {
    pub(crate) fn new(silent_after: Duration) -> (Self, watch::Receiver<Pulse>) {
        let (sender, receiver) = watch::channel(Pulse::default());
        (Self { sender, last: Some(Instant::now()), silent_after }, receiver)
    }

    /// A heartbeat came.
    pub(crate) fn beat(&mut self, beat: Arc<Beat>) {
        self.last = Some(Instant::now());
        self.sender.send_modify(|pulse| {
            pulse.beat = Some(beat);
            pulse.count = pulse.count.wrapping_add(1);
            pulse.silent = false;
            pulse.withheld = None;
        });
    }

    /// All boards are now those of a projector whose heart was `heard` before it was followed. That heartbeat is
    /// not passed on any more, but counts.
    pub(crate) fn resume(&mut self, beat: Arc<Beat>, heard: Instant) {
        self.last = self.last.max(Some(heard));
        let silent = self.is_silent();
        self.sender.send_modify(|pulse| {
            pulse.beat = Some(beat);
            pulse.silent = silent;
            pulse.withheld = pulse.withheld.take().filter(|_| silent);
        });
    }

    /// What was heard may have been long past: boards are not live until the next heartbeat.
    pub(crate) fn distrust(&mut self) {
        self.last = None;
        self.check(None);
    }

    /// Judges the silence; everyone is told once when it has become too long, and once when a projector that is there
    /// says another reason for it than before.
    pub(crate) fn check(&self, withheld: Option<Arc<Withheld>>) {
        let silent = self.is_silent();
        let withheld = withheld.filter(|_| silent);
        self.sender.send_if_modified(|pulse| {
            let changed = (silent && !pulse.silent) || pulse.withheld != withheld;
            pulse.silent |= silent;
            pulse.withheld = withheld;
            changed
        });
    }

    /// Whether boards may be called live, as far as the heartbeat goes.
    pub(crate) fn is_live(&self) -> bool {
        self.sender.borrow().beat.is_some() && !self.is_silent()
    }

    fn is_silent(&self) -> bool {
        self.last.is_none_or(|last| last.elapsed() >= self.silent_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat_with(degraded: Option<Cause>) -> Arc<Beat> {
        let (projector, server_time, epoch) = ("1".into(), "t".into(), "e".into());
        let boards = Vec::new();
        Arc::new(Heartbeat { projector, server_time, epoch, sequence: 1, boards, degraded }.into())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_says_more_than_what_the_last_beat_said() {
        let (mut listener, pulse) = Listener::new(Duration::from_secs(11));
        assert_eq!(pulse.borrow().cause(), Some(Cause::ProjectorSilent), "nobody was heard yet");
        listener.beat(beat_with(Some(Cause::JournalReadOnly)));
        assert_eq!(pulse.borrow().cause(), Some(Cause::JournalReadOnly));
        tokio::time::advance(Duration::from_secs(12)).await;
        listener.check(None);
        assert_eq!(pulse.borrow().cause(), Some(Cause::ProjectorSilent));
        listener.beat(beat_with(None));
        assert_eq!(pulse.borrow().cause(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_projector_that_withholds_its_heartbeat_says_why_there_is_none() {
        let (mut listener, mut pulse) = Listener::new(Duration::from_secs(11));
        let why = "no recorder is heard".to_owned();
        let withheld = Withheld { projector: "1".to_owned(), why, cause: Some(Cause::IntakeStopped) };
        let withheld = Some(Arc::new(withheld));
        listener.beat(beat_with(None));
        tokio::time::advance(Duration::from_secs(10)).await;
        listener.check(withheld.clone());
        assert_eq!(pulse.borrow_and_update().cause(), None, "boards are live until the silence is too long");
        tokio::time::advance(Duration::from_secs(2)).await;
        listener.check(withheld.clone());
        assert_eq!(pulse.borrow_and_update().cause(), Some(Cause::IntakeStopped));
        listener.check(withheld);
        assert!(!pulse.has_changed().unwrap(), "said once");
        listener.check(None);
        assert_eq!(pulse.borrow().cause(), Some(Cause::ProjectorSilent), "it is not there any more either");
        listener.beat(beat_with(None));
        assert_eq!(pulse.borrow().cause(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_said_once_and_taken_back_by_the_next_beat() {
        let (mut listener, mut pulse) = Listener::new(Duration::from_secs(11));
        tokio::time::advance(Duration::from_millis(10_900)).await;
        listener.check(None);
        assert!(!pulse.has_changed().unwrap());
        tokio::time::advance(Duration::from_millis(200)).await;
        listener.check(None);
        assert!(pulse.borrow_and_update().silent);
        listener.check(None);
        assert!(!pulse.has_changed().unwrap(), "said once");
        listener.beat(beat_with(None));
        assert!(!pulse.borrow_and_update().silent);
        tokio::time::advance(Duration::from_secs(10)).await;
        listener.check(None);
        assert!(!pulse.has_changed().unwrap(), "counted from the last beat");
    }

    #[tokio::test(start_paused = true)]
    async fn another_projectors_last_word_counts_from_when_it_was_said() {
        let (mut listener, mut pulse) = Listener::new(Duration::from_secs(11));
        listener.beat(beat_with(None));
        let other = Instant::now() + Duration::from_secs(4);
        tokio::time::advance(Duration::from_secs(10)).await;
        listener.resume(beat_with(Some(Cause::JournalReadOnly)), other);
        assert_eq!(pulse.borrow_and_update().cause(), Some(Cause::JournalReadOnly));
        assert_eq!(pulse.borrow().count, 1, "it is not passed on");
        tokio::time::advance(Duration::from_secs(4)).await;
        listener.check(None);
        assert!(!pulse.borrow().silent);
        tokio::time::advance(Duration::from_secs(2)).await;
        listener.check(None);
        assert!(pulse.borrow().silent);
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_be_long_past_makes_nothing_live() {
        let (mut listener, pulse) = Listener::new(Duration::from_secs(11));
        assert!(!listener.is_live(), "nobody was heard");
        listener.beat(beat_with(None));
        assert!(listener.is_live());
        listener.distrust();
        assert!(!listener.is_live() && pulse.borrow().silent);
        listener.beat(beat_with(None));
        assert!(listener.is_live() && !pulse.borrow().silent);
    }
}
