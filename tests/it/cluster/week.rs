//! The same week through a cluster and through one process: equal journals, and the same boards.

use std::collections::BTreeMap;

use acceptance::cluster::Cluster;
use acceptance::program::Said;
use acceptance::recorded::{self, Row};
use acceptance::server::{Plan, Server};

use super::facts_of_all;
use crate::PROGRAM;
use crate::quebec::{AREA, WEEK, compare};

/// Moments of the week at which boards are compared.
const MOMENTS: usize = 8;

#[tokio::test]
async fn a_week_through_three_recorders_is_the_week_through_one() {
    let Some(week) = recorded::find(WEEK) else { return };
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    let alone = Server::start(Plan::area(PROGRAM, AREA)).await;
    let file = week.display().to_string();
    for to in [&cluster.feeds(AREA).url, &alone.door(AREA).url] {
        let told = ["replay", &file, "--feed", "config/feeds/quebec-week.toml", "--to", to, "--speed", "max"];
        let told = Said::by(PROGRAM, &told).with_code(0);
        assert!(told.out.starts_with("36800 recorded, 0 duplicates, 0 rejected"), "{told:?}");
    }
    let newest = cluster.level(36_800).await;
    let one = alone.door(AREA);
    one.settled().await;
    let mut snapshots: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in recorded::rows(&recorded::unzipped(&week)) {
        snapshots.entry(row["observed_utc"].clone()).or_default().push(row);
    }
    let times: Vec<&String> = snapshots.keys().collect();
    let mut cells = 0;
    for gateway in [1, 2] {
        let many = cluster.gateway(gateway, AREA);
        many.board_from("situation", newest).await;
        for at in (0..MOMENTS).map(|n| times[n * (times.len() - 1) / (MOMENTS - 1)]) {
            let when = format!("at={at}");
            let (there, here) = (many.board("situation", &when).await, one.board("situation", &when).await);
            assert_eq!(there["hash"], here["hash"], "at {at}");
            cells += compare(&there, &snapshots[at]);
        }
    }
    let facts = facts_of_all(&cluster);
    let events = facts.iter().filter(|fact| fact.get("subject").is_some()).count();
    assert_eq!(events, 36_800);
    eprintln!(
        "week: 3 equal journals of {} facts, head {}; {cells} cells of {MOMENTS} moments at two gateways as the table says, \
         with the hashes of one process",
        facts.len(),
        facts.last().expect("a fact")["head"]
    );
}
