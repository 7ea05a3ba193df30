//! Lanes whose counts are told.

use situation::board::LaneFigures;
use situation::event::Told;

use super::story::*;

#[test]
fn an_absent_member_leaves_the_earlier_value_and_null_withdraws_it() {
    let mut log = Log::given([counted("17:00", |it| {
        it.waiting = Told::Value(4);
        it.in_care = Told::Value(2);
    })]);
    assert_eq!(log.counts("ovi"), (Some(4), Some(2), None), "present is not derived");
    log.hear(counted("17:01", |it| it.waiting = Told::Value(5)));
    assert_eq!(log.counts("ovi"), (Some(5), Some(2), None));
    log.hear(counted("17:02", |it| it.waiting = Told::Withdrawn));
    assert_eq!(log.counts("ovi"), (None, Some(2), None));
    // What comes late changes only what nobody has spoken of since.
    log.hear_at(
        counted("17:00:30", |it| {
            it.waiting = Told::Value(9);
            it.present = Told::Value(11);
        }),
        at("17:03"),
    );
    assert_eq!(log.counts("ovi"), (None, Some(2), Some(11)));
    assert_eq!(log.lane("ovi").overdue, None);
}

#[test]
fn nothing_is_known_of_a_lane_that_nobody_spoke_of() {
    assert_eq!(*Log::given([]).lane("ovi"), LaneFigures::default());
}

#[test]
fn counts_by_urgency_are_told_as_a_whole() {
    let mut log =
        Log::given([counted("17:00", |it| it.waiting_by_urgency = by_urgency(&[("A", 1), ("B", 2)]))]);
    log.hear(counted("17:01", |it| it.waiting_by_urgency = by_urgency(&[("C", 0)])));
    assert_eq!(Told::Value(log.lane("ovi").waiting_by_urgency.clone().unwrap()), by_urgency(&[("C", 0)]));
    assert_eq!(log.lane("ovi").waiting, None, "their sum is not told");
}

#[test]
fn the_longest_wait_is_shown_as_a_moment() {
    let log = Log::given([counted("17:00", |it| it.longest_wait_s = Told::Value(600))]);
    assert_eq!(log.lane("ovi").oldest_since, Some(at("16:50")));
}

#[test]
fn a_persons_word_holds_until_it_lapses_and_then_nothing_is_known_until_the_feed_reports() {
    let mut log = Log::given([counted("17:00", |it| it.waiting = Told::Value(4))]);
    log.hear(counted("17:10", |it| {
        it.waiting = Told::Value(12);
        it.by = Some(word("vastaava"));
        it.valid_until = Some(at("17:30"));
    }));
    assert_eq!(log.lane("ovi").observed_by, Some(word("vastaava")));
    assert_eq!(log.lane("ovi").valid_until, Some(at("17:30")));
    log.reach(at("17:29:59"));
    assert_eq!(log.lane("ovi").waiting, Some(12));
    log.reach(at("17:30"));
    assert_eq!(*log.lane("ovi"), LaneFigures::default(), "unknown, not the feed's older word");
    log.hear(counted("17:31", |it| it.waiting = Told::Value(6)));
    assert_eq!((log.lane("ovi").waiting, log.lane("ovi").observed_by.clone()), (Some(6), None));
}

#[test]
fn of_two_words_of_one_moment_the_source_decides_and_then_the_id() {
    let from =
        |feed: &str, id: &str, n| counted("17:00", |it| it.waiting = Told::Value(n)).by_feed(feed).named(id);
    let events = [from("/a", "9", 1), from("/b", "1", 2), from("/b", "2", 3)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let figures = figures_of(fold(order.map(|n: usize| &events[n])), at("18:00"));
        assert_eq!(figures["porvoo"].lanes["ovi"].waiting, Some(3), "{order:?}");
        assert_eq!(figures["porvoo"].lanes["ovi"].feed, Some("/b".into()));
    }
}
