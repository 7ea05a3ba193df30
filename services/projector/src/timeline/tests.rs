#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use super::*;

const GIBIBYTE: u64 = 1 << 30;

fn place(seconds: i64, sequence: u64) -> Place {
    (Instant::from_micros(seconds * 1_000_000), sequence)
}

const fn filed(known: u64, bytes: u64) -> Stored {
    Stored::Filed { known, bytes }
}

fn kept(timeline: &Timeline) -> Vec<Place> {
    timeline.kept().keys().copied().collect()
}

#[test]
fn where_there_is_no_room_they_stand_further_apart_and_stay_so() {
    let mut timeline = Timeline::default();
    let route = timeline.route(Instant::MAX);
    assert_eq!(route.spacing, SPACING);
    let places: Vec<Place> = (1..=5).map(|number| place(i64::try_from(number).unwrap(), number)).collect();
    let gone = timeline.arrive(route.number, places.iter().map(|at| (*at, filed(9, GIBIBYTE / 2))).collect());
    assert_eq!(kept(&timeline), [places[0], places[2], places[4]], "every other one of too many goes");
    let gone: Vec<Place> = gone.iter().map(|(place, _)| *place).collect();
    assert_eq!(gone, [places[1], places[3]]);
    assert_eq!(timeline.route(Instant::MAX).spacing, 2 * SPACING, "nobody keeps again what had no room");
    let put_away = timeline.share();
    let back = Timeline::of(9, [], vec![], [], (put_away.spacing, put_away.kept));
    assert_eq!((back.spacing, kept(&back)), (2 * SPACING, kept(&timeline)));
}

#[test]
fn what_was_folded_while_an_earlier_fact_came_in_is_not_kept() {
    let mut timeline = Timeline::default();
    let (one, other) = (timeline.route(Instant::MAX), timeline.route(Instant::MAX));
    assert!(
        timeline.arrive(one.number, vec![(place(5, 5), filed(9, 1)), (place(7, 7), filed(9, 1))]).is_empty()
    );
    timeline.forget_from(place(6, 0).0);
    let gone = timeline.arrive(other.number, vec![(place(5, 5), filed(9, 1)), (place(6, 6), filed(9, 1))]);
    let gone: Vec<Place> = gone.iter().map(|(place, _)| *place).collect();
    assert_eq!((kept(&timeline), gone), (vec![place(5, 5)], vec![place(7, 7), place(6, 6)]));
    // What was folded anew takes the place of what is there: its file goes.
    let third = timeline.route(Instant::MAX);
    let gone = timeline.arrive(third.number, vec![(place(5, 5), filed(12, 1))]);
    assert!(gone == [(place(5, 5), filed(9, 1))] && timeline.kept()[&place(5, 5)] == filed(12, 1));
    timeline.forget(place(5, 5), &filed(9, 1));
    assert_eq!(kept(&timeline), [place(5, 5)], "that is not the one that could not be read");
    timeline.forget(place(5, 5), &filed(12, 1));
    assert_eq!(kept(&timeline), []);
}
