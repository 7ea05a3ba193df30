//! What was and what is: a year of visits, told as it happened. Whoever asks afterwards for a moment gets the board that
//! was live at that moment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::sync::Arc;

use proto::board::{Board, draw_station};
use situation::board::{Boards, View};
use situation::event::Event;
use situation::fact::{Body, Fact};
use situation::fold::Situation;
use situation::time::Instant;
use sources::tabular::{Adapter, Detail, Spec};

const AREA: &str = include_str!("../../../config/areas/skane.toml");
const FEED: &str = include_str!("../../../config/feeds/skane.toml");
const VISITS: &str = "skane_ed_synthetic/skane_two_eds_2017.csv.gz";

/// Moments of the year at which the live board is held against what is asked for afterwards.
const MOMENTS: usize = 1_000;

/// Every visit's steps in the order in which they happened, or nothing, said aloud, where the data is absent.
fn events() -> Option<Vec<Event>> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let path = std::env::var_os("TILANNE_DATA").map_or_else(beside, PathBuf::from).join(VISITS);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    };
    let mut adapter = Adapter::new(Spec::from_toml(FEED, "skane.toml").unwrap());
    let told = adapter.read(&bytes, Detail::Events).unwrap().into_events();
    let decoded = told.into_iter().map(|event| {
        let json = event.to_value().to_string();
        proto::event::decode(json.as_bytes()).unwrap_or_else(|error| panic!("{}", error.reason)).event
    });
    let mut events: Vec<Event> = decoded.collect();
    events.sort_by_key(|event| event.time);
    Some(events)
}

/// xorshift: the same moments in every run.
fn dice(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

struct Live {
    boards: Boards,
    sequence: u64,
}

impl Live {
    fn take(&mut self, body: Body, received: Instant) {
        self.sequence += 1;
        self.boards.apply(&Fact { sequence: self.sequence, received, body });
    }

    /// What falls due until a moment is recorded as a recorder does it.
    fn reach(&mut self, now: Instant) {
        while let Some(due) = self.boards.next_due().filter(|due| *due <= now) {
            self.take(Body::ClockReached { due }, due);
        }
    }
}

fn hashes(boards: &Boards) -> Vec<String> {
    let area = boards.area().unwrap();
    let draw = |view: &View| {
        let board = Board::draw(boards, view, |id| {
            Some(Arc::new(draw_station(area, &area.stations[id], boards.look(id)?.0)))
        });
        board.unwrap().hash
    };
    View::OF_THE_AREA.iter().map(draw).collect()
}

#[test]
fn a_board_of_a_past_moment_is_the_one_that_was_live_then() {
    let Some(events) = events() else { return };
    let (first, last) = (events[0].time, events[events.len() - 1].time);
    let span = (last.as_micros() - first.as_micros()).cast_unsigned();
    let mut seed = 0x5ca9_e000_0000_0001;
    let mut moments: Vec<Instant> = (0..MOMENTS)
        .map(|_| Instant::from_micros(first.as_micros() + (dice(&mut seed) % span).cast_signed()))
        .collect();
    moments.sort();

    let (area, document) = proto::area::from_toml(AREA).unwrap();
    let area = Arc::new(area);
    let mut live = Live { boards: Boards::default(), sequence: 0 };
    live.take(Body::LogBegun { epoch: "e".into(), simulated: false }, first);
    live.take(Body::AreaConfigured { document: document.into(), area: Arc::clone(&area) }, first);

    // What was, folded beside it in event order, as whoever asks afterwards folds it.
    let mut was = Situation::default();
    let mut moments = moments.into_iter().peekable();
    let mut compared = 0;
    for event in events {
        while let Some(moment) = moments.next_if(|moment| *moment < event.time) {
            live.reach(moment);
            let stem = live.boards.stem();
            let then = Boards::of_moment(&stem, Arc::clone(&area), was.clone(), moment, live.sequence);
            assert_eq!(hashes(&then), hashes(&live.boards), "at {moment}");
            compared += 1;
        }
        live.reach(event.time);
        let received = event.time;
        live.take(Body::Event(Box::new(event.clone())), received);
        was.absorb(&event, live.sequence, received);
    }
    assert!(compared > MOMENTS * 99 / 100, "{compared} compared");
}
