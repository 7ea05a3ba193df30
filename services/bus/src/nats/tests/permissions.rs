//! The shipped server configuration, with the generated users, over TLS: what each may do, and what it may not.

mod house;

use std::sync::Mutex;

use async_nats::jetstream;
use proto::live::{Recorded, StreamStand};

use super::desk::AREA;
use super::*;
use crate::nats::intake::IntakeEnd;
use crate::nats::users::new_key;
use house::House;

async fn with_stream(house: &House) -> IntakeStream {
    let wanted = super::desk::stream_of(AREA, 1 << 20);
    let admin = NatsAdmin::connect(&house.options("admin")).await.unwrap();
    admin.create(&wanted).await.unwrap();
    assert_eq!(admin.drift(&wanted).await.unwrap(), Some(Vec::new()));
    assert!(admin.server().encrypted);
    wanted
}

/// Listens as one of several processes that are asked by name, and answers.
async fn responder(bus: &Bus, subject: &Subject, word: &'static str) {
    answer_with(bus.subscribe(&Filter::exactly(subject)).await.unwrap(), word);
}

/// A recorder's word, as it takes events.
fn word(recorder: &str) -> Recorded {
    let identity = "s".to_owned();
    Recorded {
        recorder: recorder.to_owned(),
        process: String::new(),
        epoch: "e".to_owned(),
        sequence: 1,
        head: String::new(),
        lends: true,
        stream: Some(StreamStand { identity, cursor: 1, kept: 1, follows: true }),
        degraded: None,
    }
}

async fn say_again(bus: Bus, word: Recorded) {
    let word = Bytes::from(serde_json::to_vec(&word).unwrap());
    loop {
        bus.publish(&Subject::recorded(AREA), word.clone()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What one refused user tried, in the words of the server.
async fn refusals(client: &async_nats::Client, refused: &Mutex<Vec<String>>, count: usize) -> Vec<String> {
    client.flush().await.unwrap();
    soon(async {
        while refused.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    refused.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_can_do_its_work() {
    let Some(house) = House::open() else { return };
    let (recorder, projector, gateway) =
        (house.bus("recorder").await, house.bus("projector").await, house.bus("gateway").await);
    responder(&recorder, &Subject::journal_read(AREA), "page").await;
    responder(&recorder, &Subject::journal_of(AREA, "a"), "a's page").await;
    responder(&projector, &Subject::boards_read(AREA), "board").await;
    responder(&projector, &Subject::boards_of(AREA, "p1"), "p1's board").await;
    let mut changes = gateway.subscribe(&Filter::boards(AREA)).await.unwrap();
    let mut beats = gateway.subscribe(&Filter::exactly(&Subject::heartbeat(AREA))).await.unwrap();
    // A recorder hears its peers too.
    for listener in [&projector, &house.bus("recorder").await] {
        let mut recorded = listener.subscribe(&Filter::exactly(&Subject::recorded(AREA))).await.unwrap();
        recorder.publish(&Subject::recorded(AREA), Bytes::from_static(b"1")).await.unwrap();
        assert_eq!(message(&mut recorded).await.payload, "1");
    }
    projector.publish(&Subject::board(AREA, "situation"), Bytes::from_static(b"2")).await.unwrap();
    assert_eq!(message(&mut changes).await.payload, "2");
    projector.publish(&Subject::heartbeat(AREA), Bytes::from_static(b"3")).await.unwrap();
    assert_eq!(message(&mut beats).await.payload, "3");
    let (journal, of_one) = (Subject::journal_read(AREA), Subject::journal_of(AREA, "a"));
    for asker in [&projector, &gateway, &recorder, &house.bus("recorder").await] {
        assert_eq!(soon(asker.request(&journal, Bytes::new(), PATIENCE)).await, Ok("page".into()));
        assert_eq!(soon(asker.request(&of_one, Bytes::new(), PATIENCE)).await, Ok("a's page".into()));
    }
    for (subject, answer) in
        [(Subject::boards_read(AREA), "board"), (Subject::boards_of(AREA, "p1"), "p1's board")]
    {
        assert_eq!(soon(gateway.request(&subject, Bytes::new(), PATIENCE)).await, Ok(answer.into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_source_gets_its_receipts_and_the_recorder_does_its_work_on_the_stream() {
    let Some(house) = House::open() else { return };
    with_stream(&house).await;
    let recorder = IntakeEnd::open(&house.options("recorder"), AREA).await.unwrap();
    let own = Subject::intake_own(AREA);
    assert_eq!(recorder.put(&own, Bytes::from_static(b"begin")).await.unwrap(), 1);
    assert_eq!(recorder.last_on(&own).await.unwrap().unwrap().payload, "begin");
    let mut reader = recorder.read(2).await.unwrap();
    for (name, family) in [
        ("queue", Family::Queue),
        ("staffing", Family::Staffing),
        ("capacity", Family::Capacity),
        ("feed-porvoo", Family::Capacity),
    ] {
        let source = house.bus(name).await;
        let subject = Subject::intake(AREA, family);
        let handed = source.hand_in(&subject, Bytes::from_static(b"event"), PATIENCE);
        let answer = async {
            let mut entries = Vec::new();
            reader.next_many(1, &mut entries).await.unwrap();
            let receipt_to = entries.pop().unwrap().receipt_to.unwrap();
            recorder.answer(&receipt_to, "a", Bytes::from_static(b"receipt")).await;
        };
        let (receipt, ()) = soon(async { tokio::join!(handed, answer) }).await;
        assert_eq!(receipt, Ok("receipt".into()), "{name}");
    }
    recorder.trim(4).await.unwrap();
    let state = recorder.state().await.unwrap().unwrap();
    assert_eq!((state.first, state.last), (4, 5));
    assert_eq!(recorder.entry(3).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_goes_into_the_stream_and_only_the_recorder_reads_it() {
    let Some(house) = House::open() else { return };
    let wanted = with_stream(&house).await;
    let (source, _) = house.bare("staffing").await;
    let subject = Subject::intake(AREA, Family::Staffing).to_string();
    let context = jetstream::new(source);
    let kept = context.publish(subject, "event".into()).await.unwrap();
    assert_eq!(soon(kept.into_future()).await.unwrap().sequence, 1);

    let (recorder, refused) = house.bare("recorder").await;
    let jetstream = jetstream::new(recorder.clone());
    let stream = jetstream.get_stream(wanted.name()).await.unwrap();
    assert_eq!(stream.direct_get(1).await.unwrap().payload, "event");
    let ordered = jetstream::consumer::pull::OrderedConfig::default();
    let consumer = stream.create_consumer(ordered).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    let read = soon(futures_util::StreamExt::next(&mut messages)).await.unwrap().unwrap();
    assert_eq!((read.payload.as_ref(), read.info().unwrap().stream_sequence), (b"event".as_ref(), 1));
    stream.purge().sequence(2).await.unwrap();
    assert_eq!(refused.lock().unwrap().as_slice(), [] as [String; 0]);

    // The operator hears where recorders stand; who may not is told so, and not that nobody is there.
    let operator = NatsAdmin::connect(&house.options("admin")).await.unwrap();
    let speaking = tokio::spawn(say_again(house.bus("recorder").await, word("a")));
    assert!(operator.roll_call(AREA, 1).await.unwrap().contains_key("a"));
    let staffing = NatsAdmin::connect(&house.options("staffing")).await.unwrap();
    assert!(matches!(staffing.roll_call(AREA, 1).await, Err(Error::Deaf)));
    speaking.abort();

    // Looking at the stream is all that the operator's user may do with it afterwards.
    let (admin, refused) = house.bare("admin").await;
    let name = wanted.name();
    for api in
        ["STREAM.UPDATE", "STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.CREATE"]
    {
        admin.publish(format!("$JS.API.{api}.{name}"), "{}".into()).await.unwrap();
    }
    assert_eq!(refusals(&admin, &refused, 6).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_staffing_publisher_publishes_staffing_and_nothing_else() {
    let Some(house) = House::open() else { return };
    let (staffing, refused) = house.bare("staffing").await;
    let stream = proto::subject::intake_stream(AREA);
    let intake = |area, family| Subject::intake(area, family).to_string();
    let mut forbidden = vec![
        intake(AREA, Family::Queue),
        intake(AREA, Family::Capacity),
        intake("uusimaa", Family::Staffing),
        Subject::intake(AREA, Family::Queue).question(),
        Subject::intake(AREA, Family::Staffing).question(),
        Subject::intake_own(AREA).to_string(),
        Subject::intake_own(AREA).question(),
        Subject::recorded(AREA).to_string(),
        Subject::board(AREA, "situation").to_string(),
        Subject::heartbeat(AREA).to_string(),
        Subject::boards_read(AREA).question(),
        Subject::boards_of(AREA, "p1").question(),
        Subject::journal_read(AREA).question(),
        Subject::journal_of(AREA, "a").question(),
        "_INBOX.recorder.x".to_owned(),
        "$SYS.REQ.SERVER.PING".to_owned(),
        "$JS.API.INFO".to_owned(),
        "$JS.API.STREAM.NAMES".to_owned(),
        format!("$JS.API.STREAM.MSG.GET.{stream}"),
        format!("$JS.ACK.{stream}.x"),
    ];
    for api in ["CREATE", "UPDATE", "INFO", "PURGE", "DELETE"] {
        forbidden.push(format!("$JS.API.STREAM.{api}.{stream}"));
    }
    for api in ["DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.NAMES", "CONSUMER.LIST", "STREAM.SNAPSHOT"] {
        forbidden.push(format!("$JS.API.{api}.{stream}"));
    }
    for api in ["DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.MSG.NEXT", "CONSUMER.DELETE"] {
        forbidden.push(format!("$JS.API.{api}.{stream}.x"));
    }
    for subject in &forbidden {
        staffing.publish(subject.clone(), "{}".into()).await.unwrap();
    }
    let told = refusals(&staffing, &refused, forbidden.len()).await;
    for subject in &forbidden {
        let sentence = format!("Publish to \"{subject}\"");
        assert!(told.iter().any(|told| told.contains(&sentence)), "{subject} was not refused: {told:?}");
    }
    refused.lock().unwrap().clear();

    let unheard = [">", "tilanne.>", "_INBOX.>", "_INBOX.recorder.>", "$JS.>", "$SYS.>"].map(str::to_owned);
    let boards = [Filter::boards(AREA), Filter::intake(AREA)].map(|filter| filter.to_string());
    let mut kept = Vec::new();
    for filter in unheard.iter().chain(&boards) {
        kept.push(staffing.subscribe(filter.clone()).await.unwrap());
    }
    let told = refusals(&staffing, &refused, kept.len()).await;
    for filter in unheard.iter().chain(&boards) {
        let sentence = format!("Subscription to \"{filter}\"");
        assert!(told.iter().any(|told| told.contains(&sentence)), "{filter} was not refused: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forbidden_subscription_of_the_bus_ends() {
    let Some(house) = House::open() else { return };
    let bus = house.bus("staffing").await;
    let mut boards = bus.subscribe(&Filter::boards(AREA)).await.unwrap();
    assert!(soon(boards.next()).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_unknown_or_unencrypted_does_not_come_in() {
    let Some(house) = House::open() else { return };
    let sentence =
        async |options: NatsOptions| Bus::nats(&options, Limits::default()).await.unwrap_err().to_string();
    let (seed, _) = new_key().unwrap();
    std::fs::write(house.server.directory().join("stranger.seed"), seed).unwrap();
    let told = sentence(house.options("stranger")).await;
    assert!(told.contains("refuses this user"), "{told}");
    let told = sentence(NatsOptions { credentials: Credentials::None, ..house.options("queue") }).await;
    assert!(told.contains("refuses this user"), "{told}");
    let told = sentence(NatsOptions { authority: None, ..house.options("queue") }).await;
    assert!(told.contains("can be reached") && told.contains("certificate"), "{told}");
}
