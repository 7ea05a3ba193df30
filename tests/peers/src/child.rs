//! Child processes: whose memory is weighed, whose start is timed, who are killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Error;
use crate::clock::timed;
use crate::feeds::{Events, LONGEST_GROUP};
use crate::scan::Deep;
use crate::store::Who;

/// The hidden first argument that makes this program a child.
pub const CHILD: &str = "child";

/// What the children are called.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    /// Opens, scans and decodes, and says how much memory that took.
    Scan,
    /// Opens for writing, and says how long that took.
    Open,
    /// Appends for ever, and says after each group how far its receipts go.
    Append,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Open => "open",
            Self::Append => "append",
        }
    }

    /// Starts this program as such a child on a store.
    pub fn start(self, who: Who, directory: &Path, facts: u64) -> Result<Child, Error> {
        let program = std::env::current_exe().map_err(Error::file(Path::new("this program")))?;
        Command::new(&program)
            .args([CHILD, self.name(), who.name(), &facts.to_string()])
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Error::file(&program))
    }

    /// Runs such a child to its end. Answers with the number that it says.
    pub fn run(self, who: Who, directory: &Path, facts: u64) -> Result<f64, Error> {
        let failed = |why: &str| Error::Wrong(format!("the child that was to {}: {why}", self.name()));
        let output = self.start(who, directory, facts)?.wait_with_output();
        let output = output.map_err(|error| failed(&error.to_string()))?;
        let said = String::from_utf8_lossy(&output.stdout);
        said.trim().parse().map_err(|_| failed("it gave no number; its own message stands above"))
    }
}

/// Reads what an appending child says until its receipts reach a sequence, and kills it. Answers with
/// the last receipt seen.
pub fn kill_after(child: &mut Child, receipts: u64) -> Result<u64, Error> {
    let lost = |error: std::io::Error| Error::Wrong(format!("the appending child: {error}"));
    let mut last = 0;
    if let Some(said) = child.stdout.take() {
        for line in BufReader::new(said).lines() {
            last = line.map_err(lost)?.parse().unwrap_or(last);
            if last >= receipts {
                break;
            }
        }
    }
    child.kill().map_err(lost)?;
    child.wait().map_err(lost)?;
    if last < receipts {
        return Err(Error::Wrong("the appending child ended by itself; its message stands above".to_owned()));
    }
    Ok(last)
}

/// Does a child's part: `ROLE WHO FACTS DIR`.
pub fn part(arguments: &[String], events: impl FnOnce() -> Result<Events, Error>) -> Result<(), Error> {
    let [role, who, facts, directory] = arguments else {
        return Err(Error::Wrong("a child needs ROLE WHO FACTS DIR".to_owned()));
    };
    let facts: u64 = facts.parse().map_err(|_| Error::Wrong(format!("{facts:?} is no number")))?;
    let who = Who::named(who)?;
    let directory = Path::new(directory);
    match role.as_str() {
        "scan" => {
            let reader = who.reader(directory)?;
            let (count, _) = reader.scan_all(facts, Deep::Facts)?;
            if count != facts {
                return Err(Error::Wrong(format!("{count} records where {facts} were stored")));
            }
            println!("{}", peak_memory_mb("self")?);
        }
        "open" => {
            let (seconds, store) = timed(|| who.open(directory))?;
            println!("{seconds}");
            drop(store);
        }
        "append" => append_for_ever(who, directory, facts, &events()?)?,
        other => return Err(Error::Wrong(format!("there is no child {other:?}"))),
    }
    Ok(())
}

fn append_for_ever(who: Who, directory: &Path, after: u64, events: &Events) -> Result<(), Error> {
    let mut store = who.open(directory)?;
    let mut first = after + 1;
    let mut out = std::io::stdout().lock();
    for group in events.groups(LONGEST_GROUP) {
        store.append(first, group)?;
        first += group.len() as u64;
        // The parent may be gone: then so is the reason to go on.
        if writeln!(out, "{}", first - 1).and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    Ok(())
}

/// The most memory that a process has had resident, in MB.
pub fn peak_memory_mb(process: &str) -> Result<f64, Error> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).map_err(Error::file(Path::new(&path)))?;
    let kilobytes: Option<f64> = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok());
    kilobytes.map(|kilobytes| kilobytes / 1024.0).ok_or_else(|| Error::Wrong(format!("{path} says no VmHWM")))
}
