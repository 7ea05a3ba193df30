//! The disk fills up while events flow: the process stays up, says that nothing is recorded, and shows what was.

use std::time::{Duration, Instant};

use acceptance::mount::Mount;
use acceptance::program::Said;
use acceptance::server::{LOOK, PATIENCE, Plan, Server};
use acceptance::wire::Wire;
use serde_json::Value;

use super::AREA;
use super::client::{Came, Client, Tally};
use crate::PROGRAM;

/// Receipts before the disk begins to fill.
const BEFORE: usize = 20;
/// Events of a body: enough that the room left in the last block of a file is soon used up.
const EVENTS_A_BODY: usize = 20;
/// Longer than a projector bears a recorder that is silent about a moment that is due.
const HEARTS_BEAT_FOR: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_full_ext4_costs_no_receipt_and_no_board() {
    if let Some(mount) = Mount::ext4() {
        fills_up(mount).await;
    }
}

#[tokio::test]
async fn a_full_tmpfs_costs_no_receipt_and_no_board() {
    if let Some(mount) = Mount::tmpfs() {
        fills_up(mount).await;
    }
}

async fn fills_up(mount: Mount) {
    let mut server = Server::start(Plan::area(PROGRAM, AREA).on(&mount.directory.join("data"))).await;
    let mut client = Client::of(&server, "full");
    for _ in 0..BEFORE {
        assert!(matches!(client.post(1).await, Came::Receipts));
    }
    let (mut wire, _) = Wire::open(&server.public, AREA).await;
    wire.follow("situation").await;

    let filler = mount.fill();
    let refusal = until_refused(&mut client).await;
    assert!(refusal.contains("the disk is full: nothing is recorded"), "{refusal}");
    let receipts = client.acknowledged.len();
    stands_still(&mut server, &mut client, &mut wire).await;
    let (status, _) = server.interrupt().await;
    assert!(status.success(), "standing still is no failure: {status}");

    // On the full disk it comes up again, shows what there is, and says at once that it records nothing.
    server.spawn();
    let checks = until_boards(&server).await;
    assert_eq!(checks["ready"], false, "{checks}");
    let detail = checks["checks"]["journal"]["detail"].as_str().expect("a sentence");
    assert!(detail.contains("read-only"), "before anything was sent: {detail}");
    assert!((server.metric("tilanne_journal_read_only").await - 1.0).abs() < f64::EPSILON);
    let (mut late, _) = Wire::open(&server.public, AREA).await;
    assert_eq!(late.next_but_heartbeats().await["cause"], "journal_read_only");
    let refused_again = until_refused(&mut client).await;
    assert!(refused_again.contains("the disk is full: nothing is recorded"), "{refused_again}");
    assert!(client.look().await);
    assert_eq!(client.tally(), Tally::default());
    assert_eq!(client.acknowledged.len(), receipts);
    server.interrupt().await;

    std::fs::remove_file(filler).expect("removed");
    server.again().await;
    assert!(client.insist(&mut server, 1).await);
    client.look_at_everything().await;
    client.resend_everything().await;
    assert_eq!(client.tally(), Tally::default());
    assert!((server.metric("tilanne_journal_read_only").await - 0.0).abs() < f64::EPSILON);
    let (status, _) = server.interrupt().await;
    assert!(status.success(), "{status}");
    Said::by(PROGRAM, &["journal", "verify", &server.data().display().to_string()]).with_code(0);
    eprintln!(
        "full disk ({}): {receipts} receipts, then read-only with boards, facts and heartbeats; after a restart at \
         once again; with room again 0 of {} lost, 0 doubled, 0 reordered",
        mount.kind,
        client.acknowledged.len()
    );
}

/// Waits until boards are served, and answers with how the process stands then.
async fn until_boards(server: &Server) -> Value {
    let ok = |checks: &Value, check: &str| checks["checks"][check]["state"] == "ok";
    server.checks_when(|checks| ok(checks, "boards") && ok(checks, "listener")).await
}

/// Sends until it is told that nothing is recorded.
async fn until_refused(client: &mut Client) -> String {
    let begun = Instant::now();
    loop {
        match client.post(EVENTS_A_BODY).await {
            Came::Receipts => {}
            Came::Refused(why) if why.contains("nothing is recorded") => return why,
            Came::Refused(_) | Came::Nothing => tokio::time::sleep(LOOK).await,
        }
        assert!(begun.elapsed() < PATIENCE, "the disk is never full");
    }
}

/// What can be relied on while nothing is recorded.
async fn stands_still(server: &mut Server, client: &mut Client, wire: &mut Wire) {
    let newest = *client.acknowledged.values().max().expect("receipts");
    until_degraded(wire).await;
    // What is folded last may come a moment after the news.
    let door = server.door(AREA);
    door.board_from("situation", newest).await;
    wire.follow_to(newest).await;
    let (mut late, _) = Wire::open(&server.public, AREA).await;
    assert_eq!(late.next_but_heartbeats().await["cause"], "journal_read_only");
    late.subscribe("situation", None).await;
    assert_eq!(late.frame("reset").await["reason"], "no_position");
    assert!(late.frame("snapshot").await["board"]["sequence"].as_u64() >= Some(newest));

    let checks = server.checks().await;
    assert_eq!(checks["ready"], false, "{checks}");
    assert_eq!(checks["checks"]["journal"]["state"], "failed", "{checks}");
    let detail = checks["checks"]["journal"]["detail"].as_str().expect("a sentence").to_owned();
    assert!(detail.contains("read-only"), "{detail}");
    assert_eq!(checks["checks"]["boards"]["state"], "ok", "{checks}");
    assert!((server.metric("tilanne_journal_read_only").await - 1.0).abs() < f64::EPSILON);

    door.board("situation", &format!("at={}", acceptance::events::now())).await;
    assert!(client.look().await, "facts can be read");
    assert_eq!(client.tally(), Tally::default());

    let receipts = client.acknowledged.len();
    let begun = Instant::now();
    while begun.elapsed() < HEARTS_BEAT_FOR {
        // What is told after the refusal is heartbeats, and never that all is well.
        let frame = wire.next().await;
        assert!(frame["kind"] == "heartbeat", "{frame}");
        until_refused(client).await;
    }
    assert_eq!(client.acknowledged.len(), receipts, "nothing is recorded, and nothing is said to be");
    assert!(server.alive());
}

/// Takes frames until boards are said to be degraded.
async fn until_degraded(wire: &mut Wire) {
    loop {
        let frame: Value = wire.next().await;
        match frame["kind"].as_str() {
            Some("degraded") => return assert_eq!(frame["cause"], "journal_read_only"),
            Some("delta") => wire.apply(&frame),
            Some("heartbeat") => {}
            _ => panic!("{frame}"),
        }
    }
}
