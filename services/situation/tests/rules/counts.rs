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

/// An evening's rows 3, 4 and 8: a silent feed, a telephone call, and the feed's backlog.
#[test]
fn what_was_told_by_telephone_says_by_whom_when_and_until_when() {
    let say = |clock: &str, waiting| counted(clock, move |it| it.waiting = Told::Value(waiting));
    let mut log = Log::given([counted("17:18", |it| {
        it.waiting = Told::Value(3);
        it.in_care = Told::Value(1);
    })]);
    let phoned = counted("17:35", |it| {
        it.waiting = Told::Value(2);
        it.by = Some(word("koordinaattori"));
        it.valid_until = Some(at("17:55"));
    });
    log.hear(phoned.by_feed("/desk"));
    let lane = log.lane("ovi").clone();
    assert_eq!((lane.waiting, lane.in_care), (Some(2), Some(1)));
    assert_eq!((lane.feed, lane.observed_by), (Some("/desk".into()), Some(word("koordinaattori"))));
    assert_eq!((lane.observed_at, lane.valid_until), (Some(at("17:35")), Some(at("17:55"))));
    assert_eq!(log.porvoo().feeds[FEED].last_event_time, Some(at("17:18")), "the feed itself is silent");
    log.reach(at("17:55"));
    assert_eq!(
        (log.lane("ovi").waiting, log.lane("ovi").in_care),
        (None, Some(1)),
        "not the feed's older word"
    );
    assert_eq!((&log.lane("ovi").observed_by, log.lane("ovi").observed_at), (&None, None));
    // The backlog: what it says of before the call changes nothing, what it says of after it does.
    log.hear_at(say("17:30", 7), at("17:58"));
    assert_eq!(log.lane("ovi").waiting, None);
    log.hear_at(say("17:57", 4), at("17:58"));
    assert_eq!((log.lane("ovi").waiting, log.lane("ovi").feed.clone()), (Some(4), Some(FEED.into())));
}

#[test]
fn a_feed_that_tells_other_members_does_not_take_over_a_persons_word() {
    let mut log = Log::given([counted("17:00", |it| {
        it.waiting = Told::Value(2);
        it.by = Some(word("koordinaattori"));
        it.valid_until = Some(at("18:00"));
    })]);
    log.hear(counted("17:10", |it| it.in_care = Told::Value(5)));
    let lane = log.lane("ovi");
    assert_eq!((lane.waiting, lane.in_care), (Some(2), Some(5)));
    assert_eq!((&lane.observed_by, lane.observed_at), (&Some(word("koordinaattori")), Some(at("17:00"))));
}
