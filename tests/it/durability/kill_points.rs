//! `kill -9` at random instants and at named points: nothing acknowledged is lost, doubled or moved.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use acceptance::dice::Dice;
use acceptance::program::Said;
use acceptance::recorded::full;
use acceptance::rig::{BIND, Call, KILL, Kill, Moment};
use acceptance::server::{LOOK, Plan, Server};
use acceptance::tree::newest_tail_file;

use super::client::{Client, Tally};
use super::{AREA, bound};
use crate::PROGRAM;

/// So small that most lives bind the tail, some several times.
const BLOCKS_A_FILE: &str = "12";
/// Bodies after which a life ends although its point was not reached.
const BODIES_A_LIFE: usize = 60;
/// Events of a body: one alone, or a group.
const MOST_EVENTS: u64 = 6;
/// A random kill comes within this time of the start, which is about as long as opening and some groups take.
const KILL_WITHIN_MS: u64 = 600;
/// Within this time of a sync, receipts are sent and the new facts announced, in one order or the other.
const ANNOUNCED_WITHIN_US: u64 = 400;
/// A life whose point lies in the binding, which goes on beside the receipts, waits for it this long.
const BOUND_WITHIN: Duration = Duration::from_secs(5);
/// SIGKILL.
const KILLED: i32 = 9;

/// A point at which a process ends: the name that the figures use, and how it is reached.
struct Point {
    name: &'static str,
    call: Option<(Call, Moment)>,
    /// The k-th call is drawn up to this k.
    calls: u64,
}

const fn point(name: &'static str, call: Call, moment: Moment, calls: u64) -> Point {
    Point { name, call: Some((call, moment)), calls }
}

/// The moment after a sync is drawn for each life.
const SOON: Moment = Moment::Soon(Duration::ZERO);

const POINTS: [Point; 15] = [
    Point { name: "at random", call: None, calls: 0 },
    point("before the write", Call::Append, Moment::Before, 20),
    point("in the write", Call::Append, Moment::Middle, 20),
    point("after the write", Call::Append, Moment::After, 20),
    point("after the sync", Call::Sync, Moment::After, 20),
    point("around the announcement", Call::Sync, SOON, 20),
    point("after a new file", Call::Create, Moment::After, 3),
    point("before a directory's sync", Call::SyncDirectory, Moment::Before, 4),
    point("building a volume", Call::SyncBuilt, Moment::Before, 4),
    point("before the rename", Call::Rename, Moment::Before, 1),
    point("after the rename", Call::Rename, Moment::After, 1),
    point("in the sync", Call::Append, SOON, 20),
    point("replacing the last tail file", Call::Replace, Moment::After, 1),
    point("before the tail's removal", Call::Remove, Moment::Before, 3),
    point("after the tail's removal", Call::Remove, Moment::After, 3),
];

#[tokio::test]
async fn killed_at_any_point_it_loses_doubles_and_moves_nothing() {
    let points = if full() { 500 } else { 60 };
    let mut dice = Dice::thrown("kill points");
    let begun = Instant::now();
    let mut server = Server::planned(Plan::area(PROGRAM, AREA).with(BIND, BLOCKS_A_FILE));
    let mut client = Client::of(&server, "kill");
    let mut reached = vec![0_usize; POINTS.len()];
    let (mut late, mut failed_opens) = (0, Vec::new());
    for at in 0..points {
        let which = at % POINTS.len();
        match life(&mut server, &mut client, &POINTS[which], &mut dice).await {
            End::Reached => reached[which] += 1,
            End::Late => late += 1,
            End::Failed(how) => failed_opens.push(how),
        }
    }
    server.set(KILL, None);
    server.again().await;
    client.insist(&mut server, 1).await;
    client.look_at_everything().await;
    client.resend_everything().await;
    let tally = client.tally();
    let (status, _) = server.interrupt().await;
    assert!(status.success(), "{status}");
    let verified =
        Said::by(PROGRAM, &["journal", "verify", &server.data().display().to_string()]).with_code(0);
    let Tally { lost, doubled, reordered } = tally;
    eprintln!(
        "kill: {points} kill points, {} receipts, {lost} lost ({}), {doubled} doubled, {reordered} reordered, {} \
         failed opens; {} answered as duplicates after a kill; {late} killed before their point; {}; {:.0} s",
        client.acknowledged.len(),
        bound(points),
        failed_opens.len(),
        client.duplicates,
        verified.out.trim(),
        begun.elapsed().as_secs_f64(),
    );
    for (point, count) in POINTS.iter().zip(&reached) {
        eprintln!("    {:<29}{count}", point.name);
        assert!(*count > 0, "no life ended {}", point.name);
    }
    assert_eq!(failed_opens, Vec::<String>::new());
    assert_eq!(tally, Tally::default());
}

#[tokio::test]
async fn a_source_that_renames_what_it_sends_again_is_noticed_as_doubling() {
    let mut dice = Dice::thrown("kill points, renaming");
    let mut server = Server::planned(Plan::area(PROGRAM, AREA).with(BIND, BLOCKS_A_FILE));
    let mut client = Client::of(&server, "rename");
    client.renames = true;
    let after_the_sync = Point { name: "after the sync", call: Some((Call::Sync, Moment::After)), calls: 20 };
    for _ in 0..3 {
        life(&mut server, &mut client, &after_the_sync, &mut dice).await;
    }
    server.set(KILL, None);
    server.again().await;
    client.insist(&mut server, 1).await;
    client.look_at_everything().await;
    let tally = client.tally();
    eprintln!("kill without ids to know duplicates by: {} doubled, as expected", tally.doubled);
    assert!(tally.doubled > 0 && tally.lost == 0, "{tally:?}");
}

#[tokio::test]
async fn a_tail_that_lost_its_end_is_noticed() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let mut client = Client::of(&server, "cut");
    for _ in 0..10 {
        assert!(client.insist(&mut server, 1).await);
    }
    server.kill();
    let newest = newest_tail_file(&server.data());
    let file = std::fs::File::options().write(true).open(newest).expect("opened");
    file.set_len(file.metadata().expect("its length").len() - 8).expect("cut");
    server.spawn();
    let status = server.ends().await;
    assert!(!status.success(), "the witness knows that more was acknowledged");
    std::fs::remove_file(server.data().join("journal/witness")).expect("removed");
    server.again().await;
    assert!(server.log().contains("witness is missing"), "what can't be known is said");
    client.look_at_everything().await;
    let Tally { lost, .. } = client.tally();
    eprintln!(
        "kill with 8 bytes cut off the tail: refused to open; without its witness {lost} lost, as expected"
    );
    assert_eq!(lost, 1);
}

/// How a life ended.
#[derive(Debug)]
enum End {
    /// At its point.
    Reached,
    /// By a kill from outside, because its point was not reached.
    Late,
    /// By itself: it could not open, or could not go on.
    Failed(String),
}

/// One life: starts, looks at what the last one left, sends, and is killed.
async fn life(server: &mut Server, client: &mut Client, point: &Point, dice: &mut Dice) -> End {
    let kill = point.call.map(|(call, moment)| {
        let moment = match moment {
            Moment::Soon(_) => Moment::Soon(Duration::from_micros(dice.below(ANNOUNCED_WITHIN_US))),
            Moment::Before | Moment::Middle | Moment::After => moment,
        };
        Kill { call, moment, at: 1 + dice.below(point.calls) }
    });
    server.set(KILL, kill.map(|kill| kill.text()).as_deref());
    server.spawn();
    let deadline = Instant::now() + Duration::from_millis(1 + dice.below(KILL_WITHIN_MS));
    let working = work(server, client, dice);
    if kill.is_none() {
        // The request is dropped wherever it is; the client takes it up in the next life.
        drop(tokio::time::timeout_at(deadline.into(), working).await);
        server.kill();
        return End::Reached;
    }
    let sent = working.await;
    let begun = Instant::now();
    while sent && server.alive() {
        if begun.elapsed() > BOUND_WITHIN {
            server.kill();
            return End::Late;
        }
        tokio::time::sleep(LOOK).await;
    }
    let status = server.ends().await;
    if status.signal() == Some(KILLED) {
        return End::Reached;
    }
    End::Failed(format!("{} after {status}", kill.map(|kill| kill.text()).unwrap_or_default()))
}

/// Sends body after body; `false` once the process has ended.
async fn work(server: &mut Server, client: &mut Client, dice: &mut Dice) -> bool {
    for body in 0..BODIES_A_LIFE {
        let events = usize::try_from(1 + dice.below(MOST_EVENTS)).expect("few");
        if !client.insist(server, events).await {
            return false;
        }
        if body == 0 && !client.look().await {
            return false;
        }
    }
    true
}
