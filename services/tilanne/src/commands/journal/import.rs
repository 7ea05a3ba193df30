//! `tilanne journal import`: a journal out of exported lines, each checked against the head it carries.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use ::journal::{Decision, Head, Journal};
use bytes::Bytes;
use proto::fact::{End, LineError, MAX_FACT_BYTES, StoredFact};

use super::directory::{Unfinished, open_to_write};
use super::expected::{Expected, text};
use super::{count, tell};
use crate::Error;
use crate::output::say;

/// A line may be this long: the longest fact, with every byte of its texts escaped.
const MAX_LINE_BYTES: u64 = 6 * MAX_FACT_BYTES as u64;
/// Facts made durable at once.
const GROUP_FACTS: usize = 4_096;
/// Bytes of them at the most.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// How the end of the lines is known to be the end.
#[derive(Clone, Copy)]
pub enum Whole<'a> {
    /// The last line says so; if there is none that does, that is said.
    Sealed,
    /// It leads to a head that is known from elsewhere.
    Against(&'a Expected),
    /// It is not: what is there is taken.
    CutOff,
}

pub fn import(dir: &Path, file: &Path, whole: Whole<'_>) -> Result<(), Error> {
    let unreadable = |source| Error::File { path: file.to_owned(), source };
    let (input, named): (Box<dyn Read>, _) = if file == Path::new("-") {
        (Box::new(std::io::stdin().lock()), "standard input".to_owned())
    } else {
        (Box::new(File::open(file).map_err(unreadable)?), file.display().to_string())
    };
    let unfinished = Unfinished::begin(dir)?;
    let journal = open_to_write(unfinished.path())?;
    let mut lines = BufReader::with_capacity(1 << 16, input);
    if lines.fill_buf().map_err(unreadable)?.is_empty() {
        return Err(no_facts(&named, "it is empty"));
    }
    let (head, sealed) = fill(journal.as_ref(), lines, whole)?;
    if head == Head::START {
        return Err(no_facts(&named, "none of its lines is one"));
    }
    match whole {
        Whole::Against(expected) => expected.equals(head)?,
        Whole::Sealed if !sealed => {
            // The plain lines of an export, or of a sealed one that was cut off between two lines.
            tell(&format!(
                "nothing says that fact {} is the last: compare the head below with what the export said, or export \
                 with --sealed",
                head.sequence
            ));
        }
        Whole::Sealed | Whole::CutOff => {}
    }
    drop(journal);
    unfinished.finish()?;
    tell(&format!("imported {} into {}", count(head.sequence, "fact"), dir.display()));
    say(&text(head))
}

fn no_facts(named: &str, why: &str) -> Error {
    Error::Bad(format!("there are no facts in {named}, {why}: import what `tilanne journal export` wrote"))
}

/// Appends what the lines say, and answers with where they lead and whether a line said that they end there. The
/// head that each must lead to is computed here and then, group by group, by the journal.
fn fill(journal: &dyn Journal, mut input: impl BufRead, whole: Whole<'_>) -> Result<(Head, bool), Error> {
    let mut ended = false;
    let mut group = Group { journal, decisions: Vec::new(), bytes: 0, head: Head::START };
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = (&mut input).take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        if read.map_err(|source| Error::Io { doing: "reading the lines", source })? == 0 {
            break;
        }
        let taken = match std::str::from_utf8(&line).map(str::trim) {
            Err(_) => Err(Error::Bad("not UTF-8".to_owned())),
            Ok("") => Ok(()),
            Ok(_) if ended => Err(Error::Bad("it follows the line that ends the export".to_owned())),
            Ok(text) => match End::from_line(text) {
                Some(end) => group.ends(end).map(|()| ended = true),
                None => group.take(text),
            },
        };
        let half = !line.ends_with(b"\n") && (line.len() as u64) < MAX_LINE_BYTES;
        if matches!(taken, Err(Error::Bad(_))) && matches!(whole, Whole::CutOff) && half {
            tell(&format!("line {number} was cut off, and is left out"));
            break;
        }
        taken.map_err(|error| error.where_bad(|why| format!("line {number}: {why}")))?;
    }
    group.append()?;
    if journal.head() != group.head {
        let why = format!("the journal ends at {}, the lines at {}", text(journal.head()), text(group.head));
        return Err(Error::Bad(why));
    }
    Ok((group.head, ended))
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

    /// Holds the line that ends the export against what came before it.
    fn ends(&self, end: Result<End, LineError>) -> Result<(), Error> {
        let End { facts, sequence, head } = end.map_err(|error| Error::Bad(error.to_string()))?;
        let there = Head { sequence, hash: head };
        if facts == self.head.sequence && there == self.head {
            return Ok(());
        }
        Err(Error::Bad(format!(
            "the export had {} and ended at {}; what comes before this line ends at {}: lines are missing",
            count(facts, "fact"),
            text(there),
            text(self.head)
        )))
    }

    fn append(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        self.journal.append(&std::mem::take(&mut self.decisions))?;
        Ok(())
    }
}
