#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use super::*;

const GIBIBYTE: u64 = 1 << 30;

fn place(seconds: i64, sequence: u64) -> Place {
    (Instant::from_micros(seconds * 1_000_000), sequence)
}

const fn known(sequence: u64) -> Known {
    Known { sequence, mark: 7 }
}

const fn filed(sequence: u64, bytes: u64) -> Stored {
    Stored::Filed { known: known(sequence), bytes }
}

fn kept(timeline: &Timeline) -> Vec<Place> {
    timeline.kept().keys().copied().collect()
}

fn route(timeline: &mut Timeline) -> Route {
    timeline.route(Instant::MAX, None, known(9)).unwrap()
}

fn places(gone: &[(Place, Stored)]) -> Vec<Place> {
    gone.iter().map(|(place, _)| *place).collect()
}

#[test]
fn where_there_is_no_room_they_stand_further_apart_until_none_is_left() {
    let mut timeline = Timeline::default();
    let first = route(&mut timeline);
    assert_eq!(first.spacing, SPACING);
    let at: Vec<Place> = (1..=5).map(|number| place(number, number.cast_unsigned())).collect();
    let gone = timeline.arrive(first.number, at.iter().map(|at| (*at, filed(9, GIBIBYTE / 2))).collect());
    assert_eq!(kept(&timeline), [at[0], at[2], at[4]], "every other one of too many goes");
    assert_eq!(places(&gone), [at[1], at[3]]);
    assert_eq!(route(&mut timeline).spacing, 2 * SPACING, "nobody keeps again what had no room");
    let put_away = timeline.share();
    let back = Timeline::of([], vec![], [], (put_away.spacing, put_away.kept));
    assert_eq!((back.spacing, kept(&back)), (2 * SPACING, kept(&timeline)));
    timeline.forget_from(Instant::MIN);
    assert_eq!(route(&mut timeline).spacing, SPACING);
}

#[test]
fn too_many_in_memory_are_no_reason_to_throw_files_away() {
    let mut timeline = Timeline::default();
    let packed: Arc<[u8]> = vec![0; usize::try_from(MAX_PACKED / 3 + 1).unwrap()].into();
    let first = route(&mut timeline);
    let files = (1..=3).map(|number| (place(number, 1), filed(9, 1)));
    let in_memory = (4..=6).map(|number| (place(number, 1), Stored::Packed(Arc::clone(&packed))));
    let gone = timeline.arrive(first.number, files.chain(in_memory).collect());
    assert_eq!(places(&gone), [place(5, 1)]);
    assert_eq!(route(&mut timeline).spacing, SPACING);
}

#[test]
fn what_was_folded_while_an_earlier_fact_came_in_is_not_kept() {
    let mut timeline = Timeline::default();
    let (one, other) = (route(&mut timeline), route(&mut timeline));
    let folded = vec![(place(5, 5), filed(9, 1)), (place(7, 7), filed(9, 1))];
    assert!(timeline.arrive(one.number, folded).is_empty());
    let nearest = timeline.nearest(Instant::MAX).unwrap();
    assert!(timeline.route(Instant::MAX, Some(&nearest), known(9)).is_some());
    timeline.forget_from(place(6, 0).0);
    assert!(timeline.route(Instant::MAX, Some(&nearest), known(10)).is_none(), "it is untrue by now");
    let gone = timeline.arrive(other.number, vec![(place(5, 5), filed(9, 2)), (place(6, 6), filed(9, 1))]);
    let and_gone = (vec![place(5, 5)], vec![place(7, 7), place(6, 6)]);
    assert_eq!((kept(&timeline), places(&gone)), and_gone, "the same file is not gone");
    // What was folded anew takes the place of what is there: its file goes.
    let third = route(&mut timeline);
    let gone = timeline.arrive(third.number, vec![(place(5, 5), filed(12, 1))]);
    assert!(gone == [(place(5, 5), filed(9, 2))] && timeline.kept()[&place(5, 5)] == filed(12, 1));
    assert!(!timeline.forget(place(5, 5), &filed(9, 2)), "that is not the one that could not be read");
    assert!(timeline.forget(place(5, 5), &filed(12, 1)));
    assert_eq!(kept(&timeline), []);
}
