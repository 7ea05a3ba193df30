//! The disk answers with errors: nothing that was not made durable is acknowledged, a sync that failed is never
//! tried again, and after a restart everything acknowledged is there.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use acceptance::dice::Dice;
use acceptance::program::Said;
use acceptance::recorded::full;
use acceptance::rig::{BIND, Call, FAIL, Failure};
use acceptance::server::{LOOK, PATIENCE, Plan, Server};
use acceptance::trace;
use acceptance::tree::newest_tail_file;
use rustix::io::Errno;

use super::client::{Came, Client, Tally};
use super::{AREA, bound};
use crate::PROGRAM;

const BLOCKS_A_FILE: &str = "12";
/// Bodies sent to a process whose calls fail.
const BODIES: usize = 30;
/// A disk whose calls fail is asked for so many receipts beforehand.
const BEFORE: usize = 10;

#[tokio::test]
async fn a_call_that_fails_costs_no_receipt_its_truth() {
    let mut dice = Dice::thrown("I/O errors");
    let begun = Instant::now();
    let each = if full() { 8 } else { 1 };
    let (mut trials, mut receipts, mut duplicates, mut stopped, mut refused) = (0, 0, 0, 0, 0);
    for call in Call::ALL {
        for error in [Errno::IO, Errno::NOSPC] {
            for round in 0..each {
                let at = match call {
                    // Two facts are recorded before anybody is let in; without them there is nothing to open.
                    Call::Append | Call::Sync => 3 + dice.below(25),
                    Call::Create
                    | Call::SyncBuilt
                    | Call::SyncDirectory
                    | Call::Rename
                    | Call::Replace
                    | Call::Remove => 1 + dice.below(3),
                };
                let failure = Failure { call, error, at, on: round % 2 == 1 };
                let trial = Trial::of(failure).await;
                trials += 1;
                receipts += trial.receipts;
                duplicates += trial.duplicates;
                stopped += usize::from(trial.stopped);
                refused += usize::from(trial.refused);
                assert_eq!(trial.tally, Tally::default(), "{}", failure.text());
                if call == Call::Sync {
                    assert!(trial.stopped, "{}: a failed sync ends the process", failure.text());
                }
                if call == Call::Append && error == Errno::NOSPC {
                    assert!(trial.refused && !trial.stopped, "{}: a full disk does not", failure.text());
                }
            }
        }
    }
    eprintln!(
        "I/O errors: {trials} failing calls, {receipts} receipts, 0 lost ({}), 0 doubled, 0 reordered; the process \
         ended in {stopped}, refused in {refused}; {duplicates} answered as duplicates afterwards; {:.0} s",
        bound(trials),
        begun.elapsed().as_secs_f64()
    );
}

/// What came of one failing call.
struct Trial {
    receipts: usize,
    duplicates: usize,
    /// The process ended by itself.
    stopped: bool,
    /// It stayed, and refused.
    refused: bool,
    tally: Tally,
}

impl Trial {
    async fn of(failure: Failure) -> Self {
        let plan = Plan::area(PROGRAM, AREA).with(BIND, BLOCKS_A_FILE).with(FAIL, &failure.text());
        let mut server = Server::planned(plan);
        let mut client = Client::of(&server, "fail");
        server.spawn();
        let mut refused = false;
        for _ in 0..BODIES {
            if !settled(&mut server, &mut client, &mut refused).await {
                break;
            }
        }
        // A sync of directories or of a first file may fail before anything listens.
        let stopped = !server.alive();
        match stopped {
            true => assert!(!server.ends().await.success(), "{}: it must not end well", failure.text()),
            false => {
                let (_, _) = server.interrupt().await;
            }
        }
        server.set(FAIL, None);
        server.again().await;
        client.insist(&mut server, 1).await;
        client.look_at_everything().await;
        client.resend_everything().await;
        let (tally, duplicates) = (client.tally(), client.duplicates);
        let (status, _) = server.interrupt().await;
        assert!(status.success(), "{status}");
        Said::by(PROGRAM, &["journal", "verify", &server.data().display().to_string()]).with_code(0);
        Self { receipts: client.acknowledged.len(), duplicates, stopped, refused, tally }
    }
}

/// Sends one body until it has receipts. `false` if that will not be: the process has ended, or stands still.
async fn settled(server: &mut Server, client: &mut Client, refused: &mut bool) -> bool {
    let begun = Instant::now();
    loop {
        match client.post(1).await {
            Came::Receipts => {
                assert!(!*refused, "nothing is recorded once it was said that nothing is");
                return true;
            }
            Came::Refused(why) if why.contains("nothing is recorded") => {
                *refused = true;
                return false;
            }
            Came::Refused(_) | Came::Nothing if !server.alive() => return false,
            Came::Refused(_) | Came::Nothing => {}
        }
        assert!(begun.elapsed() < PATIENCE, "neither receipts nor an end:\n{}", server.log());
        tokio::time::sleep(LOOK).await;
    }
}

/// What a process does whose calls fail.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    /// It ends, with exit code 1.
    Ends,
    /// It stays, and says that nothing is recorded.
    StandsStill,
    /// Receipts go on: what failed can be done later.
    GoesOn,
}

/// Calls, the error that they answer with, from the how manieth on, and what comes of it.
const INJECTED: [(&str, &str, u32, Then); 8] = [
    ("fdatasync", "EIO", 1, Then::Ends),
    ("fdatasync", "EIO", 4, Then::Ends),
    ("fdatasync", "ENOSPC", 1, Then::Ends),
    ("write", "EIO", 3, Then::Ends),
    ("write", "ENOSPC", 1, Then::StandsStill),
    ("write", "EDQUOT", 3, Then::StandsStill),
    ("openat", "EIO", 1, Then::Ends),
    ("rename", "EIO", 1, Then::GoesOn),
];

#[tokio::test]
async fn a_running_process_survives_what_it_can_and_retries_no_sync() {
    if !trace::can_trace() {
        return;
    }
    for (call, error, k, then) in INJECTED {
        // What is written goes to one file of the tail, by whose name alone its writes are known; what is
        // opened and named belongs to new files.
        let one_file = call == "write";
        let plan = Plan::area(PROGRAM, AREA);
        let mut server = Server::start(if one_file { plan } else { plan.with(BIND, BLOCKS_A_FILE) }).await;
        let mut client = Client::of(&server, "inject");
        for _ in 0..BEFORE {
            assert!(matches!(client.post(1).await, Came::Receipts));
        }
        let path = one_file.then(|| newest_tail_file(&server.data()));
        let tracer = Tracer::attach(&server, call, error, k, path.as_deref()).await;
        let mut refused = false;
        let mut left = BODIES;
        while left > 0 && settled(&mut server, &mut client, &mut refused).await {
            left -= 1;
        }
        let came = match (server.alive(), refused) {
            (true, true) => Then::StandsStill,
            (true, false) if left == 0 => Then::GoesOn,
            (_, _) => Then::Ends,
        };
        assert_eq!(came, then, "{call} answers {error} from the {k}. on:\n{}", server.log());
        if came == Then::Ends {
            let status = server.ends().await;
            assert_eq!(status.code(), Some(1), "{status}:\n{}", server.log());
        } else {
            let (_, _) = server.interrupt().await;
        }
        let calls = trace::calls(&tracer.end());
        if call == "fdatasync" {
            let failed = calls.iter().position(|call| call.result == Some(-1)).expect("a failed sync");
            let path = calls[failed].path().expect("a path").to_owned();
            let again = calls[failed + 1..].iter().filter(|call| call.path() == Some(&path)).count();
            assert_eq!(again, 0, "{path} was synced again after its sync had failed");
        }
        let receipts = client.acknowledged.len();
        server.again().await;
        client.insist(&mut server, 1).await;
        client.look_at_everything().await;
        client.resend_everything().await;
        assert_eq!(client.tally(), Tally::default());
        eprintln!(
            "I/O errors: {call} answers {error} from the {k}. on: {then:?} after {receipts} receipts; 0 lost, 0 \
             doubled, 0 reordered after the restart"
        );
    }
}

/// A tracer that has joined a running process and lets a call fail.
struct Tracer {
    strace: Child,
    file: PathBuf,
    _place: tempfile::TempDir,
}

impl Tracer {
    /// From the `k`-th of a thread on, counted from now, the call answers with the error and does nothing; if
    /// a path is named, only of that file.
    async fn attach(server: &Server, call: &str, error: &str, k: u32, path: Option<&Path>) -> Self {
        let place = tempfile::tempdir().expect("a temporary directory");
        let file = place.path().join("trace");
        let said = std::fs::File::create(place.path().join("said")).expect("a file");
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-e", &format!("trace={call}")]);
        strace.args(["-e", &format!("inject={call}:error={error}:when={k}+")]);
        if let Some(path) = path {
            strace.arg("-P").arg(path);
        }
        strace.arg("-o").arg(&file).args(["-p", &server.process().expect("it runs").to_string()]);
        let strace = strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn().expect("strace");
        let begun = Instant::now();
        let attached =
            || std::fs::read_to_string(place.path().join("said")).expect("text").contains("attached");
        while !attached() {
            assert!(begun.elapsed() < PATIENCE, "strace does not join");
            tokio::time::sleep(LOOK).await;
        }
        // Threads are joined one after the other; the last of them in an instant.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Self { strace, file, _place: place }
    }

    /// What it wrote down until the process ended.
    fn end(mut self) -> String {
        self.strace.wait().expect("reaped");
        std::fs::read_to_string(&self.file).expect("a trace")
    }
}
