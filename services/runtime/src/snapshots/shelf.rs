//! Files of one service's state, the newest first.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use prometheus::{Gauge, Histogram, IntCounterVec, IntGauge, IntGaugeVec};

use crate::Error;
use crate::metrics::Metrics;

/// What the name of a file ends with.
const ENDING: &str = ".snapshot";

/// The snapshots of one service: `NAME-SEQUENCE.snapshot`, the sequence in 20 digits. The newest and the one
/// before it are kept: should the newest turn out to be damaged, the other saves most of the folding.
///
/// Calls block on the disk.
#[derive(Debug, Clone)]
pub struct Shelf {
    directory: PathBuf,
    name: &'static str,
    meters: Meters,
}

/// What is counted of a service's snapshots.
#[derive(Debug, Clone)]
struct Meters {
    snapshots: IntCounterVec,
    seconds: Histogram,
    sequence: IntGauge,
    bytes: IntGauge,
    start_facts: IntGaugeVec,
    start_seconds: Gauge,
}

impl Shelf {
    /// The shelf of a service in a directory that need not be there yet.
    ///
    /// # Errors
    /// If a metric's name is taken.
    pub fn new(directory: &Path, name: &'static str, metrics: &Metrics) -> Result<Self, Error> {
        let meters = Meters {
            snapshots: metrics.counter_vec(
                &format!("{name}_snapshots_total"),
                "Snapshots of the folded state, by what became of them: written, failed, ignored at a start",
                &["outcome"],
            )?,
            seconds: metrics.histogram(
                &format!("{name}_snapshot_seconds"),
                "Time to encode and write one snapshot, beside the work that goes on",
                &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
            )?,
            sequence: metrics
                .gauge(&format!("{name}_snapshot_sequence"), "Last fact in the newest snapshot")?,
            bytes: metrics.gauge(&format!("{name}_snapshot_bytes"), "Size of the newest snapshot")?,
            start_facts: metrics.gauge_vec(
                &format!("{name}_start_facts"),
                "Facts that the last start had from a snapshot, and those that it folded from the journal",
                &["from"],
            )?,
            start_seconds: metrics.fraction(
                &format!("{name}_start_seconds"),
                "Time from the opening of the last start until everything was folded",
            )?,
        };
        Ok(Self { directory: directory.to_owned(), name, meters })
    }

    /// Where the files are. It need not be there yet.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The service's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The files that are there, the one with the newest fact first.
    #[must_use]
    pub fn newest_first(&self) -> Vec<PathBuf> {
        let mut found = self.files();
        found.sort_unstable_by_key(|(sequence, _)| std::cmp::Reverse(*sequence));
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// The newest fact that any of the files is of by its name.
    #[must_use]
    pub fn newest(&self) -> Option<u64> {
        self.files().into_iter().map(|(sequence, _)| sequence).max()
    }

    /// Whether the snapshot of a sequence is there.
    #[must_use]
    pub fn holds(&self, sequence: u64) -> bool {
        self.directory.join(self.file_name(sequence)).is_file()
    }

    /// Reads a file that may have at most so many bytes.
    ///
    /// # Errors
    /// What the system says, or that it is too long.
    pub fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        if length > most {
            return Err(io::Error::other(format!("it has {length} bytes, and {most} are the most")));
        }
        let mut bytes = Vec::with_capacity(length);
        file.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Says that a file is no good, and goes on without it.
    pub fn ignore(&self, path: &Path, why: &str) {
        self.meters.snapshots.with_label_values(&["ignored"]).inc();
        tracing::warn!(
            service = self.name,
            snapshot = %path.display(),
            why,
            "this snapshot is ignored: what it should have held is folded from the journal"
        );
    }

    /// Says what a start had from a snapshot and what it had to fold.
    pub fn began(&self, from_snapshot: u64, folded: u64, took: Duration) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.meters.start_facts.with_label_values(&["snapshot"]).set(number(from_snapshot));
        self.meters.start_facts.with_label_values(&["journal"]).set(number(folded));
        self.meters.start_seconds.set(took.as_secs_f64());
        tracing::info!(
            service = self.name,
            from_snapshot,
            folded,
            seconds = took.as_secs_f64(),
            "the state is up to date"
        );
    }

    /// Writes the snapshot of a sequence: aside, synced, renamed, and the directory synced. Of the others
    /// only the newest before it stays; one beyond it belongs to a journal that is not this one.
    ///
    /// # Errors
    /// What the system says. The snapshots that were there still are.
    pub fn put(&self, sequence: u64, bytes: &[u8]) -> io::Result<()> {
        if !self.directory.is_dir() {
            fs::create_dir_all(&self.directory)?;
            if let Some(above) = self.directory.parent() {
                File::open(above)?.sync_all()?;
            }
        }
        // One process owns the directory, and a service writes one snapshot at a time.
        let aside = self.directory.join(format!("{}.writing", self.name));
        let mut file = File::create(&aside)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        drop(file);
        fs::rename(&aside, self.directory.join(format!("{}-{sequence:020}{ENDING}", self.name)))?;
        File::open(&self.directory)?.sync_all()?;
        let found = self.files();
        let before = found.iter().map(|(other, _)| *other).filter(|other| *other < sequence).max();
        for (_, path) in found.iter().filter(|(other, _)| *other != sequence && Some(*other) != before) {
            fs::remove_file(path)?;
        }
        Ok(())
    }

    /// Counts a snapshot that was written.
    pub(super) fn written(&self, sequence: u64, bytes: usize, took: Duration) {
        self.meters.snapshots.with_label_values(&["written"]).inc();
        self.meters.seconds.observe(took.as_secs_f64());
        self.meters.sequence.set(i64::try_from(sequence).unwrap_or(i64::MAX));
        self.meters.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        tracing::info!(
            service = self.name,
            sequence,
            bytes,
            seconds = took.as_secs_f64(),
            "snapshot written"
        );
    }

    /// Says that a snapshot could not be written: the next start folds more.
    pub(super) fn failed(&self, sequence: u64, why: &str) {
        self.meters.snapshots.with_label_values(&["failed"]).inc();
        tracing::warn!(
            service = self.name,
            sequence,
            why,
            "no snapshot was written: nothing is lost, but the next start takes longer"
        );
    }

    fn file_name(&self, sequence: u64) -> String {
        format!("{}-{sequence:020}{ENDING}", self.name)
    }

    fn files(&self) -> Vec<(u64, PathBuf)> {
        let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
        let sequence = |path: &Path| {
            let name = path.file_name()?.to_str()?;
            name.strip_prefix(self.name)?.strip_prefix('-')?.strip_suffix(ENDING)?.parse().ok()
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths.filter_map(|path| Some((sequence(&path)?, path))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(shelf: &Shelf) -> Vec<String> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        shelf.newest_first().iter().map(name).collect()
    }

    #[test]
    fn the_last_two_are_kept_and_nothing_of_another_journal() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("snapshots");
        let shelf = Shelf::new(&directory, "recorder", &Metrics::new("1").unwrap()).unwrap();
        assert!(shelf.newest_first().is_empty(), "the directory is not there yet");
        shelf.put(900, b"of a journal that was longer").unwrap();
        fs::write(directory.join("projector-00000000000000000007.snapshot"), b"another service's").unwrap();
        for sequence in [5, 70, 600] {
            shelf.put(sequence, b"state").unwrap();
        }
        assert_eq!(
            names(&shelf),
            ["recorder-00000000000000000600.snapshot", "recorder-00000000000000000070.snapshot"]
        );
        assert!(shelf.holds(600) && !shelf.holds(5) && !shelf.holds(900));
        shelf.put(600, b"again").unwrap();
        let newest = &shelf.newest_first()[0];
        assert_eq!(Shelf::read(newest, 5).unwrap(), b"again");
        assert!(Shelf::read(newest, 4).unwrap_err().to_string().contains("5 bytes"));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 3, "nothing is left aside");
    }

    #[test]
    fn what_a_torn_write_left_is_no_snapshot() {
        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path(), "recorder", &Metrics::new("1").unwrap()).unwrap();
        for name in ["recorder.writing", "recorder-12", "recorder-x.snapshot", "recorder-7.snapshot.tmp"] {
            fs::write(place.path().join(name), b"half").unwrap();
        }
        assert!(shelf.newest_first().is_empty());
        shelf.put(1, b"whole").unwrap();
        assert_eq!(names(&shelf).len(), 1);
        assert!(!place.path().join("recorder.writing").exists());
    }
}
