//! `tilanne journal`: looking into a journal that nobody writes at the moment.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use ::journal::{Damage, Journal, Place};
use proto::block::{Block, frames};
use proto::fact::{StoredBody, StoredFact, hex};
use serde_json::json;

use crate::Error;
use crate::cli::JournalAction;
use crate::house::{JOURNAL, open_journal};
use crate::output::say;

/// Blocks read at once by `stat`.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Facts read at once by `export`.
const PAGE_FACTS: usize = 4_096;
/// Blocks between two words of progress.
const PROGRESS_EVERY: u64 = 250_000;

pub async fn journal(action: JournalAction) -> Result<(), Error> {
    match action {
        JournalAction::Verify { dir, json, in_this_process: true } => verify(&dir, json).await,
        JournalAction::Verify { dir, json, in_this_process: false } => verify_in_child(&dir, json).await,
        JournalAction::Stat { dir, json } => stat(&dir, json).await,
        JournalAction::Export { dir, after } => export(&dir, after).await,
    }
}

/// Opens only what is there: looking must not make a journal.
async fn existing(dir: &Path) -> Result<Arc<dyn Journal>, Error> {
    if !dir.join(JOURNAL).is_dir() {
        let there = dir.join(JOURNAL);
        return Err(Error::Usage(format!(
            "there is no journal at {}: name a --data directory",
            there.display()
        )));
    }
    open_journal(dir).await
}

/// The store below may panic or abort on some damage: then that is the answer, and it is a child's.
async fn verify_in_child(dir: &Path, json: bool) -> Result<(), Error> {
    let program =
        std::env::current_exe().map_err(|source| Error::Io { doing: "finding this program", source })?;
    let mut command = tokio::process::Command::new(program);
    command.args(["journal", "verify", "--in-this-process"]).arg(dir).stdin(Stdio::null());
    if json {
        command.arg("--json");
    }
    let status = command
        .status()
        .await
        .map_err(|source| Error::Io { doing: "starting the checking process", source })?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) if code == i32::from(runtime::exit::USAGE) || code == i32::from(runtime::exit::FAILED) => {
            // The child has said why on standard error.
            std::process::exit(code)
        }
        Some(code) if code == i32::from(runtime::exit::BAD) => std::process::exit(code),
        Some(_) | None => Err(Error::Bad(format!(
            "damaged: store header: the store cannot even be opened ({status}); keep it as it is"
        ))),
    }
}

async fn verify(dir: &Path, json: bool) -> Result<(), Error> {
    let journal = match existing(dir).await {
        Ok(journal) => journal,
        Err(Error::Journal(
            error @ (::journal::Error::NotAJournal { .. }
            | ::journal::Error::Unopenable { .. }
            | ::journal::Error::Damaged { .. }),
        )) => {
            return Err(Error::Bad(format!("damaged: {error}")));
        }
        Err(error) => return Err(error),
    };
    let report = tokio::task::spawn_blocking(move || {
        journal.verify(&mut |progress| {
            if progress.sequence % PROGRESS_EVERY == 0 {
                drop(writeln!(std::io::stderr(), "{} of {} facts", progress.sequence, progress.of));
            }
        })
    })
    .await??;
    let head = hex(&report.sound.hash);
    let place = report.damage.as_ref().map(|Damage { place, why }| match place {
        Place::Sequence(sequence) => format!("at sequence {sequence}: {why}"),
        Place::Store => format!("store header: {why}"),
    });
    if json {
        let sound = report.damage.is_none();
        let facts = report.sound.sequence;
        say(
            &json!({"sound": sound, "facts": facts, "blocks": report.blocks, "head": head, "damage": place})
                .to_string(),
        )?;
    } else if report.damage.is_none() {
        say(&format!("sound: {} facts in {} blocks, head {head}", report.sound.sequence, report.blocks))?;
    }
    match place {
        None => Ok(()),
        Some(place) => Err(Error::Bad(format!(
            "damaged {place}; sound up to sequence {}; keep the store as it is",
            report.sound.sequence
        ))),
    }
}

async fn stat(dir: &Path, json: bool) -> Result<(), Error> {
    let journal = existing(dir).await?;
    let (stat, kinds, span) = tokio::task::spawn_blocking(move || {
        let stat = journal.stat()?;
        let (kinds, span) = census(journal.as_ref())?;
        Ok::<_, Error>((stat, kinds, span))
    })
    .await??;
    let (first, last) = span.map_or((None, None), |(first, last)| (Some(first), Some(last)));
    if json {
        return say(&json!({
            "facts": stat.facts, "blocks": stat.blocks, "stored_bytes": stat.stored_bytes, "raw_bytes": stat.raw_bytes,
            "disk_bytes": stat.disk_bytes, "head": {"sequence": stat.head.sequence, "hash": hex(&stat.head.hash)},
            "first_received": first, "last_received": last, "types": kinds,
        })
        .to_string());
    }
    say(&format!("facts    {} in {} blocks", stat.facts, stat.blocks))?;
    say(&format!(
        "bytes    {} raw, {} stored, {} on disk",
        stat.raw_bytes, stat.stored_bytes, stat.disk_bytes
    ))?;
    say(&format!("head     {} {}", stat.head.sequence, hex(&stat.head.hash)))?;
    say(&format!("received {} … {}", first.unwrap_or_default(), last.unwrap_or_default()))?;
    for (kind, count) in kinds {
        say(&format!("{count:>10} {kind}"))?;
    }
    Ok(())
}

type Span = (String, String);

/// Facts by type, and when the first and the last were received.
fn census(journal: &dyn Journal) -> Result<(BTreeMap<String, u64>, Option<Span>), Error> {
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let mut span: Option<Span> = None;
    let mut after = 0;
    loop {
        let page = journal.read_blocks(after, PAGE_BYTES)?;
        if page.blocks.is_empty() {
            return Ok((kinds, span));
        }
        for stored in page.blocks.iter().flat_map(|blocks| frames(blocks)) {
            let damaged =
                |error: proto::block::Error| Error::Bad(format!("damaged after sequence {after}: {error}"));
            let block = Block::decode(stored.map_err(damaged)?).map_err(damaged)?;
            for record in block.records() {
                let fact = StoredFact::from_bytes(record)?;
                *kinds.entry(kind(&fact.body)).or_default() += 1;
                let received = proto::time::format(fact.received.into());
                match &mut span {
                    Some((_, last)) => *last = received,
                    None => span = Some((received.clone(), received)),
                }
            }
            after = block.last_sequence();
        }
    }
}

fn kind(body: &StoredBody) -> String {
    match body {
        StoredBody::LogBegun { .. } => "fi.tilanne.log.begun.v1".to_owned(),
        StoredBody::AreaConfigured { .. } => "fi.tilanne.area.configured.v1".to_owned(),
        StoredBody::ClockReached { .. } => "fi.tilanne.clock.reached.v1".to_owned(),
        StoredBody::Event(event) => proto::event::kind_of(&event.data),
    }
}

async fn export(dir: &Path, mut after: u64) -> Result<(), Error> {
    let journal = existing(dir).await?;
    tokio::task::spawn_blocking(move || {
        let failed = |source: std::io::Error| Error::Io { doing: "writing to standard output", source };
        let mut out = BufWriter::new(std::io::stdout().lock());
        loop {
            let page = journal.read_from(after, PAGE_FACTS)?;
            if page.records.is_empty() {
                return match out.flush() {
                    Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(failed(error)),
                    Ok(()) | Err(_) => Ok(()),
                };
            }
            for (head, record) in page.heads() {
                let line = StoredFact::from_bytes(record)?.to_line(&hex(&head.hash))?;
                match writeln!(out, "{line}") {
                    Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                    other => other.map_err(failed)?,
                }
            }
            after = page.last_sequence();
        }
    })
    .await?
}
