//! What was at a moment: the same whatever it is folded from, until something comes to be known of it.

use std::fs;
use std::path::{Path, PathBuf};

use super::days::Days;
use super::house::House;
use super::{FACTS, FEW_LOOKS, LOOKS};

/// So many turn out to have been there, all over the days.
const LATE: usize = 8;
/// Situations that are worth keeping of so many facts.
const KEPT: usize = 3;

/// The files of kept situations, by name.
fn kept(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place.join("moments")) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "situation"));
    paths.sort();
    paths
}

#[tokio::test]
async fn what_was_stays_what_was() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let was = days.was(LOOKS);
    let house = House::open(&days, place.path()).await;
    house.knows(&was, "folded just now").await;
    house.until(|| kept(place.path()).len() >= KEPT, "situations are kept").await;
    house.knows(&was, "from what was kept").await;
    house.close().await;
    let files = kept(place.path());

    let house = House::open(&days, place.path()).await;
    house.knows(&was, "from the files of the one before").await;
    house.close().await;
    assert_eq!(kept(place.path()), files, "none was made again");

    // One is damaged, one is another's, one is gone; and one is of a process that wrote no list.
    let mut bytes = fs::read(&files[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::copy(&files[0], &files[1]).unwrap();
    fs::write(&files[0], bytes).unwrap();
    fs::remove_file(&files[2]).unwrap();
    let unlisted = place.path().join("moments/5-5-5.situation");
    fs::write(&unlisted, b"of nobody").unwrap();
    let house = House::open(&days, place.path()).await;
    house.knows(&days.was(FEW_LOOKS), "from damaged files").await;
    house.knows(&was, "from damaged files, again").await;
    house.close().await;
    assert!(!unlisted.exists(), "nobody needs it");

    fs::remove_dir_all(place.path().join("moments")).unwrap();
    let house = House::open(&days, place.path()).await;
    house.until(|| kept(place.path()).len() >= KEPT, "situations are kept anew").await;
    house.knows(&was, "from files that were made anew").await;
    house.close().await;
}

#[tokio::test]
async fn what_comes_to_be_known_late_is_not_missing_from_what_was_kept() {
    let (days, mut more) = (Days::simulated(FACTS), Days::simulated(FACTS));
    let place = tempfile::tempdir().unwrap();
    let moments = more.turns_out(LATE);
    let (then, now) = (days.was_at(moments.clone()), more.was_at(moments));
    let differ = then.iter().zip(&now).filter(|(then, now)| then.hash != now.hash).count();
    assert!(differ >= LATE, "{differ} boards: somebody more was there");
    let house = House::open(&days, place.path()).await;
    house.until(|| kept(place.path()).len() >= KEPT, "situations are kept").await;
    house.knows(&then, "before it is known").await;
    house.close().await;
    let house = House::open(&more, place.path()).await;
    house.knows(&now, "when it is known").await;
    house.close().await;
    let house = House::open(&more, place.path()).await;
    house.knows(&now, "when it was known, from files").await;
    house.close().await;

    // Files and lists of more facts than the journal has any longer, as after a journal was restored.
    let house = House::open(&days, place.path()).await;
    house.knows(&then, "when it is not known any more").await;
    house.close().await;
}
