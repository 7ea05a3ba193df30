//! `tilanne journal import`: a journal out of exported lines, each checked against the head it carries.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use ::journal::{Decision, Head, Journal};
use bytes::Bytes;
use proto::fact::{MAX_FACT_BYTES, StoredFact};

use super::directory::{Unfinished, open_to_write};
use super::expected::{Expected, text};
use super::tell;
use crate::Error;
use crate::output::say;

/// A line may be this long: the longest fact, with every byte of its texts escaped.
const MAX_LINE_BYTES: u64 = 6 * MAX_FACT_BYTES as u64;
/// Facts made durable at once.
const GROUP_FACTS: usize = 4_096;
/// Bytes of them at the most.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

pub fn import(dir: &Path, file: &Path, against: Option<&Expected>) -> Result<(), Error> {
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(|source| Error::File { path: file.to_owned(), source })?)
    };
    let unfinished = Unfinished::begin(dir)?;
    let journal = open_to_write(unfinished.path())?;
    let head = fill(journal.as_ref(), BufReader::with_capacity(1 << 16, input))?;
    if let Some(expected) = against {
        expected.equals(head)?;
    }
    drop(journal);
    unfinished.finish()?;
    tell(&format!("imported {} facts into {}", head.sequence, dir.display()));
    say(&text(head))
}

/// Appends what the lines say. The head that each must lead to is computed here and then, group by
/// group, by the journal.
fn fill(journal: &dyn Journal, mut input: impl BufRead) -> Result<Head, Error> {
    let mut group = Group { journal, decisions: Vec::new(), bytes: 0, head: Head::START };
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = (&mut input).take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        if read.map_err(|source| Error::Io { doing: "reading the lines", source })? == 0 {
            break;
        }
        let refused = |why: String| Error::Bad(format!("line {number}: {why}"));
        let text = std::str::from_utf8(&line).map_err(|_| refused("not UTF-8".to_owned()))?.trim();
        if text.is_empty() {
            continue;
        }
        group.take(text).map_err(|error| error.where_bad(|why| format!("line {number}: {why}")))?;
    }
    if group.head == Head::START {
        return Err(Error::Bad("line 1: there are no facts".to_owned()));
    }
    group.append()?;
    Ok(group.head)
}

/// Facts on their way into the journal.
struct Group<'a> {
    journal: &'a dyn Journal,
    decisions: Vec<Decision>,
    bytes: usize,
    head: Head,
}

impl Group<'_> {
    fn take(&mut self, line: &str) -> Result<(), Error> {
        let (fact, claimed) = StoredFact::from_line(line).map_err(|error| Error::Bad(error.to_string()))?;
        let expected = self.head.sequence + 1;
        if fact.sequence != expected {
            return Err(Error::Bad(match self.head.sequence {
                0 => format!("begins with fact {}: an import begins with fact 1", fact.sequence),
                _ => format!(
                    "fact {} where fact {expected} should follow: a line is missing, doubled or out of order",
                    fact.sequence
                ),
            }));
        }
        let record = Bytes::from(fact.to_bytes()?);
        let head = self.head.then(&record);
        if head.hash != claimed {
            return Err(Error::Bad(format!(
                "fact {expected} does not lead to the head that the line carries: this line is not what was exported"
            )));
        }
        self.head = head;
        self.bytes += record.len();
        self.decisions.push(Decision { records: vec![record], cursor: 0 });
        if self.decisions.len() >= GROUP_FACTS || self.bytes >= GROUP_BYTES { self.append() } else { Ok(()) }
    }

    fn append(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        self.journal.append(&std::mem::take(&mut self.decisions))?;
        Ok(())
    }
}
