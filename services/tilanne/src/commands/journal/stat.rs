//! `tilanne journal stat`: what a journal holds.

use std::collections::BTreeMap;
use std::path::Path;

use proto::fact::{StoredFact, hex};
use proto::time::{Moment, format as moment};
use serde_json::json;

use super::count;
use super::directory::read;
use super::epoch::each_fact;
use super::expected::text;
use super::progress::Bar;
use crate::Error;
use crate::output::say;

/// Facts of one type.
#[derive(Debug, Default)]
struct Tally {
    facts: u64,
    bytes: u64,
}

/// What a walk through all facts finds.
#[derive(Debug, Default)]
struct Census {
    kinds: BTreeMap<String, Tally>,
    received: Option<(Moment, Moment)>,
    happened: Option<(Moment, Moment)>,
}

impl Census {
    fn count(&mut self, fact: &StoredFact, bytes: usize) {
        let tally = self.kinds.entry(fact.body.kind()).or_default();
        tally.facts += 1;
        tally.bytes += bytes as u64;
        for (span, at) in [(&mut self.received, fact.received), (&mut self.happened, fact.event_time())] {
            let (first, last) = span.get_or_insert((at, at));
            (*first, *last) = ((*first).min(at), (*last).max(at));
        }
    }
}

pub fn stat(dir: &Path, json: bool) -> Result<(), Error> {
    let journal = read(dir)?;
    let stat = journal.stat()?;
    let mut census = Census::default();
    let mut bar = Bar::of("facts");
    each_fact(journal.as_ref(), stat.head.sequence, &mut |fact, record| {
        census.count(&fact, record.len());
        bar.show(fact.sequence, stat.head.sequence);
    })?;
    drop(bar);
    let edge = |span: Option<(Moment, Moment)>, last: bool| {
        span.map(|(from, to)| moment(if last { to } else { from }.into()))
    };
    let (first_received, last_received) = (edge(census.received, false), edge(census.received, true));
    let (first_event, last_event) = (edge(census.happened, false), edge(census.happened, true));
    if json {
        let kinds: BTreeMap<_, _> = census
            .kinds
            .iter()
            .map(|(kind, tally)| (kind, json!({"facts": tally.facts, "bytes": tally.bytes})))
            .collect();
        return say(&json!({
            "facts": stat.facts, "blocks": stat.blocks, "stored_bytes": stat.stored_bytes,
            "raw_bytes": stat.raw_bytes, "disk_bytes": stat.disk_bytes, "cursor": stat.cursor,
            "head": {"sequence": stat.head.sequence, "hash": hex(&stat.head.hash)}, "position": text(stat.head),
            "first_received": first_received, "last_received": last_received,
            "first_event": first_event, "last_event": last_event, "types": kinds,
        })
        .to_string());
    }
    let span = |first: Option<String>, last: Option<String>| {
        format!("{} … {}", first.unwrap_or_default(), last.unwrap_or_default())
    };
    say(&format!("facts     {} in {}", stat.facts, count(stat.blocks, "block")))?;
    say(&format!(
        "bytes     {} raw, {} stored, {} on disk",
        stat.raw_bytes, stat.stored_bytes, stat.disk_bytes
    ))?;
    say(&format!("received  {}", span(first_received, last_received)))?;
    say(&format!("happened  {}", span(first_event, last_event)))?;
    say(&format!("head      {}", text(stat.head)))?;
    say(&format!("cursor    {}", stat.cursor))?;
    let width = census.kinds.keys().map(String::len).max().unwrap_or_default();
    say(&format!("\n{:<width$} {:>12} {:>14}", "type", "facts", "bytes"))?;
    for (kind, Tally { facts, bytes }) in &census.kinds {
        say(&format!("{kind:<width$} {facts:>12} {bytes:>14}"))?;
    }
    Ok(())
}
