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

/// Some days in the county: half a dozen legs of the journal.
const FACTS: usize = 24_000;
/// Moments that are asked for.
const LOOKS: usize = 250;

#[tokio::test]
async fn what_people_saw_stays_what_they_saw() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let looks = days.looks(LOOKS);
    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "folded just now").await;
    let legs = house::legs(place.path());
    assert!((4..10).contains(&legs.len()), "{legs:?}");
    house.close().await;

    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "from the files of the one before").await;
    house.close().await;

    // One that is damaged, one that is another's, and one that is gone.
    let legs = house::legs(place.path());
    let mut bytes = fs::read(&legs[1]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&legs[1], bytes).unwrap();
    fs::copy(&legs[0], &legs[2]).unwrap();
    fs::remove_file(&legs[3]).unwrap();
    let house = House::open(&days, place.path()).await;
    house.sees(&looks, "from damaged files").await;
    house.until_legs(place.path(), 4).await;
    house.sees(&looks, "from files that were made again").await;
    house.close().await;

    fs::remove_dir_all(place.path().join("legs")).unwrap();
    let house = House::open(&days, place.path()).await;
    house.until_legs(place.path(), 4).await;
    house.sees(&looks, "from files that were made anew").await;
    house.close().await;
}

#[tokio::test]
async fn a_replay_shows_what_people_saw_when_they_saw_it() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let house = House::open(&days, place.path()).await;
    for (view, step_us) in
        [("situation", 0), ("evening", 60_000_000), ("station:porvoo-paivystys", 1_000_000)]
    {
        // Across a leg's end, and up to one that is still open.
        for after in [3_900, days.last() - 1_500] {
            let to = days.received(after + 900);
            let mut changes = house.replay(view, after, to, step_us).await;
            assert!(changes.len() > 10, "{} changes of {view}", changes.len());
            let sequences: Vec<u64> = changes.iter().map(|change| change.sequence).collect();
            assert!(sequences.iter().all(|sequence| (after + 1..=after + 900 + 50).contains(sequence)));
            let expected = days.hashes(view, &sequences);
            for (change, expected) in changes.iter().zip(&expected) {
                assert_eq!(&change.hash, expected, "{view} at {}", change.sequence);
            }
            let board = house.board(view, after).await;
            changes.retain(|change| change.prev < change.revision);
            assert_eq!(changes[0].prev, board["revision"].as_u64().unwrap());
            assert!(changes.windows(2).all(|pair| pair[1].prev == pair[0].revision), "the chain is whole");
        }
    }
    house.close().await;
}
