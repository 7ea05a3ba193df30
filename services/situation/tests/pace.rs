//! How long a fact takes to fold and to look at, where nothing else hinders it:
//! `cargo test --release -p situation --test pace -- --ignored --nocapture` when the fold or the look changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]
#![allow(clippy::disallowed_methods, reason = "a stopwatch is what this file is")]

#[path = "rules/story.rs"]
#[allow(dead_code)]
mod story;

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use situation::board::Boards;
use situation::event::{Event, Said, Step};
use situation::fact::{Body, Fact};
use story::*;

/// Visits of which 80 are present at a time, four events each, a minute between arrivals.
fn year(visits: u64) -> Vec<Event> {
    let start = on("2025-01-01T00:00:00Z");
    let mut events = Vec::new();
    for visit in 0..visits {
        let name = format!("v{visit}");
        let urgency = ["A", "B", "C"][(visit % 3) as usize].into();
        let steps = [
            (0, Step::Joined { lane: "kiire".into(), urgency: None, channel: None }),
            (5, Step::Triaged { urgency }),
            (20 + visit % 40, Step::CareStarted),
            (80, Step::Left { outcome: None }),
        ];
        for (after, step) in steps {
            let time = start.plus(minutes(visit + after));
            events.push(event(time, Said::Ticket(name.as_str().into(), step)));
        }
    }
    events.sort_by_key(|event| event.time);
    events
}

#[test]
#[ignore = "a stopwatch: it needs a release build and a quiet machine"]
fn a_fact_is_folded_and_looked_at_in_microseconds() {
    let events = year(50_000);
    for (name, looking) in [("fold and look", true), ("fold only", false)] {
        let mut boards = Boards::default();
        let area = Body::AreaConfigured { document: "".into(), area: Arc::new(area()) };
        boards.apply(&Fact { sequence: 1, received: events[0].time, body: area });
        let facts: Vec<_> = events
            .iter()
            .zip(2..)
            .map(|(event, sequence)| Fact {
                sequence,
                received: event.time,
                body: Body::Event(Box::new(event.clone())),
            })
            .collect();
        let begin = Stopwatch::now();
        for fact in &facts {
            if looking { boards.apply(fact) } else { boards.fold(fact) }
        }
        let each = begin.elapsed() / u32::try_from(facts.len()).unwrap();
        println!("{name}: {} facts, {each:?} each", facts.len());
        assert!(each < Duration::from_micros(50), "{name}: {each:?}");
    }
}
