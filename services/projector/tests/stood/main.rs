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
mod house;

use std::fs;

use days::Days;
use house::House;
use proto::live::BoardChange;

/// Some days in the county: some legs of the journal.
const FACTS: usize = 13_000;
/// Moments that are asked for, of each view.
const LOOKS: usize = 8;

#[tokio::test]
async fn what_people_saw_stays_what_they_saw() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let looks = days.looks(LOOKS);
    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "folded just now").await;
    let legs = house::legs(place.path());
    assert!((2..6).contains(&legs.len()), "{legs:?}");
    house.close().await;

    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "from the files of the one before").await;
    house.close().await;

    // One that is damaged, and one that is another's.
    let legs = house::legs(place.path());
    let mut bytes = fs::read(&legs[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::copy(&legs[0], &legs[1]).unwrap();
    fs::write(&legs[0], bytes).unwrap();
    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "from damaged files").await;
    house.close().await;

    fs::remove_dir_all(place.path().join("legs")).unwrap();
    let house = House::open(&days, place.path()).await;
    house.until_legs(place.path(), 2).await;
    house.sees(&looks, "from files that were made anew").await;
    house.close().await;
}

#[tokio::test]
async fn a_replay_shows_what_people_saw_when_they_saw_it() {
    let days = Days::simulated(2 * 4_096 + 1_000);
    let place = tempfile::tempdir().unwrap();
    let house = House::open(&days, place.path()).await;
    let mut shown = Vec::new();
    // Across a leg's end, and up to one that is still open.
    for after in [3_900, days.last() - 1_500] {
        let to = days.received(after + 900);
        let views = [("situation", 0), ("evening", 60_000_000), ("station:porvoo-paivystys", 1_000_000)];
        for (view, step_us) in views {
            let mut changes = house.replay(view, after, to, step_us).await;
            assert!(changes.len() > 10, "{} changes of {view}", changes.len());
            let is_of_span = |change: &BoardChange| (after + 1..=after + 950).contains(&change.sequence);
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
