//! The door over real sockets, with a recorder behind it that answers or keeps silent.

use bus::{Bus, Delivery, Subscription};
use proto::subject::{Family, Filter, Subject};
use runtime::Span;
use runtime::metrics::Metrics;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

const KIB: usize = 1024;

struct House {
    address: std::net::SocketAddr,
    requests: Subscription,
}

async fn house(config: Config) -> House {
    let bus = Bus::in_process();
    let requests = bus.subscribe(&Filter::exactly(&Subject::intake("here", Family::Queue))).await.unwrap();
    let intake = Intake::new(bus, "here", PATIENCE);
    let router = router(config, intake, Meters::new(&Metrics::new("test").unwrap()).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    House { address, requests }
}

async fn record(mut requests: Subscription) {
    while let Some(Delivery::Message(message)) = requests.next().await {
        message.reply.unwrap().send("{}".into());
    }
}

/// One event of so many bytes.
fn event(length: usize) -> String {
    let start = r#"{"type":"fi.tilanne.queue.joined.v1","filling":""#;
    format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
}

struct Client(TcpStream);

impl Client {
    /// Announces a body and sends nothing of it.
    async fn announce(house: &House, length: usize) -> Self {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\
             Content-Type: application/cloudevents+json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        Self(stream)
    }

    async fn send(&mut self, part: &str) {
        self.0.write_all(part.as_bytes()).await.unwrap();
    }

    /// Sends a whole event.
    async fn post(house: &House, length: usize) -> Self {
        let mut client = Self::announce(house, length).await;
        client.send(&event(length)).await;
        client
    }

    /// Status and the whole answer.
    async fn answer(mut self) -> (u16, String) {
        let mut text = String::new();
        tokio::time::timeout(PATIENCE, self.0.read_to_string(&mut text)).await.unwrap().unwrap();
        (text[9..12].parse().unwrap(), text.to_lowercase())
    }
}

#[tokio::test]
async fn clients_that_send_slowly_keep_nobody_out() {
    let mut house = house(Config { bodies_at_once: 1, ..Config::default() }).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut client = Client::announce(&house, 4 * 1024 * KIB).await;
        client.send(&event(4 * 1024 * KIB)[..100]).await;
        slow.push(client);
    }
    let quick = Client::post(&house, KIB).await;
    let Some(Delivery::Message(message)) = house.requests.next().await else { panic!("no request") };
    // One place, and it is taken now: the next whole body is one too many.
    assert_eq!(Client::post(&house, KIB).await.answer().await.0, 429);
    message.reply.unwrap().send("{}".into());
    assert_eq!(quick.answer().await.0, 200);
}

#[tokio::test]
async fn bodies_that_are_half_read_together_all_come_through_a_small_budget() {
    const LENGTH: usize = 60 * KIB;
    let config = Config { bytes_at_once: 64 * KIB, body_bytes: 64 * KIB, ..Config::default() };
    let house = house(config).await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(Client::announce(&house, LENGTH).await);
    }
    let whole = event(LENGTH);
    for part in [&whole[..LENGTH / 2], &whole[LENGTH / 2..]] {
        for client in &mut clients {
            client.send(part).await;
        }
    }
    tokio::spawn(record(house.requests));
    for client in clients {
        let (status, text) = client.answer().await;
        assert_eq!(status, 200, "{text}");
    }
}

#[tokio::test]
async fn a_body_that_finds_no_room_is_told_when_to_come_back() {
    let config = Config {
        bytes_at_once: 64 * KIB,
        body_bytes: 64 * KIB,
        body_timeout: Span::from_secs(1),
        ..Config::default()
    };
    let mut house = house(config).await;
    let mut held = Vec::new();
    // The first fills the budget, the second is the one that may go beyond it.
    for _ in 0..2 {
        let client = Client::post(&house, 60 * KIB).await;
        let Some(Delivery::Message(message)) = house.requests.next().await else { panic!("no request") };
        held.push((client, message.reply.unwrap()));
    }
    let (status, text) = Client::post(&house, 60 * KIB).await.answer().await;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("retry-after: 1") && text.contains("fill the memory"), "{text}");
    for (client, reply) in held {
        reply.send("{}".into());
        assert_eq!(client.answer().await.0, 200);
    }
    let again = Client::post(&house, 60 * KIB).await;
    tokio::spawn(record(house.requests));
    assert_eq!(again.answer().await.0, 200, "room is given back");
}

#[tokio::test]
async fn a_body_over_the_limit_is_read_to_its_end_and_refused() {
    let house = house(Config { body_bytes: 64 * KIB, ..Config::default() }).await;
    let (status, text) = Client::post(&house, 300 * KIB).await.answer().await;
    assert_eq!(status, 413, "{text}");
}
