//! Publishers that know nothing of this program: any NATS client gets its receipts.

use std::process::Command;

use acceptance::cluster::Cluster;
use acceptance::events::{event, now};
use acceptance::program::{self, Said};
use acceptance::server::PATIENCE;
use serde_json::{Value, json};

use crate::PROGRAM;

#[tokio::test]
async fn ten_lines_of_python_publish_an_event_and_get_their_receipts() {
    let has = Command::new("python3").args(["-c", "import nats, nkeys"]).output();
    if !has.is_ok_and(|has| has.status.success()) {
        eprintln!("skipped: a publisher in Python: there is no nats-py (pip install nats-py nkeys)");
        return;
    }
    let Some(cluster) = Cluster::up(PROGRAM, "itauusimaa") else { return };
    let seed = cluster.directory().join("users/queue.seed");
    refusals_are_one_sentence(&cluster);
    let events: Vec<Value> = (0..3)
        .map(|n| {
            let data = json!({"lane": "kiire", "waiting": n});
            event(&format!("stranger-{n}"), "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data)
        })
        .collect();
    let file = cluster.directory().join("events.jsonl");
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    std::fs::write(&file, lines).expect("written");
    let subject = "tilanne.itauusimaa.intake.queue";
    let said = publisher()
        .args([&cluster.nats(), subject, "queue", &seed.display().to_string()])
        .stdin(std::fs::File::open(&file).expect("a file"))
        .output()
        .expect("python3");
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}{err}");
    let receipts: Vec<Value> = out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(receipts.len(), events.len(), "{out}{err}");
    let facts = cluster.gateway(1, "itauusimaa").facts(0).await;
    for (event, receipt) in events.iter().zip(&receipts) {
        assert_eq!((&receipt["id"], &receipt["status"]), (&event["id"], &json!("recorded")), "{receipt}");
        let there: Vec<&Value> = facts.iter().filter(|fact| fact["id"] == event["id"]).collect();
        assert_eq!(there.len(), 1);
        assert_eq!(there[0]["sequence"], receipt["position"]["sequence"]);
    }
}

fn publisher() -> Command {
    let mut command = Command::new("python3");
    command.arg(program::root().join("ops/nats/publish.py"));
    command
}

/// What can't be published is told once, and ends.
fn refusals_are_one_sentence(cluster: &Cluster) {
    let seed = |name: &str| cluster.directory().join(format!("users/{name}.seed")).display().to_string();
    let (here, nobody) = (cluster.nats(), "nats://127.0.0.1:1".to_owned());
    let own = "tilanne.itauusimaa.intake.queue";
    let event = cluster.directory().join("event.jsonl");
    std::fs::write(&event, "{}\n").expect("written");
    for (server, subject, name, seed, says) in [
        (&here, "tilanne.itauusimaa.intake.staffing", "queue", seed("queue"), "permissions violation"),
        (&here, own, "staffing", seed("queue"), "permissions violation"),
        (&here, own, "queue", seed("missing"), "missing.seed"),
        (&nobody, own, "queue", seed("queue"), "no NATS server answers"),
    ] {
        let mut command = publisher();
        command.args([server, subject, name, &seed]);
        command.stdin(std::fs::File::open(&event).expect("a file"));
        let said = Said::within(command, PATIENCE).with_code(1);
        assert!(said.err.to_lowercase().contains(&says.to_lowercase()), "{said:?}");
        assert!(said.err.lines().count() == 1 && said.out.is_empty(), "{said:?}");
    }
}
