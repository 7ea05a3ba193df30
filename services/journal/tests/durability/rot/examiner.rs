//! The process that opens spoilt journals: whatever happens to it happens to nobody else.
//!
//! It is told a journal and what it should say, a line each, and answers with one line, a [`Verdict`].

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use journal::{Head, Journal, open, open_to_read};

use crate::cuts::tape::below;
use crate::cuts::workload::options;
use crate::records::{Kind, flat, group, record};

/// Begins a line that is an answer: others are the test runner's.
pub const ANSWER: &str = "verdict: ";
const UNBOUND: u64 = 1 << 30;
const PAGE: usize = 500;

/// What became of a spoilt journal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All is read as it was written, verify finds nothing, appending goes on.
    Harmless,
    /// An error, or what verify says.
    Detected(String),
    /// Something else was read than was written, or less, and nobody said so.
    Silent(String),
    /// Files are gone whose records can't be read any more.
    Deleted(String),
    /// The process that opened it died.
    Died(String),
}

/// A journal to examine.
pub struct Question<'a> {
    pub root: &'a Path,
    pub kind: Kind,
    pub seed: u64,
    pub records: u64,
}

impl Question<'_> {
    pub fn line(&self) -> String {
        format!("{:?} {} {} {}", self.kind, self.seed, self.records, self.root.display())
    }
}

impl Verdict {
    fn line(&self) -> String {
        let (name, text) = match self {
            Self::Harmless => ("harmless", ""),
            Self::Detected(text) => ("detected", text.as_str()),
            Self::Silent(text) => ("silent", text.as_str()),
            Self::Deleted(text) => ("deleted", text.as_str()),
            Self::Died(text) => ("died", text.as_str()),
        };
        format!("{ANSWER}{name} {}", text.replace('\n', " "))
    }

    pub fn read(answer: &str) -> Self {
        let (name, text) = answer.split_once(' ').unwrap_or((answer, ""));
        let text = text.to_owned();
        match name {
            "harmless" => Self::Harmless,
            "detected" => Self::Detected(text),
            "silent" => Self::Silent(text),
            "deleted" => Self::Deleted(text),
            _ => Self::Died(text),
        }
    }
}

/// Answers until nobody asks any more.
pub fn serve() {
    // The same journal is spoilt many times.
    let mut written: BTreeMap<String, Written> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a question");
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let [kind, seed, records, root] = *words else { panic!("{line}") };
        let make = || Written::new(kind, seed.parse().expect("a number"), records.parse().expect("a number"));
        let written = written.entry([kind, seed, records].join(" ")).or_insert_with(make);
        let verdict = Examination { root: root.as_ref(), written }.verdict();
        println!("\n{}", verdict.line());
        std::io::stdout().flush().expect("an answer");
    }
}

/// What was written into a journal before it was spoilt.
struct Written {
    records: Vec<Bytes>,
    head: Head,
}

impl Written {
    fn new(kind: &str, seed: u64, records: u64) -> Self {
        let kind = match kind {
            "Random" => Kind::Random,
            "Large" => Kind::Large,
            _ => Kind::Real,
        };
        Self::of((1..=records).map(|n| record(kind, seed, n, 0)).collect())
    }

    fn of(records: Vec<Bytes>) -> Self {
        let head = records.iter().fold(Head::START, |head, record| head.then(record));
        Self { records, head }
    }
}

struct Examination<'a> {
    root: &'a Path,
    written: &'a Written,
}

impl Examination<'_> {
    /// Reads beside no writer, then opens as the writer, which may clean up: what it removes must be there
    /// in another form.
    fn verdict(&self) -> Verdict {
        let before = files(self.root);
        let readable = self.readable();
        let read = open_to_read(self.root).map_or_else(|error| Err(detected(&error)), |it| self.read(&*it));
        let verdict = read.and_then(|()| self.go_on());
        match verdict {
            Ok(()) => Verdict::Harmless,
            Err(Verdict::Detected(text)) => {
                // A reader has found something. The writer may find nothing, or refuse; it must not remove.
                let opened = open(self.root, &options(UNBOUND)).map(|journal| journal.head());
                drop(opened);
                let after = files(self.root);
                let gone = before.iter().find(|(path, bytes)| !kept(path, bytes, &after));
                match gone {
                    Some((path, _)) if self.readable() < readable => {
                        Verdict::Deleted(path.display().to_string())
                    }
                    Some(_) | None => Verdict::Detected(text),
                }
            }
            Err(verdict) => verdict,
        }
    }

    /// Everything, as it was written, and sound by its own judgement.
    fn read(&self, journal: &dyn Journal) -> Result<(), Verdict> {
        let head = journal.head();
        let mut damage = None;
        if head != self.written.head {
            return Err(Verdict::Silent(format!(
                "it ends at {}, {} were there",
                head.sequence, self.written.head.sequence
            )));
        }
        let mut read = 0;
        while read < self.written.records.len() && damage.is_none() {
            match journal.read_from(read as u64, PAGE) {
                Ok(page)
                    if !page.records.is_empty()
                        && self.written.records[read..].starts_with(&page.records) =>
                {
                    read += page.records.len();
                }
                Ok(_) => return Err(Verdict::Silent(format!("another record after {read}"))),
                Err(error) => damage = Some(detected(&error)),
            }
        }
        let report = journal.verify(&mut |_| {}).map_err(|error| detected(&error))?;
        let sound = usize::try_from(report.sound.sequence).unwrap_or(usize::MAX);
        let known = self.written.records.get(..sound).unwrap_or_default();
        if known.iter().fold(Head::START, |head, record| head.then(record)) != report.sound {
            return Err(Verdict::Silent(format!("verify takes another journal for sound: {report:?}")));
        }
        match (damage, report.damage) {
            (Some(damage), Some(_)) => Err(damage),
            (None, Some(damage)) => Err(Verdict::Detected(format!("{:?}: {}", damage.place, damage.why))),
            (Some(damage), None) => Err(Verdict::Silent(format!("verify says sound, reading: {damage:?}"))),
            (None, None) => Ok(()),
        }
    }

    /// The writer opens it, appends, closes; then everything is there.
    fn go_on(&self) -> Result<(), Verdict> {
        let journal = open(self.root, &options(UNBOUND)).map_err(|error| detected(&error))?;
        let more = group(Kind::Random, 1, self.written.head.sequence, 3, 99);
        let head = journal.append(&more).map_err(|error| detected(&error))?;
        drop(journal);
        let all = Written::of(self.written.records.iter().chain(flat(&more)).cloned().collect());
        if all.head != head {
            return Err(Verdict::Silent("append returned another head".to_owned()));
        }
        let again = open_to_read(self.root).map_err(|error| detected(&error))?;
        Examination { root: self.root, written: &all }.read(&*again)
    }

    /// How many records can be read and are right, damage or not.
    fn readable(&self) -> usize {
        let Ok(journal) = open_to_read(self.root) else { return 0 };
        let mut readable = 0;
        let mut at = 0;
        while at < self.written.records.len() {
            match read_page(&journal, at) {
                Some(records) if self.written.records[at..].starts_with(&records) => {
                    readable += records.len();
                    at += records.len();
                }
                Some(_) | None => at += 1,
            }
        }
        readable
    }
}

fn read_page(journal: &Arc<dyn Journal>, after: usize) -> Option<Vec<Bytes>> {
    let page = journal.read_from(after as u64, PAGE).ok()?;
    (!page.records.is_empty()).then_some(page.records)
}

fn detected(error: &journal::Error) -> Verdict {
    Verdict::Detected(error.to_string())
}

fn files(root: &Path) -> BTreeMap<PathBuf, Bytes> {
    below(root).into_iter().filter_map(|(path, bytes)| Some((path, bytes?))).collect()
}

/// Whether a file is still there, as it was or put aside. The witness is written anew.
fn kept(path: &Path, bytes: &Bytes, after: &BTreeMap<PathBuf, Bytes>) -> bool {
    path == Path::new("witness")
        || after.get(path) == Some(bytes)
        || after.values().any(|other| other == bytes)
}
