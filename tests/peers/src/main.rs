//! The journal beside a plain file and its peers, in one run on the same events.
//!
//! Everybody does the same work in turn in each round, so that the machine's noise hits all alike; a
//! figure is the median of the rounds. `--what` picks pieces:
//!
//! | piece | what |
//! |---|---|
//! | append | durable appends in groups of 1,024, 64 and 1 |
//! | size | disk bytes a raw byte; a raw byte is one of the compact CloudEvent |
//! | scan | cold scans of a log of years |
//! | memory | the most memory to open and scan it |
//! | open | seconds to open it, closed and after `kill -9` |
//! | start | from the start of `tilanne up` to its first board |

mod append;
mod child;
mod clock;
mod disk;
mod error;
mod feeds;
mod opening;
mod scan;
mod size;
mod start;
mod store;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

pub use error::Error;
use store::Who;
use table::Table;

/// The journal beside a plain file, SQLite, fjall and redb.
#[derive(Parser)]
struct Asked {
    /// append, size, scan, memory, open, start
    #[arg(long, value_delimiter = ',', default_value = "append,size,scan,memory,open,start")]
    what: Vec<String>,
    /// The events to append: skane, quebec, random
    #[arg(long, value_delimiter = ',', default_value = "skane,quebec,random")]
    on: Vec<String>,
    /// The events of the long log; random ones take 6 GB for all stores together, skane 3 GB
    #[arg(long, default_value = "skane")]
    log: String,
    /// Facts of the long log
    #[arg(long, default_value_t = 5_000_000)]
    facts: u64,
    /// Who is measured, by their names in the table; all if not named
    #[arg(long, value_delimiter = ',')]
    who: Vec<String>,
    /// Rounds, of which the medians are shown
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each append goes on, as a share of 1.5 s
    #[arg(long, default_value_t = 1.0)]
    share: f64,
    /// Where the stores are made: on the disk to be measured
    #[arg(long, default_value = ".")]
    directory: PathBuf,
    /// As JSON, one row or target a line
    #[arg(long)]
    json: bool,
}

/// What every piece of work needs to know.
pub struct Plan {
    /// Who is measured, in this order.
    who: Vec<Who>,
    rounds: usize,
    facts: u64,
    share: f64,
    directory: PathBuf,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let done = match arguments.next().and_then(|first| first.into_string().ok()).as_deref() {
        Some(start::PRODUCT) => return tilanne::run(std::env::args_os().skip(1)),
        Some(child::CHILD) => {
            let rest: Vec<String> = arguments.filter_map(|argument| argument.into_string().ok()).collect();
            child::part(&rest, || one("skane")).map(|()| 0)
        }
        _ => measure(&Asked::parse()),
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        // Every figure was measured; some do not reach what was asked.
        Ok(_) => ExitCode::from(2),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Events by name, of which a long log is made.
fn one(name: &str) -> Result<feeds::Events, Error> {
    let mut found = feeds::all(&[name.to_owned()])?;
    found.pop().ok_or_else(|| Error::Wrong(format!("the events {name:?} are not at hand")))
}

fn measure(asked: &Asked) -> Result<usize, Error> {
    let wants = |what: &str| asked.what.iter().any(|asked| asked == what);
    let who = if asked.who.is_empty() {
        store::ALL.to_vec()
    } else {
        asked.who.iter().map(|name| Who::named(name)).collect::<Result<_, _>>()?
    };
    let plan = Plan {
        who,
        rounds: asked.rounds.max(1),
        facts: asked.facts,
        share: asked.share,
        directory: asked.directory.clone(),
    };
    let mut table = Table::new(asked.json);
    about_this_machine();
    if wants("append") || wants("size") {
        let events = feeds::all(&asked.on)?;
        if wants("append") {
            append::append(&plan, &events, &mut table)?;
        }
        if wants("size") {
            size::size(&plan, &events, &mut table)?;
        }
    }
    if wants("scan") || wants("memory") || wants("open") {
        long_log(&plan, &one(&asked.log)?, wants, &mut table)?;
    }
    if wants("start") {
        start::start(&plan, &one("skane")?, &mut table)?;
    }
    about_this_machine();
    Ok(table.conclude())
}

fn long_log(
    plan: &Plan,
    events: &feeds::Events,
    wants: impl Fn(&str) -> bool,
    table: &mut Table,
) -> Result<(), Error> {
    let place = disk::place(&plan.directory)?;
    let mut stores = Vec::new();
    for &who in &plan.who {
        let directory = place.path().join(who.name());
        let (seconds, ()) = clock::timed(|| scan::fill(who, &directory, events, plan.facts))?;
        let taken = disk::taken(&directory)?;
        eprintln!("{}: {} facts in {seconds:.1} s, {taken} bytes on the disk", who.name(), plan.facts);
        stores.push((who, directory));
    }
    if wants("scan") {
        scan::scan(plan, events, &stores, table)?;
    }
    if wants("memory") && events.are_facts() {
        opening::memory(plan, events, &stores, table)?;
    }
    if wants("open") {
        opening::open(plan, events, &stores, table)?;
    }
    Ok(())
}

/// What else the machine is doing, for whoever reads the figures later.
fn about_this_machine() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    eprintln!("{cores} cores, load {}", load.trim());
}
