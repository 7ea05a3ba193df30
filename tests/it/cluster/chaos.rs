//! Processes die, stand still, and lose their disks under load: nothing acknowledged is lost or doubled, every journal
//! is equal, and every board is what the facts say.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acceptance::cluster::Cluster;
use acceptance::dice::Dice;
use acceptance::events::now;
use acceptance::recorded::full;
use jiff::SignedDuration;

use super::load::{Load, Told};
use super::watcher::watch;
use super::{RECORDERS, facts_of_all};
use crate::{PROGRAM, reference};

const AREA: &str = "itauusimaa";
/// What the screens show.
const VIEWS: [&str; 2] = ["situation", "station:porvoo-paivystys"];
/// Events a second.
const PACE: u64 = 300;
/// How long a process that stands still does.
const STILL: Duration = Duration::from_secs(10);
/// Between two misfortunes, so that what was begun is under way again.
const BETWEEN: Duration = Duration::from_secs(2);
/// After which everything must be as if nothing had been.
const HEALED: Duration = Duration::from_secs(60);
/// The projector's pace, and a little more.
const HEARTBEAT: Duration = Duration::from_secs(6);
/// As in the area file's default.
const UNRESOLVED_AFTER: SignedDuration = SignedDuration::from_hours(12);

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy)]
enum Misfortune {
    /// `kill -9`, and begun again.
    Killed(&'static str),
    /// Stands still for a while.
    Still(&'static str),
    /// All three NATS servers at once.
    AllServers,
    /// A NATS server loses its store.
    StoreWiped(&'static str),
    /// A recorder loses its disk.
    DiskWiped(&'static str),
}

use Misfortune::{AllServers, DiskWiped, Killed, Still, StoreWiped};

/// How often each happens, in the long form.
const LONG: [(&[Misfortune], usize); 6] = [
    (&[Killed("recorder-1"), Killed("projector-1"), Killed("gateway-1"), Killed("feeds-1")], 20),
    (&[Still("recorder-2"), Still("projector-2"), Still("gateway-2"), Still("feeds-1"), Still("nats-2")], 4),
    (&[Killed("nats-1"), Killed("nats-2"), Killed("nats-3")], 10),
    (&[AllServers], 5),
    (&[StoreWiped("nats-1"), StoreWiped("nats-2"), StoreWiped("nats-3")], 1),
    (&[DiskWiped("recorder-1"), DiskWiped("recorder-2"), DiskWiped("recorder-3")], 1),
];

/// One of each, in the short form.
const SHORT: [Misfortune; 9] = [
    Killed("recorder-1"),
    Killed("projector-1"),
    Still("recorder-2"),
    Killed("gateway-1"),
    Killed("feeds-1"),
    Killed("nats-1"),
    AllServers,
    StoreWiped("nats-3"),
    DiskWiped("recorder-3"),
];

fn misfortunes(dice: &mut Dice) -> Vec<Misfortune> {
    let mut all: Vec<Misfortune> = if full() {
        LONG.iter()
            .flat_map(|(kinds, times)| kinds.iter().copied().cycle().take(kinds.len() * times))
            .collect()
    } else {
        SHORT.to_vec()
    };
    dice.shuffle(&mut all);
    all
}

async fn strike(cluster: &Cluster, misfortune: Misfortune) {
    match misfortune {
        Killed(name) => {
            cluster.act("kill", name);
            cluster.act("start", name);
        }
        Still(name) => {
            cluster.signal(name, "STOP");
            tokio::time::sleep(STILL).await;
            cluster.signal(name, "CONT");
        }
        AllServers => {
            for name in ["nats-1", "nats-2", "nats-3"] {
                cluster.signal(name, "KILL");
            }
            for name in ["nats-1", "nats-2", "nats-3"] {
                // Most are gone by now, which this says; it waits for those that are not.
                drop(cluster.run(&["kill", name]));
                cluster.act("start", name);
            }
        }
        StoreWiped(name) | DiskWiped(name) => {
            // Two of three hold everything: who lost its own takes it from them.
            cluster.act("kill", name);
            std::fs::remove_dir_all(cluster.data(name)).expect("removed");
            cluster.act("start", name);
            if name.starts_with("recorder") {
                cluster.ready(name).await
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_dies_nothing_acknowledged_is_lost_and_no_board_is_wrong() {
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    let mut dice = Dice::thrown("chaos");
    let screens = if full() { 100 } else { 12 };
    let stop = Arc::new(AtomicBool::new(false));
    let watchers: Vec<_> = (0..screens)
        .map(|number| {
            let address = cluster.boards(1 + number % 2);
            let view = VIEWS[usize::from(number % 4 >= 2)];
            tokio::spawn(watch(address, AREA.to_owned(), view.to_owned(), Arc::clone(&stop)))
        })
        .collect();
    let load = Load::begin(cluster.feeds(AREA), PACE);
    let begun = Instant::now();
    let mut struck: BTreeMap<String, usize> = BTreeMap::new();
    for misfortune in misfortunes(&mut dice) {
        tokio::time::sleep(BETWEEN).await;
        strike(&cluster, misfortune).await;
        *struck.entry(format!("{misfortune:?}")).or_default() += 1;
    }
    let healing = Instant::now();
    let (made, told) = load.end().await;
    let newest = cluster.level(told.acknowledged.values().copied().max().unwrap_or_default()).await;
    for gateway in [1, 2] {
        cluster.gateway(gateway, AREA).board_from("situation", newest).await;
    }
    let healed = healing.elapsed();
    assert!(healed < HEALED, "healed after {healed:?}");

    let moments = [now()].into();
    for gateway in [1, 2] {
        let tickets = [("porvoo-paivystys", "kiire", UNRESOLVED_AFTER)];
        reference::agrees(&cluster.gateway(gateway, AREA), &tickets, &moments).await;
    }
    // A heartbeat later every screen must have heard that it is live, and show what everybody shows.
    tokio::time::sleep(HEARTBEAT).await;
    let mut before = BTreeMap::new();
    for view in VIEWS {
        before.insert(view.to_owned(), cluster.gateway(2, AREA).board(view, "").await);
    }
    stop.store(true, Ordering::Relaxed);
    let (mut dark, mut deltas, mut resets, mut connections) = (Duration::ZERO, 0, 0, 0);
    for watcher in watchers {
        let seen = watcher.await.expect("no panic");
        assert_eq!(seen.wrong, Vec::<String>::new());
        assert!(seen.live, "a screen is dark at the end: {:?}", seen.board["sequence"]);
        let view = seen.board["view"].as_str().expect("a view").to_owned();
        let after = cluster.gateway(1, AREA).board(&view, "").await;
        let shown = [&before[&view]["hash"], &after["hash"]];
        assert!(shown.contains(&&seen.board["hash"]), "{view} at {}: {shown:?}", seen.board["sequence"]);
        dark = dark.max(seen.longest);
        (deltas, resets, connections) =
            (deltas + seen.deltas, resets + seen.resets, connections + seen.connections);
    }
    let copied = copied(&cluster).await;
    hold(&cluster, made, &told);
    eprintln!(
        "chaos: {struck:?} in {:.0} s; {made} events, {} receipts, {} refusals, 0 lost, 0 doubled, 3 equal journals; healed after \
         {healed:.1?}; longest without a receipt {:.1?}, without a live board {dark:.1?}; {screens} screens, {deltas} deltas, \
         {connections} connections, {resets} resets, 0 wrong; {copied} facts copied from others",
        begun.elapsed().as_secs_f64(),
        told.acknowledged.len(),
        told.refused,
        told.longest,
    );
}

async fn copied(cluster: &Cluster) -> f64 {
    let mut sum = 0.0;
    for name in RECORDERS {
        sum += cluster.metric(name, "tilanne_recorder_copied_facts_total").await.unwrap_or_default();
    }
    sum
}

/// Every event stands in every journal once, where its receipt says.
fn hold(cluster: &Cluster, made: u64, told: &Told) {
    let facts = facts_of_all(cluster);
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.get("subject").is_some()) {
        let twice =
            found.insert(fact["id"].as_str().expect("an id"), fact["sequence"].as_u64().expect("a sequence"));
        assert!(twice.is_none(), "{} is there twice", fact["id"]);
    }
    assert_eq!((found.len() as u64, told.acknowledged.len() as u64), (made, made));
    for (id, position) in &told.acknowledged {
        assert_eq!(found.get(id.as_str()), Some(position), "{id}");
    }
}
