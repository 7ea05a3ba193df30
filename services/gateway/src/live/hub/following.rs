//! Which projector the hub follows, and how it comes to follow another.

use std::sync::Arc;
use std::time::Duration;

use bus::Delivery;
use proto::live::{BoardQuery, Heartbeat, Withheld};
use proto::subject::Subject;
use runtime::health::Check;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Hub;
use crate::config::{DEAF, HELD_UP, PROBE};
use crate::live::frames::Position;
use crate::live::pulse::Beat;
use crate::live::roster::Roster;
use crate::live::slot::Slot;
use crate::projector::{Name, Whom};

/// Whom the hub follows, and since when.
pub(super) struct Following {
    roster: Roster,
    /// Tells those who ask for other things than boards of now.
    whom: watch::Sender<Whom>,
    /// Counts those who have been followed: answers of an earlier one are not wanted any more.
    turn: u64,
    /// Whether boards are shown that the projector which is followed has not been asked for.
    renewing: bool,
    /// When the followed one was last asked whether it answers; `None` while it is asked.
    probed: Option<Instant>,
    /// When the hub last turned.
    turned: Instant,
    /// Heartbeats that come before may have waited for long.
    deaf_until: Instant,
    check: Option<Check>,
    /// What the check was last told: whether the boards are live, whose they are, and why they are not.
    told: Option<(bool, Name, Option<Arc<Withheld>>)>,
    /// The last word of a projector that is there and whose boards nobody can know to be live, and when it came.
    withheld: Option<(Arc<Withheld>, Instant)>,
    /// So long such a word holds.
    leave_after: Duration,
}

impl Following {
    pub(super) fn new(leave_after: Duration, whom: watch::Sender<Whom>) -> Self {
        let now = Instant::now();
        Self {
            roster: Roster::new(leave_after),
            whom,
            turn: 0,
            renewing: false,
            probed: Some(now),
            turned: now,
            deaf_until: now,
            check: None,
            told: None,
            withheld: None,
            leave_after,
        }
    }

    pub(super) fn checked(&mut self, check: Check) {
        check.starting("waiting for a projector: none is heard");
        self.check = Some(check);
    }

    pub(super) const fn turn(&self) -> u64 {
        self.turn
    }

    pub(super) fn whom(&self) -> Whom {
        self.whom.borrow().clone()
    }

    /// The hub begins to turn.
    pub(super) fn begin(&mut self) {
        self.turned = Instant::now();
    }

    /// To be asked at every turn: whether the process stood still since the last, as one does that is stopped and
    /// goes on. What it hears first is then old news.
    pub(super) fn was_held_up(&mut self) -> bool {
        let now = Instant::now();
        let pause = now.saturating_duration_since(std::mem::replace(&mut self.turned, now));
        if pause < HELD_UP {
            return false;
        }
        tracing::warn!(?pause, "this process stood still: boards are live again with the next heartbeat");
        self.deaf_until = now + DEAF;
        true
    }

    /// Whether a change is of the projector that is followed.
    pub(super) fn is_of(&mut self, projector: &str) -> bool {
        if self.roster.adopt(projector) {
            self.tell_whom(Instant::now());
        }
        self.roster.chosen().is_some_and(|chosen| **chosen == *projector)
    }

    /// The followed one has answered.
    pub(super) fn answers(&mut self) {
        self.probed = Some(Instant::now());
    }

    /// Tells the check, if there is news for it.
    pub(super) fn tell(&mut self, live: bool) {
        let Some(check) = &self.check else { return };
        let withheld = if live { None } else { self.withheld() };
        let now = (live, self.roster.chosen().cloned(), withheld);
        if self.told.as_ref() == Some(&now) {
            return;
        }
        match &now {
            (true, name, _) => {
                check.ok(format!("projector {} is heard", name.as_deref().unwrap_or_default()))
            }
            (false, _, Some(withheld)) => {
                let Withheld { projector, why, .. } = withheld.as_ref();
                let sentence = format!("projector {projector} is heard and has no live boards: {why}");
                if self.told.is_none() {
                    return check.starting(sentence);
                }
                check.failed(sentence);
            }
            (false, _, None) if self.told.is_some() => {
                check.failed("no projector is heard: boards are shown as they were");
            }
            (false, _, None) => return,
        }
        self.told = Some(now);
    }

    /// Why there is no heartbeat, if a projector has said so lately.
    pub(super) fn withheld(&self) -> Option<Arc<Withheld>> {
        let (withheld, heard) = self.withheld.as_ref()?;
        (heard.elapsed() < self.leave_after).then(|| Arc::clone(withheld))
    }

    fn tell_whom(&self, now: Instant) {
        let (chosen, other) = (self.roster.chosen().cloned(), self.roster.other(now));
        self.whom.send_if_modified(|whom| {
            let changed = whom.chosen != chosen || whom.other != other;
            *whom = Whom { chosen, other };
            changed
        });
    }
}

impl Hub {
    /// A projector's heart has beaten. What it says of boards counts only if it is the one that is followed.
    pub(super) fn hear_beat(&mut self, delivery: Delivery) {
        let Delivery::Message(message) = delivery else { return };
        let now = Instant::now();
        if now < self.following.deaf_until {
            return;
        }
        let mut heartbeat = match serde_json::from_slice::<Heartbeat>(&message.payload) {
            Ok(heartbeat) => heartbeat,
            Err(error) => match serde_json::from_slice::<Withheld>(&message.payload) {
                Ok(withheld) => {
                    self.following.withheld = Some((Arc::new(withheld), now));
                    return;
                }
                Err(_) => return tracing::warn!(%error, "a heartbeat cannot be read"),
            },
        };
        let name = std::mem::take(&mut heartbeat.projector);
        let beat = Arc::new(Beat::from(heartbeat));
        self.following.roster.hear(&name, Arc::clone(&beat), now);
        self.follow();
        if self.following.roster.chosen().is_none_or(|chosen| **chosen != *name) {
            return;
        }
        self.listener.beat(Arc::clone(&beat));
        self.following.tell(true);
        for (view, slot) in self.slots.values_mut() {
            if let Some(stand) = beat.boards.get(view) {
                let (revision, hash) = (stand.revision, stand.hash.clone());
                slot.hear(Position { epoch: beat.epoch.clone(), revision, hash }, beat.sequence);
            }
        }
    }

    /// Follows another projector if there is a reason to. Then every board is asked of that one: no change of one
    /// projector is ever put upon a board of another. Answers whether it did.
    pub(super) fn follow(&mut self) -> bool {
        let now = Instant::now();
        let left = self.following.roster.choose(now);
        self.following.tell_whom(now);
        let Some(left) = left else { return false };
        let followed = self.following.roster.chosen().map(ToString::to_string).unwrap_or_default();
        tracing::warn!(%left, %followed, "another projector is followed");
        self.metrics.switches.inc();
        self.following.turn = self.following.turn.wrapping_add(1);
        self.following.renewing = true;
        self.following.probed = Some(now);
        let subjects: Vec<Subject> = self.slots.keys().cloned().collect();
        for subject in subjects {
            self.with_slot(subject, Slot::renew);
        }
        self.renewed();
        true
    }

    /// Once every board is of the projector that is followed, its last heartbeat tells how new they are.
    pub(super) fn renewed(&mut self) {
        if self.following.renewing && !self.slots.values().any(|(_, slot)| slot.is_renewing()) {
            self.following.renewing = false;
            if let Some((beat, heard)) = self.following.roster.last() {
                self.listener.resume(beat, heard);
            }
        }
    }

    /// The projector that is followed did not answer. Answers whether another is followed now.
    pub(super) fn leave_unanswering(&mut self, error: bus::Error) -> bool {
        match error {
            bus::Error::NoResponder | bus::Error::Full | bus::Error::Deadline | bus::Error::Dropped => {}
            // It is not the projector's fault.
            bus::Error::NoStream
            | bus::Error::NoLeader
            | bus::Error::Unconnected
            | bus::Error::Closed
            | bus::Error::TooLarge { .. } => return false,
        }
        if let Some(chosen) = self.following.roster.chosen().cloned() {
            self.following.roster.unanswered(&chosen);
        }
        self.follow()
    }

    /// Asks the followed one now and then whether it answers, as long as there is another to turn to.
    pub(super) fn probe(&mut self) {
        let due = self.following.probed.is_some_and(|probed| probed.elapsed() >= PROBE);
        if due && self.following.whom().other.is_some() {
            self.following.probed = None;
            self.ask(None, BoardQuery::Areas, Duration::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_process_that_stood_still_does_not_believe_what_waited_for_it() {
        let mut following = Following::new(Duration::from_secs(10), watch::channel(Whom::default()).0);
        advance(Duration::from_secs(30)).await;
        following.begin();
        for _ in 0..10 {
            advance(Duration::from_millis(500)).await;
            assert!(!following.was_held_up());
        }
        advance(HELD_UP).await;
        assert!(following.was_held_up());
        assert!(Instant::now() < following.deaf_until);
        advance(DEAF).await;
        assert!(!following.was_held_up());
        assert!(Instant::now() >= following.deaf_until);
    }
}
