//! Opens what a loss of power left, and holds it against what was promised.

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use journal::{Journal, open_on, open_to_read};
use tracing::field::{Field, Visit};
use tracing::span;

use crate::cuts::recorder::{LeftOut, Recorder};
use crate::cuts::story::Story;
use crate::cuts::workload::options;
use crate::records::{Kind, flat, group};

/// What is wrong with a journal after a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It does not open.
    Closed(String),
    /// Acknowledged records are gone, or there are others than were submitted.
    Lost(String),
    /// It says something else than what was written, without an error.
    Silent(String),
    /// Its own verify finds damage, or it can't be read.
    Unsound(String),
    /// A tail was cut off without a word.
    Unreported(String),
    /// There are files in a `blobs` directory.
    Blobs(String),
    /// Nothing can be appended, or what is appended is not there afterwards.
    Stuck(String),
}

/// What a sound journal had to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    /// It said that it left a torn tail out.
    pub reported: bool,
    /// The group that was being appended is there.
    pub ahead: bool,
}

/// Records in a page: several pages for most journals here.
const PAGE: usize = 1_000;
/// A tail that stays a tail, so that looking does not bind.
const UNBOUND: u64 = 1 << 30;

/// How the process ends that looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It closes the journal, which binds its tail.
    Closed,
    /// It is killed.
    Killed,
}

/// Opens, reads, verifies, appends, opens again. `torn`: a commit was cut, which must be told.
pub fn inspect(directory: &Path, story: &Story, torn: bool, end: End) -> Result<Sound, Failure> {
    let disk = Arc::new(Recorder::new(directory, LeftOut::Nothing, 0));
    let (opened, said) = listening(|| open_on(directory, &options(UNBOUND), Arc::clone(&disk) as _));
    let journal = opened.map_err(|error| Failure::Closed(error.to_string()))?;
    let head = journal.head();
    if head.sequence < story.acknowledged as u64 {
        return Err(Failure::Lost(format!("it ends at {}: {}", head.sequence, story.told())));
    }
    if !story.may_end_at(head) {
        return Err(Failure::Silent(format!(
            "it ends at {}, or with another hash: {}",
            head.sequence,
            story.told()
        )));
    }
    let count = usize::try_from(head.sequence).expect("few");
    read(&*journal, story.records.get(..count).unwrap_or_default())?;
    verify(&*journal)?;
    if torn && !said {
        return Err(Failure::Unreported(format!("at {}", head.sequence)));
    }
    blobs(directory)?;
    let more = group(Kind::Random, 1, head.sequence, 3, 99);
    let after = journal.append(&more).map_err(|error| Failure::Stuck(error.to_string()))?;
    if end == End::Killed {
        disk.kill();
    }
    drop(journal);
    let again = open_to_read(directory).map_err(|error| Failure::Stuck(error.to_string()))?;
    let mut all = story.records.get(..count).unwrap_or_default().to_vec();
    all.extend(flat(&more).cloned());
    if again.head() != after {
        return Err(Failure::Stuck(format!(
            "{} became {}, or another hash",
            after.sequence,
            again.head().sequence
        )));
    }
    read(&*again, &all)?;
    Ok(Sound { reported: said, ahead: count > story.acknowledged })
}

/// Reads all pages and compares each record.
fn read(journal: &dyn Journal, expected: &[Bytes]) -> Result<(), Failure> {
    let mut read = 0;
    while read < expected.len() {
        let page =
            journal.read_from(read as u64, PAGE).map_err(|error| Failure::Unsound(error.to_string()))?;
        let same = expected.get(read..).is_some_and(|expected| expected.starts_with(&page.records));
        if page.records.is_empty() || !same {
            return Err(Failure::Silent(format!("the page after {read} is not what was written")));
        }
        read += page.records.len();
    }
    Ok(())
}

fn verify(journal: &dyn Journal) -> Result<(), Failure> {
    match journal.verify(&mut |_| {}) {
        Ok(report) if report.damage.is_none() && report.sound == journal.head() => Ok(()),
        Ok(report) => Err(Failure::Unsound(format!("{report:?}"))),
        Err(error) => Err(Failure::Unsound(error.to_string())),
    }
}

/// sled's `blobs` directories must be empty: what is in them was never synced.
pub fn blobs(directory: &Path) -> Result<(), Failure> {
    for (path, bytes) in crate::cuts::tape::below(directory) {
        if bytes.is_some() && path.components().any(|part| part.as_os_str() == "blobs") {
            return Err(Failure::Blobs(path.display().to_string()));
        }
    }
    Ok(())
}

/// Runs, and says whether a warning or an error was logged meanwhile that speaks of a torn tail.
fn listening<T>(run: impl FnOnce() -> T) -> (T, bool) {
    let ear = Ear::default();
    let heard = Arc::clone(&ear.0);
    let done = tracing::subscriber::with_default(ear, run);
    let heard = heard.lock().expect("no panic").iter().any(|said| said.contains("cut off"));
    (done, heard)
}

/// Keeps what is logged.
#[derive(Default)]
struct Ear(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Ear {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        self.0.lock().expect("no panic").push(text.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0 += &format!("{}={value:?} ", field.name());
    }
}
