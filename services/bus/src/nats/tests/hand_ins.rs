//! Events on their way through the stream, and their receipts.

use async_nats::jetstream;
use futures_util::StreamExt;
use proto::receipt::{Position, Receipt, Status};

use super::desk::{AREA, Recorder, make_stream, source, stream_of};
use super::*;
use crate::Error;
use crate::nats::intake::{Addressed, Entry};

fn receipt(status: Status, sequence: u64) -> Bytes {
    let position = Some(Position { epoch: "e".to_owned(), sequence });
    serde_json::to_vec(&Receipt { id: None, source: None, status, position, reason: None }).unwrap().into()
}

fn recorded(sequence: u64) -> Bytes {
    receipt(Status::Recorded, sequence)
}

const FULL: &[u8] = b"{\"unavailable\":\"the disk is full\"}";

type Source = tokio::task::JoinHandle<Result<Bytes, Error>>;

fn hand_in(bus: &Bus, deadline: Duration) -> Source {
    let bus = bus.clone();
    tokio::spawn(async move { bus.hand_in(&subject(AREA), Bytes::from_static(b"event"), deadline).await })
}

async fn recorders<const N: usize>(url: &str, names: [&'static str; N]) -> Vec<Recorder> {
    let mut recorders = Vec::new();
    for name in names {
        recorders.push(Recorder::begin(url, AREA, name).await);
    }
    recorders
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_receipts_are_waited_for_where_two_are_wanted() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let mut recorders = recorders(&url, ["a", "b"]).await;
    let bus = source(&url, 2).await;
    let mut source = hand_in(&bus, PATIENCE);
    recorders[0].answer(receipt(Status::Duplicate, 7)).await;
    // The same one again is not a second one: the resent event reaches it before anybody else has answered.
    recorders[0].answer(receipt(Status::Duplicate, 7)).await;
    assert!(timeout(Duration::from_millis(50), &mut source).await.is_err());
    recorders[1].answer(recorded(7)).await;
    assert_eq!(soon(source).await.unwrap(), Ok(recorded(7)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorder_that_differs_does_not_count() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let mut recorders = recorders(&url, ["a", "b", "c"]).await;
    let bus = source(&url, 2).await;
    let source = hand_in(&bus, PATIENCE);
    for (recorder, sequence) in recorders.iter_mut().zip([8, 7, 7]) {
        recorder.answer(recorded(sequence)).await;
    }
    assert_eq!(soon(source).await.unwrap(), Ok(recorded(7)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorder_that_can_record_nothing_is_heard_only_if_the_others_are_too_few() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let mut recorders = recorders(&url, ["a", "b", "c"]).await;
    let bus = source(&url, 2).await;
    for (others, expected) in [(2, recorded(7)), (1, Bytes::from_static(FULL))] {
        let source = hand_in(&bus, Duration::from_secs(1));
        recorders[0].answer(Bytes::from_static(FULL)).await;
        for recorder in recorders.iter_mut().skip(1) {
            recorder.next().await;
        }
        let entry = recorders[1].end.last_on(&subject(AREA)).await.unwrap().unwrap();
        for name in ["b", "c"].iter().take(others) {
            recorders[1].end.answer(entry.receipt_to.as_deref().unwrap(), name, recorded(7)).await;
        }
        assert_eq!(soon(source).await.unwrap(), Ok(expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_sent_again_until_a_recorder_answers() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let mut recorder = Recorder::begin(&url, AREA, "a").await;
    let bus = source(&url, 1).await;
    let source = hand_in(&bus, PATIENCE);
    let silent = recorder.next().await;
    let again = recorder.answer(recorded(1)).await;
    assert_eq!((again.payload, again.receipt_to), (silent.payload, silent.receipt_to));
    assert_eq!((silent.sequence, again.sequence), (1, 2));
    assert_eq!(soon(source).await.unwrap(), Ok(recorded(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_that_come_together_reach_each_event_its_own() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let mut recorder = Recorder::begin(&url, AREA, "a").await;
    let (bus, other) = (source(&url, 1).await, source(&url, 1).await);
    let sources: Vec<Source> =
        (0..100).map(|n| hand_in(if n % 2 == 0 { &bus } else { &other }, PATIENCE)).collect();
    let mut receipts = Vec::new();
    for _ in 0..100 {
        let Entry { sequence, receipt_to, together, .. } = recorder.next().await;
        receipts.push(Addressed { to: receipt_to.unwrap(), together, receipt: recorded(sequence) });
    }
    // Who asks for each by itself gets it so.
    let (mut stranger, inbox) = stranger(&url).await;
    receipts.push(Addressed { to: inbox, together: false, receipt: recorded(101) });
    recorder.end.answer_all("a", receipts).await;
    let mut sequences = Vec::new();
    for source in sources {
        let receipt: Receipt = serde_json::from_slice(&soon(source).await.unwrap().unwrap()).unwrap();
        sequences.push(receipt.position.unwrap().sequence);
    }
    sequences.sort_unstable();
    assert!(sequences.into_iter().eq(1..=100));
    assert_eq!(soon(stranger.next()).await.unwrap().payload, recorded(101));
}

async fn stranger(url: &str) -> (async_nats::Subscriber, String) {
    let client = async_nats::connect(url).await.unwrap();
    let inbox = client.new_inbox();
    let mut letters = client.subscribe(inbox.clone()).await.unwrap();
    // What came back through the server shows that it knows of the subscription.
    client.publish(inbox.clone(), Bytes::new()).await.unwrap();
    soon(letters.next()).await.unwrap();
    (letters, inbox)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_outlives_a_server_that_is_killed() {
    let Some(program) = program() else { return };
    let mut server = NatsServer::start(&program);
    let url = server.url();
    make_stream(&url, AREA).await;
    let mut recorder = Recorder::begin(&url, AREA, "a").await;
    let bus = source(&url, 1).await;
    let sources: Vec<Source> = (0..100).map(|_| hand_in(&bus, PATIENCE)).collect();
    for _ in 0..100 {
        recorder.next().await;
    }
    server.kill();
    server.begin_again();
    let end = recorder.end.clone();
    let answering = tokio::spawn(async move {
        let (mut next, mut entries) = (101, Vec::new());
        loop {
            // Refused until the connection and the stream are back.
            let Ok(mut reader) = end.read(next).await else { continue };
            while reader.next_many(100, &mut entries).await.is_ok() {
                for entry in entries.drain(..) {
                    next = entry.sequence + 1;
                    end.answer(&entry.receipt_to.unwrap(), "a", recorded(entry.sequence)).await;
                }
            }
        }
    });
    for source in sources {
        assert!(soon(source).await.unwrap().is_ok());
    }
    answering.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_stream_refuses_at_once() {
    let Some(url) = server() else { return };
    let admin = NatsAdmin::connect(&NatsOptions::new(&url, "admin")).await.unwrap();
    admin.create(&stream_of(AREA, 4_096)).await.unwrap();
    let bus = source(&url, 1).await;
    let end = super::desk::end(&url, AREA).await;
    let own = Subject::intake_own(AREA);
    let mut kept = 0;
    while end.put(&own, vec![1; 500].into()).await.is_ok() {
        kept += 1;
        assert!(kept < 100, "never refused");
    }
    let refused = end.put(&own, vec![1; 500].into()).await;
    assert!(matches!(refused, Err(super::Error::StreamFull { .. })), "{refused:?}");
    let event = Bytes::from(vec![1; 500]);
    assert_eq!(soon(bus.hand_in(&subject(AREA), event, PATIENCE * 2)).await, Err(Error::Full));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_stream_the_way_to_one_is_told_at_once() {
    let Some(program) = program() else { return };
    let bare = NatsServer::start_in(&program, NatsServer::directory_for_one(), "server_name: bare\n");
    let server = NatsServer::start(&program);
    for url in [server.url(), bare.url()] {
        let bus = source(&url, 1).await;
        let refused = soon(bus.hand_in(&subject(AREA), Bytes::new(), PATIENCE * 2)).await;
        assert_eq!(refused, Err(Error::NoStream));
    }
    assert!(Error::NoStream.to_string().contains("`tilanne nats init`"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_has_kept_an_event_and_is_not_heard_now_has_no_leader() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let bus = source(&url, 1).await;
    let mut recorder = Recorder::begin(&url, AREA, "a").await;
    let kept = hand_in(&bus, PATIENCE);
    recorder.answer(recorded(1)).await;
    soon(kept).await.unwrap().unwrap();
    // To a source it looks the same as one whose servers have no majority: nobody answers on its subject.
    let jetstream = jetstream::new(async_nats::connect(&url).await.unwrap());
    jetstream.delete_stream(stream_of(AREA, 0).name()).await.unwrap();
    assert_eq!(soon(hand_in(&bus, PATIENCE * 2)).await.unwrap(), Err(Error::NoLeader));
    assert_eq!(soon(hand_in(&source(&url, 1).await, PATIENCE * 2)).await.unwrap(), Err(Error::NoStream));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_met_no_server_is_not_said_to_have_met_a_full_one() {
    let Some(program) = program() else { return };
    let mut server = NatsServer::start(&program);
    let bus = source(&server.url(), 1).await;
    let mut connected = bus.connected().unwrap();
    server.kill();
    soon(connected.wait_for(|up| !up)).await.unwrap();
    let refused = soon(hand_in(&bus, Duration::from_millis(200))).await.unwrap();
    assert_eq!(refused, Err(Error::Unconnected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_in_the_stream_says_where_its_receipts_go_and_has_no_id_of_the_servers() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let mut recorder = Recorder::begin(&url, AREA, "a").await;
    let bus = source(&url, 1).await;
    let source = hand_in(&bus, PATIENCE);
    let entry = recorder.answer(recorded(1)).await;
    soon(source).await.unwrap().unwrap();
    let jetstream = jetstream::new(async_nats::connect(&url).await.unwrap());
    let stream = jetstream.get_stream(stream_of(AREA, 0).name()).await.unwrap();
    let headers = stream.direct_get(1).await.unwrap().headers;
    assert_eq!(headers.get("Tilanne-Receipt-To").unwrap().as_str(), entry.receipt_to.unwrap());
    assert!(headers.get("Tilanne-Receipt-To").unwrap().as_str().starts_with("_INBOX.source."));
    assert!(headers.get("Nats-Msg-Id").is_none());
}
