//! Notices: what everybody should know for a while.

use situation::board::View;
use situation::decide::Refusal;
use situation::event::{Event, NoticeKind};
use situation::fold::MAX_NOTICES;

use super::sayings::*;
use super::story::*;
use super::tickets::orders;

fn shown(log: &Log) -> Vec<&str> {
    log.porvoo().notices.keys().map(|id| id.as_str()).collect()
}

/// What the board of a view says to everybody.
fn said_to_all(log: &Log, view: &View) -> Vec<String> {
    log.boards.view(view).unwrap().0.notices.keys().map(ToString::to_string).collect()
}

#[test]
fn a_notice_is_shown_between_its_times_without_anybody_saying_more() {
    let mut log = Log::given([posted("17:00", "tie", |it| {
        it.from = Some(at("18:00"));
        it.until = Some(at("19:00"));
    })]);
    for (clock, expected) in
        [("17:59:59", vec![]), ("18:00", vec!["tie"]), ("18:59:59", vec!["tie"]), ("19:00", vec![])]
    {
        let due = log.decider.next_due().unwrap();
        assert!(due <= at("19:00"), "the next change is known beforehand");
        log.reach(at(clock));
        assert_eq!(shown(&log), expected, "{clock}");
    }
}

#[test]
fn without_times_a_notice_holds_from_when_it_was_posted_until_it_is_withdrawn() {
    let mut log = Log::given([posted("17:00", "tie", |_| {})]);
    let notice = &log.porvoo().notices["tie"];
    assert_eq!((notice.kind, notice.from, notice.until), (NoticeKind::Road, at("17:00"), None));
    assert_eq!(notice.text.fi.as_deref(), Some("Tie poikki"));
    assert_eq!(notice.text.sv, None, "others fall back on the screen");
    log.hear(withdrawn("17:30", "tie"));
    assert!(shown(&log).is_empty());
    log.hear(posted("17:40", "tie", |_| {}));
    assert_eq!(shown(&log), ["tie"], "it may be posted again");
}

#[test]
fn who_posts_the_same_again_replaces_it_and_any_order_is_alike() {
    let first = posted("17:00", "tie", |_| {});
    let again = posted("17:10", "tie", |it| it.kind = NoticeKind::Outage);
    let gone = withdrawn("17:20", "tie");
    for order in orders(&[first.clone(), again.clone()]) {
        assert_eq!(figures_of(fold(&order), at("18:00"))["porvoo"].notices["tie"].kind, NoticeKind::Outage);
    }
    for order in orders(&[first, again, gone]) {
        assert!(figures_of(fold(&order), at("18:00"))["porvoo"].notices.is_empty());
    }
    // Of one moment, withdrawing comes last.
    for order in orders(&[posted("17:00", "a", |_| {}), withdrawn("17:00", "a")]) {
        assert!(figures_of(fold(&order), at("18:00"))["porvoo"].notices.is_empty());
    }
}

#[test]
fn a_notice_is_no_sign_of_life_of_a_feed() {
    let log = Log::given([posted("17:00", "tie", |_| {}).by_feed("/desk")]);
    assert!(!log.porvoo().feeds.contains_key("/desk"));
    assert_eq!(log.porvoo().feeds[FEED].last_event_time, None);
}

#[test]
fn a_notice_without_a_station_is_on_every_board_and_at_no_station() {
    let views = [View::Situation, View::Evening, View::Weekend, View::Station("loviisa".into())];
    let mut log = Log::given([]);
    let before: Vec<u64> = views.iter().map(|view| log.revision(view)).collect();
    log.hear(for_all(posted("17:00", "myrsky", |it| it.until = Some(at("18:00")))));
    for (view, before) in views.iter().zip(before) {
        assert_eq!(said_to_all(&log, view), ["myrsky"], "{view}");
        assert!(log.revision(view) > before, "{view} is not what it was");
        assert_eq!(log.revision(view), log.sequence);
    }
    assert!(shown(&log).is_empty());
    assert!(log.decider.next_due().unwrap() <= at("18:00"));
    log.reach(at("18:00"));
    for view in &views {
        assert!(said_to_all(&log, view).is_empty(), "{view}");
        assert_eq!(log.revision(view), log.sequence);
    }
    log.hear(for_all(posted("18:30", "myrsky", |_| {})));
    log.hear(for_all(withdrawn("18:40", "myrsky")));
    assert!(said_to_all(&log, &View::Situation).is_empty());
}

#[test]
fn a_notice_that_lies_ahead_waits_for_its_time() {
    let mut log = Log::given([]);
    log.hear_at(for_all(posted("17:03", "myrsky", |_| {})), at("17:00"));
    assert!(said_to_all(&log, &View::Situation).is_empty());
    log.reach(at("17:03"));
    assert_eq!(said_to_all(&log, &View::Situation), ["myrsky"]);
}

#[test]
fn a_board_full_of_notices_takes_no_more_until_one_is_over() {
    let say = |to_all: bool, event: Event| if to_all { for_all(event) } else { event };
    for to_all in [false, true] {
        let mut log = Log::given([]);
        for n in 0..MAX_NOTICES {
            log.hear(say(to_all, posted("17:00", &n.to_string(), |_| {})));
        }
        let more = say(to_all, posted("17:10", "one-more", |_| {}));
        let refusal = log.refusal(more.clone(), at("17:10"));
        assert!(matches!(refusal, Refusal::TooManyNotices(_)), "{refusal}");
        assert!(refusal.to_string().contains("withdraw one"), "{refusal}");
        log.hear(say(to_all, posted("17:10", "7", |it| it.until = Some(at("17:20")))));
        log.hear(say(to_all, withdrawn("17:05", "8").by_feed("/desk")));
        log.hear_at(more, at("17:15"));
        let names = if to_all {
            said_to_all(&log, &View::Situation)
        } else {
            shown(&log).into_iter().map(str::to_owned).collect()
        };
        assert_eq!(names.len(), MAX_NOTICES, "the withdrawn one made room");
        assert!(names.contains(&"one-more".to_owned()) && !names.contains(&"8".to_owned()));
    }
}
