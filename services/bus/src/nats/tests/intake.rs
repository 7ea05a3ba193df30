//! The intake stream on a real server: made once, never altered, every drift told.

use async_nats::jetstream::{self, stream::DiscardPolicy};

use super::*;

fn wanted() -> IntakeStream {
    IntakeStream {
        area: "itauusimaa".to_owned(),
        replicas: 1,
        max_age: Duration::from_secs(3_600),
        max_bytes: 1 << 20,
    }
}

async fn admin(url: &str) -> NatsAdmin {
    NatsAdmin::connect(&NatsOptions::new(url, "admin")).await.unwrap()
}

#[tokio::test]
async fn a_stream_that_was_made_is_as_it_should_be() {
    let Some(url) = server() else { return };
    let admin = admin(&url).await;
    let wanted = wanted();
    assert_eq!(admin.drift(&wanted).await.unwrap(), None);
    admin.create(&wanted).await.unwrap();
    assert_eq!(admin.drift(&wanted).await.unwrap(), Some(Vec::new()));
    assert!(!admin.server().encrypted && admin.server().max_payload == ServerFacts::MAX_PAYLOAD);
}

#[tokio::test]
async fn every_drift_is_told_and_nothing_is_altered() {
    let Some(url) = server() else { return };
    let admin = admin(&url).await;
    let wanted = wanted();
    admin.create(&wanted).await.unwrap();
    let jetstream = jetstream::new(async_nats::connect(&url).await.unwrap());
    let stream = jetstream.get_stream(wanted.name()).await.unwrap();
    let mut altered = stream.cached_info().config.clone();
    altered.discard = DiscardPolicy::Old;
    altered.max_messages = 7;
    altered.allow_direct = false;
    altered.duplicate_window = Duration::from_secs(60);
    jetstream.update_stream(&altered).await.unwrap();
    let other = IntakeStream { max_bytes: 2 << 20, ..wanted.clone() };
    for _ in 0..2 {
        let told: Vec<String> =
            admin.drift(&other).await.unwrap().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "discard: is old, should be new",
                "max_bytes: is 1048576, should be 2097152",
                "max_msgs: is 7, should be unlimited",
                "duplicate_window: is 60s, should be 100ms",
                "allow_direct: is off, should be on",
            ]
        );
        // Making it again is refused: it would have to be altered.
        assert!(matches!(admin.create(&other).await, Err(Error::JetStream { .. })));
    }
}

#[tokio::test]
async fn a_full_stream_refuses_instead_of_forgetting() {
    let Some(url) = server() else { return };
    let wanted = IntakeStream { max_bytes: 4_096, ..wanted() };
    admin(&url).await.create(&wanted).await.unwrap();
    let jetstream = jetstream::new(async_nats::connect(&url).await.unwrap());
    let subject = Subject::intake("itauusimaa", Family::Queue).to_string();
    let mut kept = 0;
    let refusal = loop {
        match jetstream.publish(subject.clone(), vec![1; 500].into()).await.unwrap().await {
            Ok(_kept) => kept += 1,
            Err(refusal) => break refusal,
        }
        assert!(kept < 100, "never refused");
    };
    assert!(refusal.to_string().contains("maximum bytes exceeded"), "{refusal}");
    let stream = jetstream.get_stream(wanted.name()).await.unwrap();
    assert_eq!((stream.cached_info().state.first_sequence, stream.cached_info().state.messages), (1, kept));
}

#[tokio::test]
async fn a_server_without_jetstream_is_told_from_one_without_the_stream() {
    let Some(program) = program() else { return };
    let directory = NatsServer::directory_for_one();
    let server = NatsServer::start_in(&program, directory, "server_name: bare\n");
    let admin = admin(&server.url()).await;
    assert!(matches!(admin.drift(&wanted()).await, Err(Error::NoJetStream)));
    assert!(matches!(admin.create(&wanted()).await, Err(Error::NoJetStream)));
}
