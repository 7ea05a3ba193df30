//! The written evening, and the morning after it.

use std::collections::BTreeSet;

use situation::board::Freshness;

use super::super::script::Script;
use super::super::{Demo, Item, evening_and_after};
use super::board::play;
use super::{HOUR, SEED, at, begins, helsinki, text, time};

/// When the simulation takes over.
fn morning() -> i64 {
    at("2026-11-27T07:00:00+02:00")
}

/// The evening, the night and the morning after it.
fn items() -> Vec<Item> {
    let end = morning() + 2 * HOUR;
    evening_and_after(SEED, begins()).unwrap().take_while(|item| item.due_us <= end).collect()
}

/// Whether the simulation says it: its ids are its voices'.
fn is_simulated(item: &Item) -> bool {
    let run: BTreeSet<String> = Demo::new(SEED, morning(), helsinki())
        .take(1)
        .map(|item| text(&item.event, "/id").split('-').next().unwrap().to_owned())
        .collect();
    run.iter().any(|run| text(&item.event, "/id").starts_with(run.as_str()))
}

#[test]
fn deliveries_are_in_order_never_early_and_every_name_is_used_once() {
    let items = items();
    assert!(items.is_sorted_by_key(|item| item.due_us));
    let mut names = BTreeSet::new();
    for item in &items {
        assert!(time(&item.event) <= item.due_us, "{}", item.event);
        assert!(names.insert((text(&item.event, "/source"), text(&item.event, "/id"))), "{}", item.event);
    }
}

#[test]
fn whoever_came_in_the_written_evening_has_left_before_the_morning() {
    let items = items();
    let (simulated, written): (Vec<_>, Vec<_>) = items.iter().partition(|item| is_simulated(item));
    assert!(simulated.iter().filter(|item| item.due_us < morning()).count() > 5, "who waits in the morning");
    let of_kind = |kind: &str| -> BTreeSet<_> {
        let kind = format!("fi.tilanne.{kind}.v1");
        let told = written.iter().filter(|item| text(&item.event, "/type") == kind);
        told.map(|item| (text(&item.event, "/subject"), text(&item.event, "/data/ticket"))).collect()
    };
    assert!(of_kind("queue.joined").len() > 70);
    assert_eq!(of_kind("queue.joined"), of_kind("queue.left"));
    assert!(written.iter().all(|item| item.due_us < morning()));
}

#[test]
fn the_evening_goes_over_into_the_simulated_day_and_leaves_nobody_behind() {
    let mut looked = 0;
    play(items(), begins(), |now, recorder| {
        let waiting = |station: &str, lane: &str| recorder.waiting(station, lane);
        if now == at("2026-11-26T17:01:00+02:00") {
            assert_eq!(waiting("porvoo-paivystys", "kiire"), 9);
            looked += 1;
        }
        if now == at("2026-11-27T02:30:00+02:00") {
            let lanes = &recorder.figures("porvoo-paivystys").lanes;
            assert!(lanes.values().all(|lane| lane.present == Some(0)), "a quiet night");
            looked += 1;
        }
        if now == at("2026-11-27T08:30:00+02:00") {
            for id in recorder.boards.area().unwrap().stations.keys() {
                let figures = recorder.figures(id.as_str());
                for (lane, figures) in &figures.lanes {
                    assert_eq!(figures.unresolved, None, "{id} {lane}");
                }
                for (feed, figures) in
                    figures.feeds.iter().filter(|(feed, _)| **feed != "/feeds/valvomo".into())
                {
                    assert_eq!(figures.state, Freshness::Fresh, "{id} {feed}");
                }
                assert!(figures.contacts.values().all(|line| line.callbacks_waiting.is_none()), "{id}");
                assert!(figures.units.values().all(|unit| unit.state.is_none()), "{id}");
                assert!(figures.tasks.is_empty() && figures.notices.is_empty(), "{id}");
            }
            looked += 1;
        }
    });
    assert_eq!(looked, 3);
}

#[test]
fn from_a_beginning_that_is_not_in_the_evening_it_is_simulated_at_once() {
    let monday = at("2026-11-30T12:00:00+02:00");
    let items = evening_and_after(SEED, monday).unwrap().take(500);
    assert!(items.eq(Demo::new(SEED, monday, helsinki()).take(500)));
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    const SETTINGS: &str = r#"
        zone = "Europe/Helsinki"
        begins = "2026-11-26T17:00"
        ends = "2026-11-27T07:00"
        heartbeat_s = 60
        silences = []
        [stations.SI]
        id = "sipoo-sote"
        queue = "/feeds/sipoo"
        [voices]
    "#;
    let left = r#"17:09  SI  queue.left  {"ticket": "a"}"#;
    for (lines, says) in [
        (left.to_owned(), "happenings, line 1: write a line such as `day 2026-11-26` first"),
        ("day 2026-11-26\n17:09 SI".to_owned(), "line 2: write `HH:MM WHO TYPE DATA`"),
        (
            format!("day 2026-11-26\n\n{left}\n17:09 SI queue.left {{\"ticket\": \"a\"}}"),
            "line 4: the same happening",
        ),
        (format!("day 2026-11-26\n{}", left.replace("SI", "LO")), "no station \"LO\""),
        (format!("day 2026-11-26\n{}", left.replace("SI", "desk:SI")), "no voice \"desk\""),
        (format!("day 2026-11-26\n{}", left.replace("queue.left", "queue.gone")), "unknown type"),
        (format!("day 2026-11-26\n{}", left.replace("queue.left", "unit.status")), "no feed for"),
        (format!("day 2026-11-26\n{}", left.replace("\"a\"", "\"@25:00\"")), "\"25:00\" is not a time"),
        (format!("day 2026-11-27\n{left}"), "after the scenario's end"),
    ] {
        let error = Script::read(SETTINGS, &[("happenings", &lines)]).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
