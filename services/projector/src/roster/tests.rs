use super::*;

fn word(recorder: &str, sequence: u64) -> Recorded {
    Recorded {
        recorder: recorder.to_owned(),
        process: String::new(),
        epoch: "e".to_owned(),
        sequence,
        head: String::new(),
        lends: true,
        stream: None,
        degraded: None,
    }
}

fn one(name: &str) -> Whom {
    Whom::One(Arc::from(name))
}

/// A roster, and a clock that starts with it.
struct Watch {
    roster: Roster,
    begun: Instant,
}

impl Watch {
    fn new() -> Self {
        Self { roster: Roster::default(), begun: Instant::now() }
    }

    fn at(&self, ms: u64) -> Instant {
        self.begun + Duration::from_millis(ms)
    }

    fn hear(&mut self, ms: u64, words: &[Recorded]) {
        for word in words {
            let now = self.at(ms);
            self.roster.hear(word, None, now);
        }
    }

    fn whom(&mut self, ms: u64) -> Whom {
        let now = self.at(ms);
        self.roster.whom(now)
    }
}

#[test]
fn before_anybody_was_heard_anybody_may_answer() {
    let mut watch = Watch::new();
    assert_eq!(watch.whom(0), Whom::Anybody);
    assert_eq!(watch.roster.newest(watch.begun), None);
    watch.hear(0, &[Recorded { lends: false, ..word("a", 5) }]);
    assert_eq!(watch.whom(1), Whom::Anybody, "it is heard but does not lend");
    assert_eq!(watch.roster.newest(watch.begun), None);
}

#[test]
fn the_furthest_is_chosen_and_kept_while_it_keeps_up() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("b", 10), word("a", 10), word("c", 9)]);
    assert_eq!(watch.whom(0), one("a"), "the first name among equals");
    for second in 1..20 {
        // Each is now first, now last, as they are.
        let (first, last) = if second % 2 == 0 { ("a", "b") } else { ("b", "a") };
        watch.hear(second * 1_000, &[word(first, 10 + second)]);
        assert_eq!(watch.whom(second * 1_000), one("a"));
        watch.hear(second * 1_000 + 100, &[word(last, 10 + second)]);
        assert_eq!(watch.whom(second * 1_000 + 100), one("a"));
    }
}

#[test]
fn silence_is_a_reason_to_leave_and_its_end_none_to_return() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("a", 10), word("b", 9)]);
    assert_eq!(watch.whom(0), one("a"));
    watch.hear(2_900, &[word("b", 12)]);
    assert_eq!(watch.whom(2_950), one("a"));
    assert_eq!(watch.whom(3_000), one("b"));
    watch.hear(3_100, &[word("a", 12), word("b", 12)]);
    assert_eq!(watch.whom(3_100), one("b"));
}

#[test]
fn nobody_is_left_for_nobody() {
    let mut watch = Watch::new();
    watch.hear(0, &[Recorded { degraded: Some(Cause::JournalReadOnly), ..word("a", 10) }]);
    assert_eq!(watch.whom(0), one("a"));
    assert_eq!(watch.whom(60_000), Whom::Anybody, "it is silent; whoever has come meanwhile may answer");
    let now = watch.at(60_000);
    assert_eq!(watch.roster.degraded(now), Some(Cause::JournalReadOnly), "the last that was said of it");
    watch.hear(60_100, &[word("a", 10)]);
    assert_eq!(watch.whom(60_100), one("a"));
    assert_eq!(watch.roster.degraded(now), None);
}

#[test]
fn one_that_does_not_answer_is_passed_over_until_it_speaks() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("a", 10), word("b", 10)]);
    assert_eq!(watch.whom(0), one("a"));
    watch.roster.unanswered("a");
    assert_eq!(watch.whom(100), one("b"));
    watch.roster.unanswered("b");
    assert_eq!(watch.whom(200), Whom::Anybody);
    watch.hear(300, &[word("a", 10)]);
    assert_eq!(watch.whom(300), one("a"));
}

#[test]
fn one_that_lends_no_more_or_records_nothing_is_left_for_one_that_does() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("a", 10), word("b", 10)]);
    assert_eq!(watch.whom(0), one("a"));
    watch.hear(100, &[Recorded { degraded: Some(Cause::JournalReadOnly), ..word("a", 10) }]);
    assert_eq!(watch.whom(100), one("b"));
    let now = watch.at(100);
    assert_eq!(watch.roster.degraded(now), None, "a healthy one is there");
    watch.hear(200, &[Recorded { lends: false, ..word("b", 11) }]);
    assert_eq!(watch.whom(200), one("a"), "better one that records nothing than one that is not to be read");
    assert_eq!(watch.roster.degraded(now), Some(Cause::JournalReadOnly));
}

#[test]
fn one_that_stays_behind_is_left_even_for_a_single_fact() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("a", 10), word("b", 10)]);
    assert_eq!(watch.whom(0), one("a"));
    for ms in [1_000, 2_000, 3_000] {
        watch.hear(ms, &[word("a", 10), word("b", 11)]);
        assert_eq!(watch.whom(ms), one("a"), "{ms}");
    }
    assert_eq!(
        watch.roster.beyond(10, &one("a"), watch.at(3_000)),
        Some(one("b")),
        "which is asked for the rest"
    );
    assert_eq!(watch.roster.beyond(11, &one("a"), watch.at(3_000)), None);
    watch.hear(3_100, &[word("a", 10), word("b", 11)]);
    assert_eq!(watch.whom(3_100), one("b"));
}

#[test]
fn one_that_holds_other_facts_is_not_asked_until_its_word_fits() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("a", 10), word("b", 9)]);
    let now = watch.begun;
    assert!(watch.roster.strike("a", now));
    assert!(!watch.roster.strike("a", now), "said once");
    assert_eq!(watch.whom(0), one("b"));
    let now = watch.at(100);
    assert!(!watch.roster.hear(&word("a", 50), None, now), "known already");
    assert_eq!(watch.roster.newest(now), Some(9), "what it has counts for nothing");
    assert!(!watch.roster.all_differ(now));
    assert!(watch.roster.hear(&word("b", 9), Some(false), now), "that is news");
    assert!(watch.roster.all_differ(now));
    assert_eq!(watch.whom(200), Whom::Nobody);
    assert_eq!(watch.whom(10_000), Whom::Anybody, "nobody is heard any more");
    watch.hear(10_000, &[word("a", 51), word("b", 10)]);
    assert_eq!(watch.whom(10_000), one("a"), "that is remembered, but it may be worth another try");
    let now = watch.at(10_000);
    assert!(!watch.roster.strike("a", now));
    assert_eq!(watch.whom(10_050), Whom::Nobody);
    assert_eq!(watch.whom(10_100), one("b"), "now that one");
    watch.roster.fits("b");
    assert_eq!(watch.whom(10_200), one("b"));
    let now = watch.at(10_300);
    assert!(!watch.roster.hear(&word("a", 11), Some(true), now));
    assert!(watch.roster.hear(&word("a", 12), Some(false), now), "news again");
}

#[test]
fn strangers_crowd_nobody_out() {
    let mut watch = Watch::new();
    watch.hear(0, &[word("a", 1)]);
    for number in 0..100 {
        watch.hear(10, &[word(&format!("stranger-{number}"), 2)]);
    }
    watch.hear(10, &[word(&"x".repeat(65), 9)]);
    assert_eq!(watch.roster.heard.len(), MOST);
    assert!(watch.roster.heard.contains_key("a"));
    watch.hear(5_000, &[word("late", 3)]);
    assert_eq!(watch.whom(5_000), one("late"), "the room of one that is silent");
    assert_eq!(watch.roster.heard.len(), MOST);
}
