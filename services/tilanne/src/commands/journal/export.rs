//! `tilanne journal export`: the facts as lines that prove themselves.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use proto::fact::{End, StoredFact, hex};

use super::directory::read;
use super::expected::text;
use super::{count, tell};
use crate::Error;

/// Facts read at once.
const PAGE_FACTS: usize = 4_096;

pub fn export(dir: &Path, mut after: u64, sealed: bool) -> Result<(), Error> {
    let failed = |source: std::io::Error| Error::Io { doing: "writing to standard output", source };
    let journal = read(dir)?;
    // What is appended meanwhile is for the next export.
    let end = journal.head();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut exported: u64 = 0;
    while after < end.sequence {
        let left = usize::try_from(end.sequence - after).unwrap_or(usize::MAX);
        let page = journal.read_from(after, PAGE_FACTS.min(left))?;
        for (head, record) in page.heads() {
            let line = StoredFact::from_bytes(record)?.to_line(&hex(&head.hash))?;
            match writeln!(out, "{line}") {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return gone(out),
                other => other.map_err(failed)?,
            }
            exported += 1;
        }
        after = page.last_sequence();
    }
    let sealing = match sealed {
        true => {
            writeln!(out, "{}", End { facts: exported, sequence: end.sequence, head: end.hash }.to_line())
        }
        false => Ok(()),
    };
    match sealing.and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return gone(out),
        other => other.map_err(failed)?,
    }
    tell(&format!("exported {}, head {}", count(exported, "fact"), text(end)));
    Ok(())
}

/// A reader that went away (`| head`) has what it wanted.
fn gone(out: BufWriter<impl Write>) -> Result<(), Error> {
    // Its buffer must not be written once more on the way out.
    drop(out.into_parts());
    Ok(())
}
