//! The journal carried from one place to another: as lines, as a backup, out of a wreck.

mod backup;
mod lines;
mod verdicts;
mod wreck;

use std::path::Path;

use acceptance::door::Door;
use acceptance::events::{event, now};
use acceptance::program::Said;
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";

/// Runs `tilanne journal …`.
fn journal(action: &str, arguments: &[&str]) -> Said {
    Said::by(PROGRAM, &[&["journal", action], arguments].concat())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Sipoo tells how many wait, some times. Answers with the last sequence.
async fn tell(door: &Door, name: &str, times: u64) -> u64 {
    let events: Vec<Value> = (0..times)
        .map(|at| {
            let data = json!({"lane": "kiire", "waiting": at});
            event(&format!("{name}-{at}"), "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data)
        })
        .collect();
    door.record(&events).await
}

/// The lines of an export.
fn exported(data: &Path) -> Vec<String> {
    journal("export", &[text(data)]).with_code(0).out.lines().map(str::to_owned).collect()
}

/// The head that a line carries, as it is printed.
fn head(line: &str) -> String {
    let fact: Value = serde_json::from_str(line).expect("JSON");
    format!("{}:{}", fact["sequence"], fact["head"].as_str().expect("hex"))
}
