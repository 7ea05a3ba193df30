//! From the start of the process to the first board, on a log of years.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use journal::{Decision, Journal, Options};
use proto::fact::{StoredBody, StoredFact};
use rustix::process::{Pid, Signal, kill_process};

use crate::child::peak_memory_mb;
use crate::disk;
use crate::feeds::{Events, LONGEST_GROUP, decision, root};
use crate::table::{Row, Table};
use crate::{Error, Plan};

/// The hidden first argument that makes this program the product.
pub const PRODUCT: &str = "tilanne";
/// Seconds to the first board.
const SECONDS: f64 = 2.0;
/// Without a snapshot all facts are folded: some 10 s a million.
const PATIENCE: Duration = Duration::from_secs(900);
/// How often the server is asked.
const LOOK: Duration = Duration::from_millis(5);
/// Facts that the recorder writes before all others.
const OWN: u64 = 2;

/// Prepares a data directory, lets a first start fold it all, and times later ones on cold files.
pub fn start(plan: &Plan, events: &Events, table: &mut Table) -> Result<(), Error> {
    let area = root().join(format!("config/areas/{}.toml", events.name));
    let place = disk::place(&plan.directory)?;
    let data = place.path().join("data");
    prepare(&data, &area, events, plan.facts)?;
    let work = format!("start-up to first board, {} facts", plan.facts);
    let first = once(&data, &area, place.path())?;
    let rows = [Row::new(format!("{work}, first start"), events.name, "tilanne up", &[first])];
    table.show(&rows, "seconds");
    let snapshots = data.join("snapshots");
    let files = if snapshots.is_dir() { disk::files(&snapshots)?.len() } else { 0 };
    let kind = if files == 0 { "without a snapshot" } else { "with a snapshot" };
    let mut samples = Vec::new();
    for _ in 0..plan.rounds {
        disk::cool(&data)?;
        samples.push(once(&data, &area, place.path())?);
    }
    let row = Row::new(format!("{work}, {kind}"), events.name, "tilanne up", &samples);
    table.at_most(&row, format!("seconds to first board, {kind}"), row.median("seconds"), SECONDS);
    table.show(&[row], "seconds");
    Ok(())
}

fn prepare(data: &Path, area: &Path, events: &Events, facts: u64) -> Result<(), Error> {
    let text = std::fs::read_to_string(area).map_err(Error::file(area))?;
    let (_, document) = proto::area::from_toml(&text).map_err(|error| Error::Wrong(error.to_string()))?;
    let mut years = events.years(OWN + 1, facts - OWN);
    let begun = years.next().transpose()?.ok_or_else(|| Error::Wrong("there are no events".to_owned()))?;
    let first = begun.records.first().map(|record| StoredFact::from_bytes(record)).transpose()?;
    let received = first.ok_or_else(|| Error::Wrong("there is no first event".to_owned()))?.received;
    let own = [
        StoredBody::LogBegun { epoch: "00000000000000000000000000000001".to_owned(), simulated: false },
        StoredBody::AreaConfigured { document },
    ];
    let journal = journal::open(&data.join("journal"), &Options::default())?;
    let mut group = Vec::with_capacity(LONGEST_GROUP);
    for (sequence, body) in (1..).zip(own) {
        group.push(decision(StoredFact { sequence, received, body }.to_bytes()?.into()));
    }
    group.push(begun);
    for record in years {
        group.push(record?);
        if group.len() >= LONGEST_GROUP {
            put(&*journal, &mut group)?;
        }
    }
    put(&*journal, &mut group)
}

fn put(journal: &dyn Journal, group: &mut Vec<Decision>) -> Result<(), Error> {
    journal.append(group)?;
    group.clear();
    Ok(())
}

/// Starts, waits for `/readyz` and a board, and stops.
fn once(data: &Path, area: &Path, place: &Path) -> Result<Vec<(&'static str, f64)>, Error> {
    let (public, admin) = (free_address()?, free_address()?);
    let program = std::env::current_exe().map_err(Error::file(Path::new("this program")))?;
    let log = place.join("log");
    let name = area.file_stem().unwrap_or_default().to_string_lossy();
    let begun = Instant::now();
    let child = Command::new(&program)
        .args([PRODUCT, "up", "--listen", &public, "--admin", &admin, "--area"])
        .arg(area)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::null())
        .stderr(File::options().create(true).append(true).open(&log).map_err(Error::file(&log))?)
        .spawn()
        .map_err(Error::file(&program))?;
    let mut server = Server(child);
    server.until(begun, &log, || answers(&admin, "/readyz"))?;
    let ready = begun.elapsed().as_secs_f64();
    server.until(begun, &log, || answers(&public, &format!("/v1/areas/{name}/boards/situation")))?;
    let board = begun.elapsed().as_secs_f64();
    let memory = peak_memory_mb(&server.0.id().to_string())?;
    let stopping = Instant::now();
    server.stop()?;
    let stopped = stopping.elapsed().as_secs_f64();
    Ok(vec![("seconds", board), ("ready s", ready), ("peak MB", memory), ("stopping s", stopped)])
}

/// A running product; killed when it goes out of scope.
struct Server(Child);

impl Server {
    fn until(&mut self, begun: Instant, log: &Path, done: impl Fn() -> bool) -> Result<(), Error> {
        while !done() {
            let ended = self.0.try_wait().is_ok_and(|status| status.is_some());
            if ended || begun.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                let last = said.lines().last().unwrap_or_default();
                return Err(Error::Wrong(format!("the server under test gave no board; it said {last:?}")));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Error> {
        let gone = |why: String| Error::Wrong(format!("the server under test: {why}"));
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| gone("it has no process number".to_owned()))?;
        kill_process(pid, Signal::INT).map_err(|error| gone(error.to_string()))?;
        self.0.wait().map_err(|error| gone(error.to_string()))?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it is gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Whether a GET is answered with 200 and something in it.
fn answers(address: &str, path: &str) -> bool {
    let get = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    get().is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200") && answer.len() > 200)
}

/// An address that nobody listens on.
fn free_address() -> Result<String, Error> {
    let none = |error: std::io::Error| Error::Wrong(format!("no free port: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(none)?;
    Ok(listener.local_addr().map_err(none)?.to_string())
}
