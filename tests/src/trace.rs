//! What a process asked of the system, as `strace -f -y -o FILE` wrote it down, and whether every receipt
//! was preceded by what it promises.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// What is written down of a traced program: calls that make files durable, or look as if they did, and
/// those by which a receipt leaves.
pub const WATCHED: &str = "trace=openat,creat,write,pwrite64,writev,pwritev,pwritev2,fdatasync,fsync,\
    sync_file_range,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,mkdir,sendto,sendmsg,close";

/// Whether programs can be traced here; says so if not.
#[must_use]
pub fn can_trace() -> bool {
    let mut tried = Command::new("strace");
    tried.args(["-f", "-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    let tried = tried.status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        eprintln!("skipped: strace is not there, or may not trace: install it, or allow ptrace");
    }
    can
}

/// One system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The line at which it began, and the one at which it had returned: the order of all calls.
    pub begun: usize,
    /// See `begun`.
    pub ended: usize,
    /// Its name.
    pub name: String,
    /// Its arguments as they were written down.
    pub arguments: String,
    /// What it returned: below 0 it failed, `None` if it never did.
    pub result: Option<i64>,
    /// The path of the descriptor that it returned, if it did.
    pub opened: Option<String>,
}

impl Call {
    /// The path, or the kind of thing, behind the descriptor that is its first argument.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        let (_, rest) = self.arguments.split_once('<')?;
        rest.split_once('>').map(|(path, _)| path)
    }

    fn succeeded(&self) -> bool {
        self.result.is_some_and(|result| result >= 0)
    }

    fn writes(&self) -> bool {
        matches!(self.name.as_str(), "write" | "pwrite64" | "writev" | "pwritev" | "pwritev2")
    }

    fn sends(&self) -> bool {
        (self.writes() || matches!(self.name.as_str(), "sendto" | "sendmsg"))
            && self.path().is_some_and(|path| path.starts_with("socket:") || path.starts_with("TCP"))
    }
}

/// Reads a trace. Calls that several threads were in at once are put together again.
#[must_use]
pub fn calls(trace: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, line) in trace.lines().enumerate() {
        let Some((thread, said)) = line.split_once(char::is_whitespace) else { continue };
        let said = said.trim_start();
        if let Some(resumed) = said.strip_prefix("<... ") {
            let Some(call) = open.remove(thread).and_then(|index| calls.get_mut(index)) else { continue };
            let Some((_, rest)) = resumed.split_once(" resumed>") else { continue };
            finish(call, at, rest);
        } else if let Some((name, rest)) = said.split_once('(') {
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                continue;
            }
            let mut call = Call {
                begun: at,
                ended: usize::MAX,
                name: name.to_owned(),
                arguments: String::new(),
                result: None,
                opened: None,
            };
            match rest.strip_suffix("<unfinished ...>") {
                Some(arguments) => {
                    call.arguments = arguments.to_owned();
                    open.insert(thread, calls.len());
                }
                None => finish(&mut call, at, rest),
            }
            calls.push(call);
        }
    }
    calls
}

/// Takes in the end of a call: the rest of its arguments, and what it returned.
fn finish(call: &mut Call, at: usize, rest: &str) {
    let Some((arguments, result)) = rest.rsplit_once(" = ") else { return };
    call.arguments.push_str(arguments.trim_end().trim_end_matches(')'));
    call.ended = at;
    let number: String = result.chars().take_while(|it| *it == '-' || it.is_ascii_digit()).collect();
    call.result = number.parse().ok();
    call.opened = result.split_once('<').and_then(|(_, rest)| Some(rest.split_once('>')?.0.to_owned()));
}

/// A receipt that a client holds: what to find it by, and the place that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The event's id, found nowhere else.
    pub id: String,
    /// Its sequence.
    pub sequence: u64,
}

/// What a trace says about receipts.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Receipts preceded by everything that they promise.
    pub kept: usize,
    /// What is missing, a sentence each.
    pub exceptions: Vec<String>,
    /// Commits written into the journal.
    pub commits: usize,
    /// Tail files that were new.
    pub new_files: usize,
}

/// How the magic number of a block is written down: every commit holds one, and nothing else does.
const BLOCK: &str = "\\237TKB";

/// Judges a trace from an empty journal on, in which every commit holds one fact: the n-th commit is that of
/// sequence n. Before a receipt leaves there must have been its commit's write, then a successful
/// `fdatasync` (or `fsync`) of the same file, and, between the creation of that file and the receipt, one of
/// its directory. `sync_file_range` counts for nothing.
#[must_use]
pub fn judge(calls: &[Call], receipts: &[Held]) -> Verdict {
    let in_journal = |path: &str| path.contains("/journal/tail/");
    let commits: Vec<&Call> = calls
        .iter()
        .filter(|call| call.writes() && call.path().is_some_and(in_journal) && call.arguments.contains(BLOCK))
        .collect();
    let mut syncs: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls.iter().filter(|call| matches!(call.name.as_str(), "fdatasync" | "fsync")) {
        if let Some(path) = call.path().filter(|_| call.succeeded()) {
            syncs.entry(path).or_default().push(call);
        }
    }
    let synced = |path: &str, after: usize, before: usize| {
        let syncs = syncs.get(path).into_iter().flatten();
        { syncs }.any(|sync| sync.begun > after && sync.ended < before)
    };
    let created: BTreeMap<&str, &Call> = calls
        .iter()
        .filter(|call| call.arguments.contains("O_CREAT") && call.succeeded())
        .filter_map(|call| call.opened.as_deref().filter(|path| in_journal(path)).map(|path| (path, call)))
        .collect();
    let sent: Vec<&Call> = calls.iter().filter(|call| call.sends()).collect();
    let mut verdict = Verdict { commits: commits.len(), new_files: created.len(), ..Verdict::default() };
    for Held { id, sequence } in receipts {
        let missing = (|| {
            let left = sent.iter().find(|call| call.arguments.contains(id.as_str()));
            let left = left.ok_or("its receipt is not in the trace")?.begun;
            let commit = usize::try_from(*sequence).ok().and_then(|at| commits.get(at.checked_sub(1)?));
            let commit = commit.filter(|commit| commit.succeeded() && commit.ended < left);
            let commit = commit.ok_or("no write of its commit before the receipt")?;
            let path = commit.path().unwrap_or_default();
            if !synced(path, commit.ended, left) {
                return Err("no fdatasync of its file between the write and the receipt");
            }
            let created = created.get(path).ok_or("its file was never created")?;
            let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
            if !synced(directory, created.ended, left) {
                return Err("no fsync of the directory between the file's creation and the receipt");
            }
            Ok(())
        })();
        match missing {
            Ok(()) => verdict.kept += 1,
            Err(missing) => verdict.exceptions.push(format!("{id} at sequence {sequence}: {missing}")),
        }
    }
    verdict
}

#[cfg(test)]
mod tests;
