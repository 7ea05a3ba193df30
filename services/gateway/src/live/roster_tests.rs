use proto::live::Cause;

use super::*;

const LEAVE_AFTER: Duration = Duration::from_secs(10);

struct Watch {
    roster: Roster,
    begun: Instant,
}

impl Watch {
    fn new() -> Self {
        Self { roster: Roster::new(LEAVE_AFTER), begun: Instant::now() }
    }

    fn at(&self, seconds: u64) -> Instant {
        self.begun + Duration::from_secs(seconds)
    }

    fn beat(&mut self, seconds: u64, name: &str, sequence: u64) {
        self.beat_with(seconds, name, sequence, None);
    }

    fn beat_with(&mut self, seconds: u64, name: &str, sequence: u64, degraded: Option<Cause>) {
        let (server_time, epoch, boards) = ("t".into(), "e".into(), BTreeMap::new());
        let now = self.at(seconds);
        self.roster.hear(name, Arc::new(Beat { server_time, epoch, sequence, boards, degraded }), now);
    }

    /// Whom it leaves, and whom it follows then.
    fn choose(&mut self, seconds: u64) -> (Option<String>, Option<String>) {
        let now = self.at(seconds);
        let left = self.roster.choose(now);
        (left.map(|name| name.to_string()), self.roster.chosen().map(|name| name.to_string()))
    }
}

fn followed(name: &str) -> (Option<String>, Option<String>) {
    (None, Some(name.into()))
}

fn left_for(left: &str, name: &str) -> (Option<String>, Option<String>) {
    (Some(left.into()), Some(name.into()))
}

#[test]
fn one_is_followed_while_it_beats_whoever_else_does() {
    let mut watch = Watch::new();
    assert_eq!(watch.choose(0), (None, None));
    watch.beat(0, "b", 10);
    assert_eq!(watch.choose(0), followed("b"));
    watch.beat(1, "a", 99);
    assert_eq!(watch.choose(1), followed("b"), "it may be on its way there");
    for second in (5..60).step_by(5) {
        watch.beat(second, "b", 100 + second);
        watch.beat(second + 1, "a", 101 + second);
        assert_eq!(watch.choose(second + 1), followed("b"));
    }
    assert_eq!(watch.roster.other(watch.at(56)), Some("a".into()));
    assert_eq!(watch.roster.other(watch.at(66)), None);
}

#[test]
fn two_missing_beats_are_a_reason_to_leave_if_somebody_else_is_heard() {
    let mut watch = Watch::new();
    watch.beat(0, "a", 10);
    assert_eq!(watch.choose(0), followed("a"));
    assert_eq!(watch.choose(60), followed("a"), "there is nobody to turn to");
    watch.beat(61, "a", 10);
    watch.beat(64, "b", 10);
    assert_eq!(watch.choose(70), followed("a"));
    assert_eq!(watch.choose(71), left_for("a", "b"));
    watch.beat(72, "a", 10);
    assert_eq!(watch.choose(72), followed("b"), "its return is no reason to leave another");
}

#[test]
fn whoever_does_not_answer_is_passed_over_until_it_beats() {
    let mut watch = Watch::new();
    watch.beat(0, "a", 10);
    watch.choose(0);
    watch.roster.unanswered("a");
    assert_eq!(watch.choose(1), followed("a"), "there is nobody to turn to");
    watch.beat(1, "b", 9);
    assert_eq!(watch.choose(1), left_for("a", "b"));
    assert_eq!(watch.roster.other(watch.at(1)), None);
    watch.beat(2, "a", 10);
    assert_eq!(watch.roster.other(watch.at(2)), Some("a".into()));
}

#[test]
fn a_degraded_one_is_left_for_one_that_is_not() {
    let mut watch = Watch::new();
    let full = Some(Cause::JournalReadOnly);
    watch.beat_with(0, "a", 10, full);
    watch.beat_with(1, "b", 12, full);
    assert_eq!(watch.choose(1), followed("b"));
    watch.beat_with(2, "a", 10, full);
    assert_eq!(watch.choose(2), followed("b"), "it would not help");
    watch.beat(3, "a", 10);
    assert_eq!(watch.choose(3), left_for("b", "a"));
}

#[test]
fn what_all_say_a_moment_later_is_no_reason_to_leave_one() {
    let mut watch = Watch::new();
    let full = Some(Cause::JournalReadOnly);
    watch.beat(0, "a", 10);
    watch.beat(0, "b", 10);
    watch.choose(0);
    watch.beat_with(3, "a", 10, full);
    assert_eq!(watch.choose(3), followed("a"));
    watch.beat_with(3, "b", 10, full);
    assert_eq!(watch.choose(4), followed("a"));
    watch.beat(7, "a", 10);
    assert_eq!(watch.choose(7), followed("a"));
    watch.beat(7, "b", 10);
    watch.beat_with(9, "a", 10, full);
    assert_eq!(watch.choose(9), followed("a"));
    assert_eq!(watch.choose(10), left_for("a", "b"), "the other has not said so");
}

#[test]
fn one_that_stays_behind_another_is_left() {
    let mut watch = Watch::new();
    watch.beat(0, "a", 10);
    watch.choose(0);
    watch.beat(1, "b", 20);
    assert_eq!(watch.choose(1), followed("a"));
    watch.beat(5, "a", 19);
    watch.beat(6, "b", 30);
    assert_eq!(watch.choose(6), followed("a"), "five seconds to the second");
    watch.beat(7, "a", 19);
    assert_eq!(watch.choose(7), left_for("a", "b"));
}

#[test]
fn who_speaks_before_any_heart_is_heard_is_followed_until_one_is() {
    let mut watch = Watch::new();
    watch.roster.adopt("a");
    watch.roster.adopt("b");
    assert_eq!(watch.choose(0), followed("a"));
    assert!(watch.roster.last().is_none(), "a change is no sign of life");
    watch.beat(1, "a", 1);
    assert_eq!(watch.choose(1), followed("a"));
    let mut watch = Watch::new();
    watch.roster.adopt("a");
    watch.beat(1, "b", 1);
    assert_eq!(watch.choose(1), left_for("a", "b"));
}

#[test]
fn strangers_crowd_nobody_out() {
    let mut watch = Watch::new();
    watch.beat(0, "a", 1);
    for number in 0..100 {
        watch.beat(1, &format!("stranger-{number}"), 2);
    }
    watch.beat(1, &"x".repeat(65), 9);
    assert_eq!(watch.roster.heard.len(), MOST);
    assert!(watch.roster.heard.contains_key("a"));
    watch.beat(20, "late", 3);
    assert_eq!(watch.choose(20), followed("late"), "in the room of one that is silent");
    assert_eq!(watch.roster.heard.len(), MOST);
}
