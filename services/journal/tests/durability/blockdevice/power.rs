//! A writer's device is copied at a random moment, the copy mounted and opened.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::image::{self, Mounted};
use super::writer::{Receipts, next_records};
use crate::cuts::story::Story;
use crate::dice::{Dice, full, zero};
use crate::inspection::{End, Failure, inspect};
use crate::{roles, scratch};

const RUNS: usize = 3;
const RUNS_IN_FULL: usize = 30;
/// A process that takes longer to start has another trouble.
const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// One that is not stopped by then waits for its disk, and will be behind that.
const STOPS_WITHIN: Duration = Duration::from_secs(10);
/// How often something is looked at that cannot be waited for.
const LOOK: Duration = Duration::from_millis(2);
/// The power goes within this time after the writer has begun: a few bindings, or before there is a journal.
const CUT_WITHIN_MS: usize = 2_000;
/// How ext4 is mounted. The last two write names and lengths before data, and don't guess what a rename
/// is meant for; the commit of its own journal every second leaves half of what is not synced.
const MOUNTS: [&str; 3] = ["", "data=writeback,noauto_da_alloc", "commit=1,data=writeback,noauto_da_alloc"];
/// sled can take for ever over what it can't read.
const SLED_READS_WITHIN: Duration = Duration::from_secs(30);
/// With something left out, or sled alone, four of five runs fail: so many in a row without a failure have
/// another cause.
const MOST_FAILING_RUNS: usize = 6;

/// What a run left: the copy, mounted, and how much had been acknowledged when it was made.
struct Found {
    /// Unmounted first: the scratch directory can't be removed under it.
    copy: Mounted,
    acknowledged: u64,
    _scratch: tempfile::TempDir,
}

/// Starts a writer on a fresh file system and takes its power away.
fn cut(writer: impl FnOnce(&Path, &Path) -> Command, dice: &mut Dice) -> Found {
    let scratch = scratch::directory();
    let place = |name: &str| scratch.path().join(name);
    let (device, receipts, options) = (place("device"), place("receipts"), dice.pick(&MOUNTS));
    image::make(&device);
    let mounted = Mounted::new(&device, &place("mounted"), options);
    let mut command = writer(&mounted.directory.join("journal"), &receipts);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a writer");
    let begun = Instant::now();
    while !receipts.exists() && begun.elapsed() < STARTS_WITHIN {
        std::thread::sleep(LOOK);
    }
    std::thread::sleep(Duration::from_millis(dice.index(CUT_WITHIN_MS) as u64));
    // Stopped between two of its calls. What it has not synced stays where it is, in memory.
    stop(&child);
    let acknowledged = Receipts::last(&receipts);
    image::copy(&device, &place("copy"));
    let ended = child.try_wait().expect("a state");
    child.kill().expect("killed");
    let said = child.wait_with_output().expect("its output");
    assert!(ended.is_none(), "the writer ended by itself: {}", String::from_utf8_lossy(&said.stderr));
    drop(mounted);
    let copy = Mounted::new(&place("copy"), &place("after"), options);
    Found { copy, acknowledged, _scratch: scratch }
}

/// Stops every thread of the writer where it is. The first one to learn of the signal stops the others, so
/// on a busy machine some go on for a while.
fn stop(child: &Child) {
    let sent = Command::new("kill").args(["-STOP", &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the writer can be stopped");
    let begun = Instant::now();
    while !stopped(child.id()) && begun.elapsed() < STOPS_WITHIN {
        std::thread::sleep(LOOK);
    }
}

/// Whether all threads of a process stand still. Behind a thread's name, in brackets, stands its state.
fn stopped(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return true };
    threads.flatten().all(|thread| {
        let state = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        state.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with(['T', 'Z', 'X']))
    })
}

/// Cuts a journal's writer and inspects what is left.
fn cut_journal(left_out: &str, dice: &mut Dice) -> (u64, Result<(), Failure>) {
    let seed = dice.number() >> 1;
    let text = |path: &Path| path.display().to_string();
    let writer = |root: &Path, receipts: &Path| {
        roles::command("write", &[&text(root), &text(receipts), &seed.to_string(), left_out])
    };
    let found = cut(writer, dice);
    let root = found.copy.directory.join("journal");
    let mut story = Story::default();
    let acknowledged = usize::try_from(found.acknowledged).expect("few");
    while story.records.len() < acknowledged {
        story.add(next_records(seed, story.records.len() as u64));
    }
    assert_eq!(story.records.len(), acknowledged, "receipts are given for groups");
    story.acknowledged = acknowledged;
    // Behind its last receipt there may be the group for which it had noted none.
    story.add(next_records(seed, story.records.len() as u64));
    (found.acknowledged, inspect(&root, &story, false, End::Closed).map(drop))
}

#[test]
fn a_real_file_system_without_power_keeps_what_was_acknowledged() {
    if !image::can_be_mounted() {
        return;
    }
    let mut dice = Dice::thrown();
    let runs = if full() { RUNS_IN_FULL } else { RUNS };
    let (mut acknowledged, mut failures) = (0, Vec::new());
    for run in 0..runs {
        let (records, found) = cut_journal("nothing", &mut dice);
        acknowledged += records;
        if let Err(failure) = found {
            eprintln!("run {run}: {failure:?}");
            failures.push(failure);
        }
    }
    let failed = zero(failures.len(), "of them lost, not opening or unsound", runs);
    eprintln!(
        "power cuts on ext4: {runs} runs, {acknowledged} records acknowledged, {failed}; seed {}",
        dice.seed
    );
    assert_eq!(failures, []);
}

#[test]
fn without_syncing_files_a_real_file_system_loses() {
    if !image::can_be_mounted() {
        return;
    }
    let mut dice = Dice::thrown();
    // The system writes some of it back by itself, at times all.
    let failed = (1..=MOST_FAILING_RUNS).find_map(|run| {
        let (records, found) = cut_journal("files", &mut dice);
        found.err().map(|failure| (run, records, failure))
    });
    let Some((run, records, failure)) = failed else { panic!("no run fails without a sync") };
    eprintln!(
        "power cuts on ext4, FileSync left out: the first failure is in run {run}, after {records} records: {failure:?}"
    );
}

#[test]
fn sled_alone_as_the_log_loses_on_a_real_file_system() {
    if !image::can_be_mounted() {
        return;
    }
    let mut dice = Dice::thrown();
    let seed = dice.seed.to_string();
    let text = |path: &Path| path.display().to_string();
    let failed = (1..=MOST_FAILING_RUNS).find(|_| {
        let writer = |root: &Path, receipts: &Path| {
            roles::command("write with sled", &[&text(root), &text(receipts), &seed])
        };
        let found = cut(writer, &mut dice);
        let root = text(&found.copy.directory.join("journal"));
        let acknowledged = found.acknowledged.to_string();
        found.acknowledged > 0 && !ends_well(roles::command("read with sled", &[&root, &seed, &acknowledged]))
    });
    eprintln!("power cuts on ext4, sled alone: the first loss is in run {failed:?}; seed {seed}");
    assert!(failed.is_some());
}

fn ends_well(mut command: Command) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a reader");
    let begun = Instant::now();
    loop {
        match child.try_wait().expect("a state") {
            Some(status) => return status.success(),
            None if begun.elapsed() > SLED_READS_WITHIN => {
                child.kill().expect("killed");
                child.wait().expect("a state");
                return false;
            }
            None => std::thread::sleep(LOOK),
        }
    }
}
