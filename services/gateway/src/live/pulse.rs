//! Whether the projector is heard. The gateway only listens: it never makes a heartbeat.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proto::live::{BoardStand, Cause, Heartbeat};
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
}

impl Pulse {
    /// Why boards are not to be called live, if there is a reason.
    pub(crate) fn cause(&self) -> Option<Cause> {
        match &self.beat {
            Some(beat) if !self.silent => beat.degraded,
            Some(_) | None => Some(Cause::ProjectorSilent),
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

/// Keeps the pulse: told of every heartbeat, asked now and then.
pub(crate) struct Listener {
    sender: watch::Sender<Pulse>,
    last: Instant,
    silent_after: Duration,
}

impl Listener {
    pub(crate) fn new(silent_after: Duration) -> (Self, watch::Receiver<Pulse>) {
        let (sender, receiver) = watch::channel(Pulse::default());
        (Self { sender, last: Instant::now(), silent_after }, receiver)
    }

    /// A heartbeat came.
    pub(crate) fn beat(&mut self, heartbeat: Heartbeat) -> Arc<Beat> {
        let Heartbeat { projector: _, server_time, epoch, sequence, boards, degraded } = heartbeat;
        let boards = boards.into_iter().map(|stand| (stand.view.clone(), stand)).collect();
        let beat = Arc::new(Beat { server_time, epoch, sequence, boards, degraded });
        self.last = Instant::now();
        self.sender.send_modify(|pulse| {
            pulse.beat = Some(Arc::clone(&beat));
            pulse.count = pulse.count.wrapping_add(1);
            pulse.silent = false;
        });
        beat
    }

    /// Judges the silence; everyone is told once when it has become too long.
    pub(crate) fn check(&self) {
        if self.last.elapsed() >= self.silent_after {
            self.sender.send_if_modified(|pulse| !std::mem::replace(&mut pulse.silent, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heartbeat() -> Heartbeat {
        let (server_time, epoch) = ("t".into(), "e".into());
        let projector = "1".to_owned();
        Heartbeat { projector, server_time, epoch, sequence: 1, boards: Vec::new(), degraded: None }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_says_more_than_what_the_last_beat_said() {
        let (mut listener, pulse) = Listener::new(Duration::from_secs(11));
        assert_eq!(pulse.borrow().cause(), Some(Cause::ProjectorSilent), "nobody was heard yet");
        listener.beat(Heartbeat { degraded: Some(Cause::JournalReadOnly), ..heartbeat() });
        assert_eq!(pulse.borrow().cause(), Some(Cause::JournalReadOnly));
        tokio::time::advance(Duration::from_secs(12)).await;
        listener.check();
        assert_eq!(pulse.borrow().cause(), Some(Cause::ProjectorSilent));
        listener.beat(heartbeat());
        assert_eq!(pulse.borrow().cause(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_said_once_and_taken_back_by_the_next_beat() {
        let (mut listener, mut pulse) = Listener::new(Duration::from_secs(11));
        tokio::time::advance(Duration::from_millis(10_900)).await;
        listener.check();
        assert!(!pulse.has_changed().unwrap());
        tokio::time::advance(Duration::from_millis(200)).await;
        listener.check();
        assert!(pulse.borrow_and_update().silent);
        listener.check();
        assert!(!pulse.has_changed().unwrap(), "said once");
        listener.beat(heartbeat());
        assert!(!pulse.borrow_and_update().silent);
        tokio::time::advance(Duration::from_secs(10)).await;
        listener.check();
        assert!(!pulse.has_changed().unwrap(), "counted from the last beat");
    }
}
