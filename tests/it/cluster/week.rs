//! Real feeds through a cluster and through one process: equal journals, and the same boards.

use std::collections::BTreeMap;
use std::path::Path;

use acceptance::cluster::Cluster;
use acceptance::events::at;
use acceptance::program::Said;
use acceptance::recorded::{self, Row};
use acceptance::server::{Plan, Server};
use jiff::SignedDuration;

use super::facts_of_all;
use crate::PROGRAM;
use crate::quebec::{AREA, WEEK, compare};
use crate::skane;

/// Moments at which boards are compared.
const MOMENTS: usize = 8;

/// The same feed through three recorders and through one.
struct Both {
    cluster: Cluster,
    alone: Server,
    area: &'static str,
    /// The last fact of the cluster.
    newest: u64,
}

impl Both {
    async fn replayed(area: &'static str, file: &Path, feed: &str, events: u64) -> Option<Self> {
        let cluster = Cluster::up(PROGRAM, area)?;
        let alone = Server::start(Plan::area(PROGRAM, area)).await;
        let file = file.display().to_string();
        for to in [&cluster.feeds(area).url, &alone.door(area).url] {
            let told = Said::by(PROGRAM, &["replay", &file, "--feed", feed, "--to", to, "--speed", "max"]);
            let told = told.with_code(0);
            assert!(
                told.out.starts_with(&format!("{events} recorded, 0 duplicates, 0 rejected")),
                "{told:?}"
            );
        }
        let newest = cluster.level(events).await;
        alone.door(area).settled().await;
        for gateway in [1, 2] {
            cluster.gateway(gateway, area).board_from("situation", newest).await;
        }
        Some(Self { cluster, alone, area, newest })
    }

    /// The board of a moment, which has the same hash at both gateways and alone.
    async fn board_at(&self, moment: &str) -> serde_json::Value {
        let when = format!("at={moment}");
        let here = self.alone.door(self.area).board("situation", &when).await;
        for gateway in [1, 2] {
            let there = self.cluster.gateway(gateway, self.area).board("situation", &when).await;
            assert_eq!(there["hash"], here["hash"], "at {moment} at gateway {gateway}");
        }
        here
    }

    /// Three equal journals with so many events in them.
    fn are_equal(&self, events: usize) -> String {
        let facts = facts_of_all(&self.cluster);
        assert_eq!(facts.iter().filter(|fact| fact.get("subject").is_some()).count(), events);
        format!(
            "3 equal journals of {} facts ({} at first), head {}",
            facts.len(),
            self.newest,
            facts.last().unwrap()["head"]
        )
    }
}

#[tokio::test]
async fn a_week_through_three_recorders_is_the_week_through_one() {
    let Some(week) = recorded::find(WEEK) else { return };
    let Some(both) = Both::replayed(AREA, &week, "config/feeds/quebec-week.toml", 36_800).await else {
        return;
    };
    let mut snapshots: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in recorded::rows(&recorded::unzipped(&week)) {
        snapshots.entry(row["observed_utc"].clone()).or_default().push(row);
    }
    let times: Vec<&String> = snapshots.keys().collect();
    let mut cells = 0;
    // In the long form every hour.
    let moments = if recorded::full() { times.len() } else { MOMENTS };
    for moment in (0..moments).map(|n| times[n * (times.len() - 1) / (moments - 1)]) {
        cells += compare(&both.board_at(moment).await, &snapshots[moment]);
    }
    eprintln!(
        "week: {}; {cells} cells of {moments} moments as the table says, with the hashes of one process",
        both.are_equal(36_800)
    );
}

#[tokio::test]
async fn a_year_through_three_recorders_is_the_year_through_one() {
    if !recorded::full() {
        eprintln!("skipped: a year through three recorders (TILANNE_FULL=1)");
        return;
    }
    let Some(year) = recorded::find(skane::VISITS) else { return };
    let Some(both) = Both::replayed(skane::AREA, &year, "config/feeds/skane.toml", 213_060).await else {
        return;
    };
    let begin = at("2017-01-01T00:00:00Z");
    for hour in 0..365 {
        let moment = begin + SignedDuration::from_hours(hour * 24 + hour % 24);
        both.board_at(&moment.to_string()).await;
    }
    eprintln!("year: {}; 365 moments with the hashes of one process", both.are_equal(213_060));
}
