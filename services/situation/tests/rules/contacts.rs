//! Telephone lines, chats, forms.

use situation::decide::Refusal;
use situation::event::Told;
use situation::fold::MAX_NAMES_PER_STATION;

use super::sayings::*;
use super::story::*;

#[test]
fn a_line_is_shown_with_whose_figure_it_is() {
    let mut log = Log::given([called("17:00", |it| {
        it.callbacks_waiting = Told::Value(11);
        it.oldest_callback = Told::Value(at("16:38"));
        it.coverage = Told::Value(word("uusimaa"));
    })]);
    let line = log.porvoo().contacts["116117"].clone();
    assert_eq!((line.callbacks_waiting, line.oldest_callback), (Some(11), Some(at("16:38"))));
    assert_eq!((line.coverage, line.feed), (Some(word("uusimaa")), Some(FEED.into())));
    assert_eq!((line.offered, line.agents), (None, None), "not told, and not zero");
    // An absent member leaves the earlier value, null withdraws it.
    log.hear(called("17:05", |it| {
        it.oldest_callback = Told::Withdrawn;
        it.agents = Told::Value(3);
    }));
    let line = &log.porvoo().contacts["116117"];
    assert_eq!((line.callbacks_waiting, line.oldest_callback, line.agents), (Some(11), None, Some(3)));
    assert_eq!(line.coverage, Some(word("uusimaa")));
    assert_eq!(log.porvoo().feeds[FEED].last_event_time, Some(at("17:05")), "a sign of life");
}

#[test]
fn a_line_that_is_counted_by_language_has_a_figure_a_language() {
    let by = |language: &'static str, waiting| {
        called("17:00", move |it| {
            it.language = Some(word(language));
            it.callbacks_waiting = Told::Value(waiting);
        })
    };
    let log = Log::given([by("fi", 9), by("sv", 2), called("17:00", |it| it.agents = Told::Value(4))]);
    let contacts = &log.porvoo().contacts;
    assert_eq!(contacts.keys().collect::<Vec<_>>(), ["116117", "116117.fi", "116117.sv"]);
    assert_eq!(contacts["116117.sv"].callbacks_waiting, Some(2));
    assert_eq!(contacts["116117.sv"].language, Some(word("sv")));
    assert_eq!(contacts["116117"].callbacks_waiting, None, "their sum is not told");
}

#[test]
fn where_nobody_waits_nobody_is_the_oldest() {
    let mut log = Log::given([called("17:00", |it| {
        it.callbacks_waiting = Told::Value(1);
        it.oldest_callback = Told::Value(at("16:38"));
    })]);
    log.hear(called("17:05", |it| it.callbacks_waiting = Told::Value(0)));
    assert_eq!(log.porvoo().contacts["116117"].oldest_callback, None);
}

#[test]
fn a_persons_word_of_a_line_holds_as_long_as_they_said() {
    let mut log = Log::given([called("17:00", |it| {
        it.callbacks_waiting = Told::Value(11);
        it.by = Some(word("koordinaattori"));
        it.valid_until = Some(at("17:20"));
    })]);
    let line = &log.porvoo().contacts["116117"];
    assert_eq!(line.observed_by, Some(word("koordinaattori")));
    assert_eq!((line.observed_at, line.valid_until), (Some(at("17:00")), Some(at("17:20"))));
    log.reach(at("17:20"));
    let line = &log.porvoo().contacts["116117"];
    assert_eq!((line.callbacks_waiting, &line.observed_by, &line.feed), (None, &None, &None));
}

#[test]
fn invented_lines_do_not_fill_the_memory() {
    let mut log = Log::given([]);
    for n in 0..MAX_NAMES_PER_STATION {
        log.hear(called("17:00", |it| it.line = word(&n.to_string())));
    }
    let one_more = called("17:00", |it| it.line = word("one-more"));
    assert!(matches!(log.refusal(one_more, at("17:00")), Refusal::TooManyNames(_)));
}
