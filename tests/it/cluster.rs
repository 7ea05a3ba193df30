//! Three recorders, two projectors, two gateways and three NATS servers do what one process does, also while some of
//! them die.

mod catch_up;
mod chaos;
mod load;
mod misconfigured;
mod one_disk_full;
mod strangers;
mod too_few;
mod watcher;
mod week;

use acceptance::cluster::Cluster;
use acceptance::program::Said;
use serde_json::Value;

use crate::PROGRAM;

const RECORDERS: [&str; 3] = ["recorder-1", "recorder-2", "recorder-3"];

/// Stops everything and answers with the facts of the journals, which must be sound and equal.
fn facts_of_all(cluster: &Cluster) -> Vec<Value> {
    cluster.run(&["down"]);
    let exports: Vec<String> = RECORDERS
        .iter()
        .map(|name| {
            let data = cluster.data(name).display().to_string();
            Said::by(PROGRAM, &["journal", "verify", &data]).with_code(0);
            Said::by(PROGRAM, &["journal", "export", &data]).with_code(0).out
        })
        .collect();
    for (name, export) in RECORDERS.iter().zip(&exports).skip(1) {
        let differ = exports[0].lines().zip(export.lines()).find(|(one, other)| one != other);
        assert!(differ.is_none(), "{name}: {differ:?}");
        assert_eq!(exports[0].lines().count(), export.lines().count(), "{name}");
    }
    exports[0].lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
