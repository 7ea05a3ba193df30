//! What was at a moment: the same whatever it is folded from, until something comes to be known of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::days::Days;
use super::house::House;
use super::{FACTS, FEW_LOOKS, LOOKS};

/// So many turn out to have been there, all over the days.
const LATE: usize = 8;
/// Nobody has made it.
const UNLISTED: &str = "moments/5-5-5.situation";
/// Situations that are worth keeping of so many facts.
const KEPT: u32 = 4;

/// The files of kept situations, by name.
fn kept(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place.join("moments")) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "situation"));
    paths.sort();
    paths
}

/// When they were made.
fn made(files: &[PathBuf]) -> Vec<SystemTime> {
    files.iter().map(|path| fs::metadata(path).unwrap().modified().unwrap()).collect()
}

#[tokio::test]
async fn what_was_stays_what_was() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let was = days.was(LOOKS);
    let house = House::open(&days, place.path()).await;
    house.knows(&was, "folded just now").await;
    house.until_kept(KEPT).await;
    house.knows(&was, "from what was kept").await;
    house.close().await;
    let files = kept(place.path());
    let made = made(&files);

    let house = House::open(&days, place.path()).await;
    house.knows(&was, "from the files of the one before").await;
    house.close().await;
    assert_eq!(kept(place.path()), files);
    assert_eq!(self::made(&files), made, "none was made again");

    // One is damaged, one is another's, one is gone; and one is of a process that wrote no list.
    let mut bytes = fs::read(&files[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::copy(&files[0], &files[1]).unwrap();
    fs::write(&files[0], bytes).unwrap();
    fs::remove_file(&files[2]).unwrap();
    let unlisted = place.path().join(UNLISTED);
    fs::write(&unlisted, b"of nobody").unwrap();
    let house = House::open(&days, place.path()).await;
    house.knows(&days.was(FEW_LOOKS), "from damaged files").await;
    house.knows(&was, "from damaged files, again").await;
    house.close().await;
    assert!(!unlisted.exists(), "nobody needs it");

    fs::remove_dir_all(place.path().join("moments")).unwrap();
    let house = House::open(&days, place.path()).await;
    house.until_kept(KEPT).await;
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
    house.until_kept(KEPT).await;
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

#[tokio::test]
async fn who_is_stopped_before_the_journal_is_heard_of_throws_nothing_away() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    let house = House::open(&days, place.path()).await;
    house.until_kept(KEPT).await;
    house.close().await;
    let files = kept(place.path());
    House::without_journal(place.path()).await.close().await;
    assert_eq!(kept(place.path()), files);
}

#[tokio::test]
async fn a_directory_that_takes_nothing_costs_time_and_nothing_else() {
    let days = Days::simulated(FACTS);
    let place = tempfile::tempdir().unwrap();
    // Nobody may write here, not even root: it is no directory.
    fs::write(place.path().join("moments"), b"in the way").unwrap();
    let was = days.was(FEW_LOOKS);
    let house = House::open(&days, place.path()).await;
    house.knows(&was, "folded just now").await;
    house.knows(&was, "from memory").await;
    house.close().await;
    let snapshots = fs::read_dir(place.path()).unwrap().flatten();
    let snapshots = snapshots.filter(|entry| entry.file_name().to_str().unwrap().starts_with("projector-"));
    assert!(snapshots.count() > 0, "the state is put away all the same");
    let house = House::open(&days, place.path()).await;
    house.knows(&was, "after a restart").await;
    house.close().await;
}
