//! The legs' files, by name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use situation::time::Instant;

/// What the name of a file begins and ends with.
const BEGINNING: &str = "leg-";
const LEG: &str = "snapshot";
/// What the name of the file beside it ends with that has its marks.
pub(super) const MARKS: &str = "marks";
/// What names end with while their files are written.
const ASIDE: &str = "writing";

/// A leg that was put away: what its file's name says, and the bytes of both its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filed {
    pub until: u64,
    pub clock: Instant,
    pub bytes: u64,
}

pub(super) fn name(from: u64, filed: &Filed) -> String {
    let Filed { until, clock, bytes: _ } = filed;
    format!("{BEGINNING}{from:020}-{until:020}-{}.{LEG}", clock.as_micros())
}

fn parsed(name: &str) -> Option<(u64, u64, Instant)> {
    let mut parts = name.strip_prefix(BEGINNING)?.strip_suffix(LEG)?.strip_suffix('.')?.splitn(3, '-');
    let (from, until) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((from, until, Instant::from_micros(parts.next()?.parse().ok()?)))
}

/// What lies in the directory. Of several legs with one beginning the longest counts.
pub(super) fn found(directory: &Path) -> BTreeMap<u64, Filed> {
    let mut legs: BTreeMap<u64, Filed> = BTreeMap::new();
    let Ok(entries) = fs::read_dir(directory) else { return legs };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some((from, until, clock)) = entry.file_name().to_str().and_then(parsed) else {
            let ends = |with: &str| path.extension().is_some_and(|ending| ending == with);
            let is_left = ends(MARKS) && !path.with_extension(LEG).is_file();
            // What a process was writing when it ended is in nobody's way, but it is in nobody's count either.
            if ends(ASIDE) || is_left {
                drop(fs::remove_file(path));
            }
            continue;
        };
        let marks = fs::metadata(path.with_extension(MARKS));
        let bytes = [entry.metadata(), marks].into_iter().flatten().map(|file| file.len()).sum();
        if legs.get(&from).is_none_or(|known| known.until < until) {
            legs.insert(from, Filed { until, clock, bytes });
        }
    }
    legs
}

/// Writes a file aside and renames it, so that what has the name is whole while the system lives.
pub(super) fn write(directory: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if !directory.is_dir() {
        fs::create_dir_all(directory)?;
    }
    let aside = path.with_extension(ASIDE);
    fs::write(&aside, bytes)?;
    fs::rename(aside, path)
}

/// Removes a leg's files; what stays is removed when the archive is opened.
pub(super) fn remove(leg: &Path) {
    drop(fs::remove_file(leg));
    drop(fs::remove_file(leg.with_extension(MARKS)));
}
