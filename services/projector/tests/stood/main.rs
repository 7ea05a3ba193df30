//! What people saw: the same for ever, whatever it is folded from.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

#[path = "../support/mod.rs"]
mod support;

mod days;
mod dice;
mod house;
mod moments;

use std::fs;

use days::Days;
use house::House;
use proto::live::BoardChange;

/// Some days in the county: some legs of the journal.
const FACTS: usize = 9_500;
/// Moments that are asked for, of each view: so many that some lie between two marks of a leg.
const LOOKS: usize = 9;
/// Of files that are no good, and from which all is folded again and again.
const FEW_LOOKS: usize = 2;

#[tokio::test]
async fn what_people_saw_stays_what_they_saw() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let looks = days.looks(LOOKS);
    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "folded just now").await;
    let legs = house::legs(place.path());
    assert!(!legs.is_empty(), "{legs:?}");
    house.close().await;

    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "from the files of the one before").await;
    house.close().await;

    // One that is damaged, and one that is another's.
    let legs = house::legs(place.path());
    let bytes: Vec<u64> = legs.iter().map(|leg| fs::metadata(leg).unwrap().len()).collect();
    eprintln!("files of {bytes:?} bytes");
    let mut bytes = fs::read(&legs[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::copy(&legs[0], &legs[1]).unwrap();
    fs::write(&legs[0], bytes).unwrap();
    let house = House::open(&days, place.path()).await;
    house.sees(&days.looks(FEW_LOOKS), "from damaged files").await;
    house.close().await;

    fs::remove_dir_all(place.path().join("legs")).unwrap();
    let house = House::open(&days, place.path()).await;
    house.until_legs(place.path(), 2).await;
    house.sees(&looks, "from files that were made anew").await;
    house.close().await;
}

#[tokio::test]
async fn marks_that_are_damaged_or_missing_or_of_another_leg_change_nothing() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let looks = days.looks(FEW_LOOKS);
    let made = async || {
        let house = House::open(&days, place.path()).await;
        house.until_legs(place.path(), 2).await;
        house.close().await;
        house::legs(place.path()).into_iter().map(|leg| leg.with_extension("marks")).collect::<Vec<_>>()
    };
    let marks = made().await;
    let whole = fs::read(&marks[0]).unwrap();
    assert!(whole.len() > 1_000, "{} bytes: they hold something", whole.len());

    // Each is intact, and stands elsewhere.
    let other = fs::read(&marks[1]).unwrap();
    fs::write(&marks[0], &other).unwrap();
    fs::write(&marks[1], &whole).unwrap();
    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "with each other's marks").await;
    house.close().await;

    for wrong in [Some(whole[..whole.len() - 7].to_vec()), Some(vec![0; 64]), None] {
        for marks in made().await {
            match &wrong {
                Some(wrong) => fs::write(marks, wrong).unwrap(),
                None => drop(fs::remove_file(marks)),
            }
        }
        let legs = house::legs(place.path());
        let house = House::open(&days, place.path()).await;
        house.sees(&looks, "with marks that are cut, overwritten or gone").await;
        house.close().await;
        assert!(legs.iter().all(|leg| leg.is_file()), "their legs are good");
    }
}

#[tokio::test]
async fn a_replay_shows_what_people_saw_when_they_saw_it() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let house = House::open(&days, place.path()).await;
    let mut shown = Vec::new();
    // Across a leg's end, and up to one that is still open.
    for after in [3_900, days.last() - 600] {
        let to = days.received(after + 400);
        let views = [("situation", 10_000_000), ("station:porvoo-paivystys", 0)];
        for (view, step_us) in views {
            let mut changes = house.replay(view, after, to, step_us).await;
            assert!(changes.len() > 10, "{} changes of {view}", changes.len());
            let is_of_span = |change: &BoardChange| (after + 1..=after + 450).contains(&change.sequence);
            assert!(changes.iter().all(is_of_span), "nothing of another time");
            shown.extend(changes.iter().map(|change| (change.sequence, view, change.hash.clone())));
            let board = house.board(view, after).await;
            changes.retain(|change| change.prev < change.revision);
            assert_eq!(changes[0].prev, board["revision"].as_u64().unwrap());
            assert!(changes.windows(2).all(|pair| pair[1].prev == pair[0].revision), "the chain is whole");
        }
    }
    shown.sort();
    let seen = days.seen(shown.iter().map(|(sequence, view, _)| (*sequence, *view)));
    for ((sequence, view, hash), look) in shown.iter().zip(&seen) {
        assert_eq!(*hash, look.hash, "{view} at {sequence}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_report_is_the_same_whatever_it_is_made_of() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    // Within a leg, across the ends of some, from the beginning, and up to a leg that is still open.
    let spans = [(3_000, 3_600), (3_900, 5_300), (3, 1_500), (8_000, days.last())];
    let spans = spans.map(|(from, to)| (days.received(from), days.received(to)));
    let house = House::open(&days, place.path()).await;
    let mut arrived = 0;
    for (from, to) in spans {
        let report = house.report(from, to).await;
        assert_eq!(report, days.report(from, to), "made just now");
        arrived += report["stations"]["porvoo-paivystys"]["arrived"].as_u64().unwrap_or_default();
    }
    assert!(arrived > 3, "{arrived} people: they tell of something");
    house.close().await;
    let house = House::open(&days, place.path()).await;
    for (from, to) in spans.into_iter().rev() {
        assert_eq!(house.report(from, to).await, days.report(from, to), "from the files of the one before");
    }
    house.close().await;
}
