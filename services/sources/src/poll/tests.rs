//! A poller between a small publisher on a real socket, or a real file, and a door that can be shut.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Counters, Door, EVENTS_A_SUBMISSION, FIRST_PAUSE, LONGEST_PAUSE, Poller, Receipt, pause_after};
use crate::Error;
use crate::tabular::{Event, Spec};

const FEED: &str = r#"
source = "/feeds/test"
shape = "observation"
id = "{station}-{time}-{event}"
[limits]
body_bytes = 100000
[complete]
final_line_end = true
[time]
column = "at"
formats = ["rfc3339"]
time_zone = "UTC"
[station]
column = "station"
[[event]]
name = "main"
type = "queue.observed"
set = { lane = "main" }
count = { waiting = "waiting" }
[poll]
every = "1m"
timeout = "5s"
"#;

fn spec(place: &str) -> Spec {
    Spec::from_toml(&format!("{FEED}{place}"), "test.toml").unwrap()
}

fn table(hour: u32, rows: usize) -> String {
    let row = |station| format!("s{station},2025-01-01T{hour:02}:00:00Z,{hour}\n");
    format!("station,at,waiting\n{}", (0..rows).map(row).collect::<String>())
}

/// Remembers what came, in submissions; answers by script, then with "recorded".
#[derive(Clone, Default)]
struct Intake {
    submissions: Arc<Mutex<Vec<Vec<String>>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

enum Answer {
    Full,
    OnlyFirst(usize),
    All(Receipt),
}

impl Door for Intake {
    async fn submit(&self, events: &[Event]) -> Result<Vec<Receipt>, String> {
        let ids = events.iter().map(|event| event.id.clone()).collect();
        self.submissions.lock().unwrap().push(ids);
        match self.answers.lock().unwrap().pop_front() {
            Some(Answer::Full) => Err("the intake is full".to_owned()),
            Some(Answer::OnlyFirst(n)) => Ok(vec![Receipt::Recorded; n]),
            Some(Answer::All(receipt)) => Ok(vec![receipt; events.len()]),
            None => Ok(vec![Receipt::Recorded; events.len()]),
        }
    }
}

impl Intake {
    fn sizes(&self) -> Vec<usize> {
        self.submissions.lock().unwrap().iter().map(Vec::len).collect()
    }

    fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.answers.lock().unwrap().extend(answers);
    }
}

fn poller(spec: Spec) -> (Poller<Intake>, Intake, Arc<Counters>) {
    let (intake, counters) = (Intake::default(), Arc::new(Counters::default()));
    let poller = Poller::new(spec, intake.clone(), counters.clone()).unwrap();
    (poller, intake, counters)
}

fn in_file(path: &Path) -> Spec {
    spec(&format!("file = '{}'\n", path.display()))
}

const EVERY: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_file_is_submitted_once_and_again_when_its_content_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.csv");
    let (mut poller, intake, counters) = poller(in_file(&path));

    assert_eq!(poller.turn().await, FIRST_PAUSE, "no file yet");
    std::fs::write(&path, table(10, 3)).unwrap();
    assert_eq!(poller.turn().await, EVERY);
    assert_eq!(poller.turn().await, EVERY);
    std::fs::write(&path, "").unwrap();
    poller.turn().await;
    std::fs::write(&path, table(11, 3)).unwrap();
    poller.turn().await;

    assert_eq!(intake.sizes(), [3, 3]);
    assert_eq!(intake.submissions.lock().unwrap()[1][0], "s0-20250101T110000Z-main");
    let count = |counter| Counters::read(counter);
    assert_eq!((count(&counters.polls), count(&counters.failures), count(&counters.unchanged)), (5, 1, 1));
    assert_eq!((count(&counters.empty), count(&counters.bodies), count(&counters.recorded)), (1, 2, 6));
}

#[tokio::test]
async fn events_without_a_receipt_come_again_before_anything_new_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.csv");
    std::fs::write(&path, table(10, 5)).unwrap();
    let (mut poller, intake, counters) = poller(in_file(&path));
    intake.answer([Answer::Full, Answer::OnlyFirst(2), Answer::Full]);

    assert_eq!(poller.turn().await, FIRST_PAUSE);
    std::fs::write(&path, table(11, 1)).unwrap();
    assert_eq!(poller.turn().await, FIRST_PAUSE * 2, "two of five, then full");
    assert_eq!(Counters::read(&counters.polls), 1, "the new file waits for the old body");
    assert_eq!(poller.turn().await, EVERY);
    assert_eq!(poller.turn().await, EVERY);

    assert_eq!(intake.sizes(), [5, 5, 3, 3, 1]);
    let submissions = intake.submissions.lock().unwrap();
    assert_eq!(submissions[3], submissions[0][2..], "exactly what had no receipt");
    assert_eq!(submissions[4], ["s0-20250101T110000Z-main"]);
    assert_eq!(Counters::read(&counters.said), 1, "one trouble, said once");
}

#[tokio::test]
async fn a_rejection_is_a_receipt_and_large_bodies_go_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.csv");
    std::fs::write(&path, table(10, EVENTS_A_SUBMISSION + 1)).unwrap();
    let (mut poller, intake, counters) = poller(in_file(&path));
    intake.answer([
        Answer::All(Receipt::Rejected("unknown station".to_owned())),
        Answer::All(Receipt::Duplicate),
    ]);

    assert_eq!(poller.turn().await, EVERY);
    assert_eq!(intake.sizes(), [EVENTS_A_SUBMISSION, 1]);
    let rejected = u64::try_from(EVENTS_A_SUBMISSION).unwrap();
    assert_eq!((Counters::read(&counters.rejected), Counters::read(&counters.duplicates)), (rejected, 1));
}

#[tokio::test]
async fn a_refusal_is_said_once_per_reason_and_submits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.csv");
    let (mut poller, intake, counters) = poller(in_file(&path));
    for (body, said) in [
        ("<html>", 1),
        ("<html><p>", 1),
        ("station,at,waitin\n", 2),
        ("<html>", 3),
        ("station,at,waiting\n", 3),
        ("<html>", 4),
    ] {
        std::fs::write(&path, body).unwrap();
        assert_eq!(poller.turn().await, EVERY, "a refusal is asked about no sooner: {body}");
        assert_eq!(Counters::read(&counters.said), said, "{body}");
    }
    assert_eq!(Counters::read(&counters.refused), 5);
    assert!(intake.sizes().is_empty());
}

/// Answers one request after the other by script, closing each connection; yields the requests' heads.
async fn publisher(answers: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/feed.csv", listener.local_addr().unwrap());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = heads.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(socket.read_u8().await.unwrap());
            }
            seen.lock().unwrap().push(String::from_utf8(head).unwrap().to_lowercase());
            // A client that has read enough may hang up first.
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (url, heads)
}

fn ok(body: &str, more: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n{more}\r\n{body}")
}

#[tokio::test]
async fn validators_are_sent_back_only_for_a_body_that_was_accepted() {
    let marks = "etag: \"a\"\r\nlast-modified: Wed, 01 Jan 2025 10:00:00 GMT\r\n";
    let (url, heads) = publisher(vec![
        ok("<html>", "etag: \"bad\"\r\n"),
        ok(&table(10, 2), marks),
        "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_owned(),
        ok(&table(11, 2), "etag: \"b\"\r\n"),
        ok(&table(12, 2), ""),
    ])
    .await;
    let (mut poller, intake, counters) = poller(spec(&format!("url = \"{url}\"\n")));
    for _ in 0..5 {
        assert_eq!(poller.turn().await, EVERY);
    }
    assert_eq!(intake.sizes(), [2, 2, 2]);
    assert_eq!(Counters::read(&counters.unchanged), 1);
    let heads = heads.lock().unwrap();
    let sent = |at: usize, header: &str| heads[at].contains(header);
    assert!(!sent(1, "if-none-match"), "a refused body must be sent again");
    assert!(
        sent(2, "if-none-match: \"a\"\r\n")
            && sent(2, "if-modified-since: wed, 01 jan 2025 10:00:00 gmt\r\n")
    );
    assert!(sent(3, "if-none-match: \"a\"\r\n"), "a 304 does not end what it confirms");
    assert!(sent(4, "if-none-match: \"b\"\r\n") && !sent(4, "if-modified-since"));
}

#[tokio::test]
async fn failures_of_the_publisher_are_followed_by_growing_pauses() {
    let (url, _) = publisher(vec![
        "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
        ok(&"x".repeat(100_001), ""),
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\nstation,at".to_owned(),
        ok(&table(10, 2), ""),
        ok(&table(11, 2), ""),
    ])
    .await;
    let (mut poller, intake, _) = poller(spec(&format!("url = \"{url}\"\n")));
    let mut pauses = Vec::new();
    for _ in 0..5 {
        pauses.push(poller.turn().await);
    }
    assert_eq!(pauses, [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, EVERY, EVERY]);
    assert_eq!(intake.sizes(), [2, 2], "a body of half its length is none");
}

#[tokio::test]
async fn nobody_listening_is_a_failure_without_the_address_in_its_sentence() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (mut poller, _, _) = poller(spec(&format!("url = \"http://{address}/feed?key=secret\"\n")));
    assert_eq!(poller.turn().await, FIRST_PAUSE);
    let trouble = poller.trouble.unwrap();
    assert!(trouble.starts_with("the publisher could not be reached"), "{trouble}");
    assert!(!trouble.contains("secret"), "{trouble}");
}

#[tokio::test(start_paused = true)]
async fn a_poller_follows_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.csv");
    std::fs::write(&path, table(10, 2)).unwrap();
    let (poller, intake, counters) = poller(in_file(&path));
    let stop = CancellationToken::new();
    let following = tokio::spawn(poller.run(stop.clone()));
    while Counters::read(&counters.polls) < 3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    stop.cancel();
    following.await.unwrap();
    assert_eq!(intake.sizes(), [2]);
}

#[test]
fn pauses_double_up_to_the_longest() {
    let pauses: Vec<u64> = [1, 2, 3, 9, 10, 40, u32::MAX].map(|n| pause_after(n).as_secs()).to_vec();
    assert_eq!(
        pauses,
        [1, 2, 4, 256, LONGEST_PAUSE.as_secs(), LONGEST_PAUSE.as_secs(), LONGEST_PAUSE.as_secs()]
    );
}

#[test]
fn a_feed_without_a_place_cannot_be_followed() {
    let mut spec = spec("file = 'x'\n");
    spec.poll = None;
    let error = Poller::new(spec, Intake::default(), Arc::default()).err();
    assert!(matches!(error, Some(Error::FeedRule { .. })));
}

/// What a test's log says.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_line_repeats_an_identity_code() {
    const CODE: &str = "131052-308T";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.csv");
    let rows = format!("{CODE},2025-01-01T10:00:00Z,1\ns2,2025-01-01T10:00:00Z,{CODE}\n");
    std::fs::write(&path, format!("station,at,waiting\n{rows}")).unwrap();
    let (mut poller, intake, _) = poller(in_file(&path));
    intake.answer([Answer::All(Receipt::Rejected(format!("{CODE} is no ticket")))]);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let _here = tracing::subscriber::set_default(subscriber);
    assert_eq!(poller.turn().await, EVERY);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("row left out") && said.contains("event rejected"), "{said}");
    assert!(!said.contains("131052"), "{said}");
}
