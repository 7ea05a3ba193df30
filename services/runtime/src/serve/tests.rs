use std::net::Ipv4Addr;

use axum::extract::ws::WebSocketUpgrade;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::health::Health;
use crate::metrics::Metrics;

/// Longest wait for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough that nothing meets it by chance.
const FAR: Duration = Duration::from_secs(600);

const LIMITS: Limits = Limits { max_connections: 1000, header_timeout: FAR, write_timeout: FAR, drain: FAR };

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    served: JoinHandle<Ending>,
}

async fn run(router: Router, limits: Limits) -> Running {
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let served = tokio::spawn(serve(listener, router, limits, stop.clone()));
    Running { address, stop, served }
}

impl Running {
    async fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn end(self) -> Ending {
        self.stop.cancel();
        timeout(PATIENCE, self.served).await.unwrap().unwrap()
    }
}

fn get_path(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

async fn until_closed(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is cut may end in a reset: what came before it counts.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn until(stream: &mut TcpStream, end: &[u8]) {
    let mut seen = Vec::new();
    while !seen.ends_with(end) {
        seen.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// A route that says when it has begun and answers when it is let go.
fn gate() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inner_begun, inner_go) = (Arc::clone(&begun), Arc::clone(&go));
    let handler = async move || {
        inner_begun.notify_one();
        inner_go.notified().await;
        "done"
    };
    (Router::new().route("/gate", get(handler)), begun, go)
}

/// Says hello, then waits for the other side to close.
fn socket() -> Router {
    let handler = async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| {
            let _ = socket.send("hello".into()).await;
            while let Some(Ok(_)) = socket.recv().await {}
        })
    };
    hello().route("/live", get(handler))
}

const UPGRADE: &str = "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let server = run(hello(), LIMITS).await;
    let mut stream = server.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    until(&mut stream, b"hello").await;
    stream.write_all(get_path("/").as_bytes()).await.unwrap();
    assert!(until_closed(stream).await.ends_with("hello"));
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn a_client_that_dawdles_over_its_head_is_dropped() {
    let limits = Limits { header_timeout: Duration::from_millis(100), ..LIMITS };
    let server = run(hello(), limits).await;
    let mute = server.send("").await;
    let slow = server.send("GET / HTTP/1.1\r\nHost: loc").await;
    assert!(!until_closed(mute).await.contains("200 OK"));
    assert!(!until_closed(slow).await.contains("200 OK"));
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn a_client_that_takes_nothing_loses_its_place() {
    // More than the system buffers on both sides together.
    let large = Router::new().route("/large", get(async || vec![b'x'; 64 * 1024 * 1024]));
    let limits = Limits { max_connections: 1, write_timeout: Duration::from_millis(100), ..LIMITS };
    let server = run(large.merge(hello()), limits).await;
    let stuck = server.send(&get_path("/large")).await;
    assert!(until_closed(server.send(&get_path("/")).await).await.ends_with("hello"));
    drop(stuck);
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn a_head_beyond_the_buffer_is_refused() {
    let server = run(hello(), LIMITS).await;
    let long = "x".repeat(100 * 1024);
    let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: {long}\r\n\r\n");
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The server may close before it has taken everything.
    let _ = stream.write_all(request.as_bytes()).await;
    let answer = until_closed(stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_their_turn() {
    let (router, begun, go) = gate();
    let server = run(router, Limits { max_connections: 1, ..LIMITS }).await;
    let first = server.send(&get_path("/gate")).await;
    timeout(PATIENCE, begun.notified()).await.unwrap();
    let mut waiting = Vec::new();
    for _ in 0..100 {
        waiting.push(server.send(&get_path("/gate")).await);
    }
    // All of them have asked, and none has been heard: the one place is taken.
    assert!(timeout(Duration::from_millis(100), begun.notified()).await.is_err());
    go.notify_one();
    assert!(until_closed(first).await.ends_with("done"));
    for stream in waiting {
        timeout(PATIENCE, begun.notified()).await.unwrap();
        go.notify_one();
        assert!(until_closed(stream).await.ends_with("done"));
    }
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn a_web_socket_works_and_keeps_its_place_until_it_closes() {
    let server = run(socket(), Limits { max_connections: 1, ..LIMITS }).await;
    let mut live = server.send(UPGRADE).await;
    until(&mut live, b"\x81\x05hello").await;
    let mut second = server.send(&get_path("/")).await;
    assert!(timeout(Duration::from_millis(100), second.read_u8()).await.is_err());
    drop(live);
    assert!(until_closed(second).await.ends_with("hello"));
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn what_is_in_flight_is_finished_before_the_end() {
    let (router, begun, go) = gate();
    let server = run(router.merge(hello()), LIMITS).await;
    let mut idle = server.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    until(&mut idle, b"hello").await;
    let asked = server.send(&get_path("/gate")).await;
    timeout(PATIENCE, begun.notified()).await.unwrap();
    server.stop.cancel();
    // An idle connection is closed at once, and nobody new gets in.
    assert_eq!(until_closed(idle).await, "");
    assert!(TcpStream::connect(server.address).await.is_err());
    go.notify_one();
    assert!(until_closed(asked).await.ends_with("done"));
    assert_eq!(server.end().await, Ending::Drained);
}

#[tokio::test]
async fn what_is_not_finished_by_the_deadline_is_cut() {
    let (router, begun, _go) = gate();
    let limits = Limits { drain: Duration::from_millis(100), ..LIMITS };
    let server = run(router.merge(socket()), limits).await;
    let asked = server.send(&get_path("/gate")).await;
    timeout(PATIENCE, begun.notified()).await.unwrap();
    let mut live = server.send(UPGRADE).await;
    until(&mut live, b"\x81\x05hello").await;
    assert_eq!(server.end().await, Ending::Cut { connections: 2 });
    assert_eq!(until_closed(asked).await, "");
    until_closed(live).await;
}

#[tokio::test]
async fn a_foreign_host_name_gets_403_and_a_reason() {
    let server = run(hello(), LIMITS).await;
    let answer =
        until_closed(server.send("GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n").await)
            .await;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("loopback names"), "{answer}");
    // Unknown paths are guarded too.
    let answer = until_closed(server.send("GET /x HTTP/1.0\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.0 403"), "{answer}");
    assert_eq!(server.end().await, Ending::Drained);
}

#[test]
fn only_loopback_may_be_listened_on_without_sign_in() {
    for address in ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        assert!(require_loopback(address.parse().unwrap()).is_ok(), "{address}");
    }
    for address in ["0.0.0.0:80", "[::]:80", "10.0.0.1:80", "[::ffff:10.0.0.1]:80"] {
        let error = require_loopback(address.parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("sign-in") && error.contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_told() {
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let error = bind(address).await.unwrap_err().to_string();
    assert!(error.contains(&address.to_string()) && error.contains("another instance"), "{error}");
}

#[tokio::test]
async fn the_admin_routes_answer_with_metrics_and_readiness() {
    let (metrics, health) = (Metrics::new("1.2.3").unwrap(), Health::new());
    let journal = health.check("journal");
    let server = run(crate::admin::router(metrics, health), LIMITS).await;
    let ask = async |path| until_closed(server.send(&get_path(path)).await).await;
    assert!(ask("/metrics").await.contains("tilanne_build_info{version=\"1.2.3\"} 1"));
    assert!(ask("/livez").await.starts_with("HTTP/1.1 200"));
    let starting = ask("/readyz").await;
    assert!(starting.starts_with("HTTP/1.1 503"), "{starting}");
    journal.ok("verified");
    let ready = ask("/readyz").await;
    let (head, body) = ready.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/json"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let expected = r#"{"ready":true,"checks":{"journal":{"state":"ok","detail":"verified"}}}"#;
    assert_eq!(body, serde_json::from_str::<serde_json::Value>(expected).unwrap());
    assert_eq!(server.end().await, Ending::Drained);
}
