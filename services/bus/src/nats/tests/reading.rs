//! Reading the stream by sequence: in order, nothing twice, and nothing missed silently.

use async_nats::jetstream;
use tokio::time::Instant;

use super::desk::{AREA, end, make_stream, stream_of};
use super::*;
use crate::nats::intake::{Entry, IntakeEnd, Reader};

fn own() -> Subject {
    Subject::intake_own(AREA)
}

async fn fill(end: &IntakeEnd, count: u64) {
    for step in 0..count {
        soon(end.put(&own(), step.to_string().into())).await.unwrap();
    }
}

async fn read(reader: &mut Reader, count: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        soon(reader.next_many(count - entries.len(), &mut entries)).await.unwrap();
    }
    entries
}

async fn ends(reader: &mut Reader) -> super::Error {
    soon(reader.next_many(1, &mut Vec::new())).await.unwrap_err()
}

fn gap(error: &super::Error) -> (u64, u64) {
    let super::Error::Gap { after, got } = error else { panic!("expected a gap, got {error}") };
    (*after, *got)
}

async fn bare(url: &str) -> (async_nats::Client, jetstream::Context, String) {
    let client = async_nats::connect(url).await.unwrap();
    let context = jetstream::new(client.clone());
    (client, context, stream_of(AREA, 0).name())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_publishers_are_read_in_the_one_order_of_the_stream() {
    const PUBLISHERS: u32 = 5;
    const EACH: u32 = 1_000;
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let end = end(&url, AREA).await;
    let mut early = end.read(1).await.unwrap();
    for publisher in 0..PUBLISHERS {
        let client = async_nats::connect(&url).await.unwrap();
        tokio::spawn(async move {
            let subject = Subject::intake(AREA, Family::ALL[(publisher % 3) as usize]).to_string();
            for step in 0..EACH {
                let payload = format!("{publisher} {step}");
                client.publish(subject.clone(), payload.into()).await.unwrap();
            }
            client.flush().await.unwrap();
        });
    }
    let count = (PUBLISHERS * EACH) as usize;
    let live = read(&mut early, count).await;
    let mut next = [0; PUBLISHERS as usize];
    for (sequence, entry) in (1..).zip(&live) {
        let text = String::from_utf8(entry.payload.to_vec()).unwrap();
        let (publisher, step) = text.split_once(' ').unwrap();
        let next = &mut next[publisher.parse::<usize>().unwrap()];
        assert_eq!((entry.sequence, step.parse::<u32>().unwrap()), (sequence, *next));
        *next += 1;
    }
    // Whoever comes later, to the middle, reads the same.
    let again = read(&mut end.read(2_001).await.unwrap(), count - 2_000).await;
    assert_eq!(again, live[2_000..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_messages_come_as_well_as_small_ones() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let end = end(&url, AREA).await;
    let sizes = [crate::MAX_PAYLOAD, 0, 5_000_000, crate::MAX_PAYLOAD, crate::MAX_PAYLOAD, 1, 3_000_000];
    for size in sizes {
        soon(end.put(&own(), vec![7; size].into())).await.unwrap();
    }
    let read = read(&mut end.read(1).await.unwrap(), sizes.len()).await;
    assert_eq!(read.iter().map(|entry| entry.payload.len()).collect::<Vec<_>>(), sizes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_is_found_by_its_sequence_and_by_its_subject() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let end = end(&url, AREA).await;
    assert_eq!(end.last_on(&own()).await.unwrap(), None);
    fill(&end, 3).await;
    let (client, ..) = bare(&url).await;
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Tilanne-Receipt-To", "_INBOX.x.1");
    client.publish_with_headers(subject(AREA).to_string(), headers, "event".into()).await.unwrap();
    let delivered = read(&mut end.read(1).await.unwrap(), 4).await;
    for entry in &delivered {
        assert_eq!(end.entry(entry.sequence).await.unwrap().as_ref(), Some(entry));
    }
    assert_eq!(delivered[3].receipt_to.as_deref(), Some("_INBOX.x.1"));
    assert_eq!(end.last_on(&own()).await.unwrap().as_ref(), Some(&delivered[2]));
    assert_eq!(end.last_on(&subject(AREA)).await.unwrap().as_ref(), Some(&delivered[3]));
    for none in [0, 5] {
        assert_eq!(end.entry(none).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trimming_removes_what_is_before_and_never_makes_a_hole() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let end = end(&url, AREA).await;
    let span = async || end.state().await.unwrap().map(|state| (state.first, state.last));
    assert_eq!(span().await, Some((1, 0)));
    fill(&end, 10).await;
    for (before, expected) in [(0, (1, 10)), (1, (1, 10)), (4, (4, 10)), (2, (4, 10)), (100, (11, 10))] {
        end.trim(before).await.unwrap();
        assert_eq!(span().await, Some(expected), "before {before}");
    }
    fill(&end, 1).await;
    assert_eq!(span().await, Some((11, 11)));
    assert_eq!(end.entry(10).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_stream_does_not_have_any_more_is_a_gap() {
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let end = end(&url, AREA).await;
    fill(&end, 10).await;
    let mut reader = end.read(1).await.unwrap();
    read(&mut reader, 10).await;
    end.trim(8).await.unwrap();
    assert_eq!(gap(&end.read(5).await.unwrap_err()), (4, 8));
    assert_eq!(gap(&end.read(20).await.unwrap_err()), (19, 11));
    assert_eq!(read(&mut end.read(8).await.unwrap(), 3).await.len(), 3);
    // By hand beyond its end: the stream goes on elsewhere.
    let (client, _, name) = bare(&url).await;
    client.request(format!("$JS.API.STREAM.PURGE.{name}"), "{\"seq\":31}".into()).await.unwrap();
    fill(&end, 1).await;
    assert_eq!(gap(&ends(&mut reader).await), (10, 31));
    assert_eq!(gap(&ends(&mut reader).await), (10, 31), "it stays so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_made_again_is_another_one() {
    let Some(url) = server() else { return };
    let end = end(&url, AREA).await;
    assert_eq!(end.state().await.unwrap(), None);
    assert!(matches!(end.put(&own(), Bytes::new()).await, Err(super::Error::NoStream { .. })));
    assert!(matches!(end.last_on(&own()).await, Err(super::Error::NoStream { .. })));
    assert!(matches!(end.read(1).await, Err(super::Error::NoStream { .. })));
    make_stream(&url, AREA).await;
    fill(&end, 3).await;
    let before = end.state().await.unwrap().unwrap();
    let mut reader = end.read(1).await.unwrap();
    read(&mut reader, 3).await;
    let (_, context, name) = bare(&url).await;
    context.delete_stream(&name).await.unwrap();
    assert!(matches!(ends(&mut reader).await, super::Error::Broken { .. }));
    make_stream(&url, AREA).await;
    let after = end.state().await.unwrap().unwrap();
    assert!(after.identity != before.identity && after.identity.starts_with(&format!("{name}@")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_is_told_of_a_killed_server_and_the_stream_is_the_same_afterwards() {
    let Some(program) = program() else { return };
    let mut server = NatsServer::start(&program);
    make_stream(&server.url(), AREA).await;
    let end = end(&server.url(), AREA).await;
    fill(&end, 3).await;
    let before = end.state().await.unwrap();
    let mut reader = end.read(1).await.unwrap();
    read(&mut reader, 3).await;
    server.kill();
    assert!(matches!(ends(&mut reader).await, super::Error::Broken { .. }));
    let mut connected = end.connected();
    assert!(!*connected.borrow());
    server.begin_again();
    soon(connected.wait_for(|up| *up)).await.unwrap();
    assert_eq!(end.state().await.unwrap(), before);
    let mut reader = end.read(3).await.unwrap();
    fill(&end, 1).await;
    assert_eq!(read(&mut reader, 2).await.last().unwrap().sequence, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stands_still_and_a_lost_consumer_are_noticed() {
    let Some(program) = program() else { return };
    let server = NatsServer::start(&program);
    make_stream(&server.url(), AREA).await;
    let end = end(&server.url(), AREA).await;
    fill(&end, 1).await;
    let mut reader = end.read(1).await.unwrap();
    read(&mut reader, 1).await;
    let (_, context, name) = bare(&server.url()).await;
    let stream = context.get_stream(&name).await.unwrap();
    let mut consumers = stream.consumer_names();
    let consumer = soon(futures_util::StreamExt::next(&mut consumers)).await.unwrap().unwrap();
    stream.delete_consumer(&consumer).await.unwrap();
    assert!(matches!(ends(&mut reader).await, super::Error::Broken { .. }));

    let mut reader = end.read(2).await.unwrap();
    fill(&end, 1).await;
    read(&mut reader, 1).await;
    server.stand_still(true);
    let begun = Instant::now();
    assert!(matches!(ends(&mut reader).await, super::Error::Broken { .. }));
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    server.stand_still(false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_waiting_misses_nothing() {
    const COUNT: usize = 2_000;
    let Some(url) = server() else { return };
    make_stream(&url, AREA).await;
    let end = end(&url, AREA).await;
    let (client, ..) = bare(&url).await;
    tokio::spawn(async move {
        for _ in 0..COUNT {
            client.publish(own().to_string(), Bytes::new()).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut reader = end.read(1).await.unwrap();
    let mut entries = Vec::new();
    soon(async {
        while entries.len() < COUNT {
            drop(timeout(Duration::from_micros(300), reader.next_many(7, &mut entries)).await);
        }
    })
    .await;
    assert!((1..).zip(&entries).all(|(sequence, entry)| entry.sequence == sequence));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_reach_inboxes_and_nothing_else() {
    let Some(url) = server() else { return };
    let end = end(&url, AREA).await;
    let (client, ..) = bare(&url).await;
    let mut heard = client.subscribe(">").await.unwrap();
    // The server takes one connection's words in order: once it hears its own, the subscription stands.
    client.publish("standing", Bytes::new()).await.unwrap();
    let own = soon(futures_util::StreamExt::next(&mut heard)).await.unwrap();
    assert_eq!(own.subject.as_str(), "standing");
    for subject in ["tilanne.x.recorded", "$JS.API.STREAM.DELETE.X", "_INBOX", "_INBOX.a.*", "_INBOX.a.b"] {
        end.answer(subject, "a", Bytes::from_static(b"receipt")).await;
    }
    let first = soon(futures_util::StreamExt::next(&mut heard)).await.unwrap();
    assert_eq!((first.subject.as_str(), first.payload.as_ref()), ("_INBOX.a.b", b"receipt".as_ref()));
    assert_eq!(first.headers.unwrap().get("Tilanne-Recorder").unwrap().as_str(), "a");
}
