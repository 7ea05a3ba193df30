//! Before a receipt leaves, its commit was written and synced, and so was the directory of a new file: read
//! from what the process asked of the system.

use std::path::Path;
use std::time::{Duration, Instant};

use acceptance::recorded::full;
use acceptance::rig::{BIND, FORGETS, Forgets};
use acceptance::server::{LOOK, PATIENCE, Plan, Server};
use acceptance::trace::{self, Held, Verdict, WATCHED};

use super::client::{Came, Client};
use super::{AREA, bound};
use crate::PROGRAM;

/// Small, so that the run goes through several files of the tail.
const BLOCKS_A_FILE: &str = "64";
/// A sync that comes late must not come before the process is asked to end.
const FORGETFUL_RECEIPTS: usize = 40;
/// A tracer that has something to write writes it sooner than this.
const QUIET: Duration = Duration::from_secs(10);

#[tokio::test]
async fn every_receipt_follows_a_sync_of_its_file() {
    if !trace::can_trace() {
        return;
    }
    let receipts = if full() { 1_000 } else { 200 };
    let begun = Instant::now();
    let verdict = traced(receipts, None).await;
    eprintln!(
        "order of calls: {receipts} receipts, {} preceded by fdatasync, {} exceptions ({}); {} commits in {} tail \
         files, the directory of each synced; {:.1} s",
        verdict.kept,
        verdict.exceptions.len(),
        bound(receipts),
        verdict.commits,
        verdict.new_files,
        begun.elapsed().as_secs_f64(),
    );
    assert!(verdict.exceptions.is_empty(), "{:?}", verdict.exceptions.iter().take(5).collect::<Vec<_>>());
    assert_eq!(verdict.kept, receipts);
    assert!(verdict.new_files > 1, "the run goes through more than one file");
}

#[tokio::test]
async fn a_sync_that_is_left_out_or_late_is_noticed_at_every_receipt() {
    if !trace::can_trace() {
        return;
    }
    for (forgets, says) in [
        (Forgets::Sync, "no fdatasync"),
        (Forgets::SyncInTime, "no fdatasync"),
        (Forgets::SyncOfDirectories, "no fsync of the directory"),
    ] {
        let verdict = traced(FORGETFUL_RECEIPTS, Some(forgets)).await;
        let found = verdict.exceptions.iter().filter(|exception| exception.contains(says)).count();
        eprintln!(
            "order of calls, forgetting {}: {FORGETFUL_RECEIPTS} receipts, {} preceded by what they promise, \
             {found} exceptions as expected",
            forgets.text(),
            verdict.kept
        );
        // A late sync of one commit may be in time for the next, which it also covers.
        let least = if forgets == Forgets::SyncInTime { FORGETFUL_RECEIPTS / 2 } else { FORGETFUL_RECEIPTS };
        assert!(found >= least, "{:?}", verdict.exceptions.iter().take(5).collect::<Vec<_>>());
    }
}

/// Traces a run in which events are posted one by one, from an empty journal to its end.
async fn traced(receipts: usize, forgets: Option<Forgets>) -> Verdict {
    let place = tempfile::tempdir().expect("a temporary directory");
    let file = place.path().join("trace");
    let written = file.display().to_string();
    // As a grandchild (-D), so that the process that is started is the program.
    let strace = ["strace", "-D", "-f", "--seccomp-bpf", "-y", "-s", "2048", "-e", WATCHED, "-o", &written];
    let mut plan = Plan::area(PROGRAM, AREA).with(BIND, BLOCKS_A_FILE).under(&strace);
    if let Some(forgets) = forgets {
        plan = plan.with(FORGETS, forgets.text());
    }
    let mut server = Server::start(plan).await;
    let process = server.process().expect("it runs");
    let mut client = Client::of(&server, "order");
    for _ in 0..receipts {
        assert!(matches!(client.post(1).await, Came::Receipts));
    }
    let (status, _) = server.interrupt().await;
    assert!(status.success(), "{status}");
    let held: Vec<Held> = client
        .acknowledged
        .iter()
        .map(|(&number, &sequence)| Held { id: client.id(number), sequence })
        .collect();
    assert_eq!(held.len(), receipts);
    trace::judge(&trace::calls(&whole(&file, process).await), &held)
}

/// The trace, once the tracer has written down the end of the process, or nothing for so long that it will
/// write no more: a receipt whose calls are missing from it is then an exception.
async fn whole(file: &Path, process: u32) -> String {
    let begun = Instant::now();
    let end = format!("{process} +++ exited with");
    let mut length = 0;
    let mut grown = Instant::now();
    loop {
        let trace = String::from_utf8_lossy(&std::fs::read(file).expect("a trace")).into_owned();
        if trace.lines().rev().take(100).any(|line| line.starts_with(&end)) || grown.elapsed() > QUIET {
            return trace;
        }
        if trace.len() > length {
            (length, grown) = (trace.len(), Instant::now());
        }
        assert!(begun.elapsed() < PATIENCE, "the trace has no end");
        tokio::time::sleep(LOOK.max(Duration::from_millis(50))).await;
    }
}
