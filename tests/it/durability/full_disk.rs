//! The disk fills up while events flow: the process stays up, says that nothing is recorded, and shows what was.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::program::Said;
use acceptance::server::{LOOK, PATIENCE, Plan, Server};
use acceptance::wire::Wire;
use serde_json::Value;

use super::AREA;
use super::client::{Came, Client, Tally};
use crate::PROGRAM;

/// The file systems: room for the journal's beginning and little more.
const BYTES: u64 = 24 * 1024 * 1024;
/// Receipts before the disk begins to fill.
const BEFORE: usize = 20;
/// Events of a body: enough that the room left in the last block of a file is soon used up.
const EVENTS_A_BODY: usize = 20;
/// How the filler writes, at first and when that does not fit any more.
const FILLER_BYTES: [usize; 2] = [64 * 1024, 1024];
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

/// A small file system of the test's own, unmounted when it goes out of scope.
struct Mount {
    kind: &'static str,
    directory: PathBuf,
    _place: tempfile::TempDir,
}

impl Mount {
    fn tmpfs() -> Option<Self> {
        Self::of_kind("tmpfs", |_| {
            Some(vec!["-t".into(), "tmpfs".into(), "-o".into(), format!("size={BYTES}"), "tmpfs".into()])
        })
    }

    fn ext4() -> Option<Self> {
        Self::of_kind("ext4", |place| {
            let image = place.join("image");
            File::create(&image).and_then(|file| file.set_len(BYTES)).expect("an image");
            let image = image.display().to_string();
            let made = Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0", &image]).status();
            made.is_ok_and(|status| status.success()).then(|| vec!["-o".into(), "loop".into(), image])
        })
    }

    /// `None`, aloud, where nothing may be mounted.
    fn of_kind(kind: &'static str, arguments: impl FnOnce(&Path) -> Option<Vec<String>>) -> Option<Self> {
        let place =
            tempfile::Builder::new().prefix("tilanne-full-").tempdir().expect("a temporary directory");
        let directory = place.path().join("disk");
        std::fs::create_dir(&directory).expect("a directory");
        let mounted = arguments(place.path()).is_some_and(|arguments| {
            let said = Command::new("mount").args(arguments).arg(&directory).output();
            said.is_ok_and(|said| said.status.success())
        });
        if !mounted {
            eprintln!("skipped: no {kind} can be mounted here: it takes root and, for ext4, a loop device");
            return None;
        }
        Some(Self { kind, directory, _place: place })
    }

    /// Takes what room there is, to the last block.
    fn fill(&self) -> PathBuf {
        let path = self.directory.join("filler");
        let mut file = File::create(&path).expect("a file");
        for bytes in FILLER_BYTES {
            while file.write_all(&vec![b'x'; bytes]).is_ok() {}
        }
        // What the file system holds back for itself is counted only once the rest is on the disk.
        drop(file.sync_all());
        while file.write_all(&[b'x'; 1024]).is_ok() {}
        path
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.directory).status());
    }
}
