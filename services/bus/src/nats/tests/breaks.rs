//! Connections that break, and servers that will not do.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Reads on until a gap is told.
async fn gap(from: &mut Subscription) {
    while !matches!(soon(from.next()).await, Some(Delivery::Gap)) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_is_a_gap_for_every_subscription_and_then_goes_on() {
    let Some(program) = program() else { return };
    let mut server = NatsServer::start(&program);
    let bus = bus(&server.url(), "breaks").await;
    let subject = subject("breaks");
    let mut first = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let mut second = bus.subscribe(&Filter::intake("breaks")).await.unwrap();
    for _ in 0..2 {
        server.kill();
        server.begin_again();
        for subscription in [&mut first, &mut second] {
            gap(subscription).await;
        }
        bus.publish(&subject, Bytes::from_static(b"after")).await.unwrap();
        for subscription in [&mut first, &mut second] {
            assert_eq!(message(subscription).await.payload, "after");
            assert!(subscription.try_next().is_none(), "one gap for one break");
        }
    }
    answer_with(first, "here");
    assert_eq!(soon(bus.request(&subject, Bytes::new(), PATIENCE)).await, Ok(Bytes::from_static(b"here")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_connection_publications_are_lost_and_requests_wait_unsent() {
    let Some(program) = program() else { return };
    let mut server = NatsServer::start(&program);
    let bus = bus(&server.url(), "waits").await;
    let subject = subject("waits");
    answer_with(bus.subscribe(&Filter::exactly(&subject)).await.unwrap(), "here");
    let ask = |deadline| bus.request(&subject, Bytes::new(), deadline);
    assert_eq!(soon(ask(PATIENCE)).await, Ok(Bytes::from_static(b"here")));
    server.kill();
    // The break is seen within moments; until then a request may already be on its way.
    while soon(ask(Duration::from_millis(100))).await != Err(crate::Error::Unconnected) {}
    assert_eq!(soon(bus.publish(&subject, Bytes::new())).await, Ok(()));
    let patient = tokio::spawn({
        let (bus, subject) = (bus.clone(), subject.clone());
        async move { bus.request(&subject, Bytes::new(), PATIENCE).await }
    });
    server.begin_again();
    assert_eq!(soon(patient).await.unwrap(), Ok(Bytes::from_static(b"here")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_without_a_connection_does_not_hang() {
    let Some(program) = program() else { return };
    let mut server = NatsServer::start(&program);
    let bus = bus(&server.url(), "closes").await;
    let mut subscription = bus.subscribe(&Filter::intake("closes")).await.unwrap();
    server.kill();
    soon(bus.close()).await;
    while soon(subscription.next()).await.is_some() {}
}

/// Greets as a server of that version does, as often as it is called.
async fn greeter(version: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let info = format!(
                "INFO {{\"server_id\":\"X\",\"server_name\":\"old\",\"version\":\"{version}\",\
                 \"headers\":true,\"max_payload\":1048576}}\r\n"
            );
            caller.write_all(info.as_bytes()).await.unwrap();
            let mut heard = vec![0; 4096];
            drop(caller.read(&mut heard).await);
            drop(caller.write_all(b"PONG\r\n").await);
            tokio::spawn(async move { while caller.read(&mut heard).await.is_ok_and(|bytes| bytes > 0) {} });
        }
    });
    format!("nats://{address}")
}

#[tokio::test]
async fn a_server_that_is_too_old_is_refused_with_a_sentence() {
    for (version, enough) in [("2.9.25", false), ("1.4.1", false), ("2.10.0", true), ("2.15.1", true)] {
        let url = greeter(version).await;
        let connected = Bus::nats(&NatsOptions::new(&url, "x"), Limits::default()).await;
        assert_eq!(connected.is_ok(), enough, "{version}");
        if let Err(error) = connected {
            let sentence =
                format!("the NATS server old has version {version}, which is too old: install 2.10 or newer");
            assert_eq!(error.to_string(), sentence);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_reached_or_read_is_named() {
    let sentence =
        async |options: NatsOptions| Bus::nats(&options, Limits::default()).await.unwrap_err().to_string();
    let nobody = NatsOptions::new("nats://me:secret@127.0.0.1:1", "x");
    let told = sentence(nobody.clone()).await;
    assert!(told.starts_with("no NATS server can be reached at nats://127.0.0.1:1 ("), "{told}");
    let told = sentence(NatsOptions::new("http://x", "x")).await;
    assert!(told.starts_with("\"http://x\" is no address"), "{told}");
    let seed = Credentials::NkeySeed(PathBuf::from("missing.seed"));
    let told = sentence(NatsOptions { credentials: seed, ..nobody.clone() }).await;
    assert!(told.starts_with("missing.seed: "), "{told}");
    let authority = Some(PathBuf::from("missing.pem"));
    let told = sentence(NatsOptions { authority, ..nobody }).await;
    assert!(told.starts_with("missing.pem: "), "{told}");
}
