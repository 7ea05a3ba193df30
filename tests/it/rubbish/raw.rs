//! Below HTTP: what no proper client sends.

use std::time::{Duration, Instant};

use acceptance::server::{Plan, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::AREA;
use crate::PROGRAM;

/// Sends bytes, and reads until the server has said all it wants to.
async fn answer(address: &str, bytes: &[u8], whole: bool) -> String {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    drop(socket.write_all(bytes).await);
    // Who ends the connection before the answer came need not be answered.
    if !whole {
        drop(socket.shutdown().await);
    }
    let mut said = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(15), socket.read_to_end(&mut said));
    drop(reading.await.expect("the server lets go"));
    String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_not_http_is_answered_or_dropped() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let host = &server.public;
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-ndjson\r\n");
    let long = format!("GET / HTTP/1.1\r\nhost: {host}\r\nx: {}\r\n\r\n", "x".repeat(1_000_000));
    let many = format!("GET / HTTP/1.1\r\nhost: {host}\r\n{}\r\n", "a: b\r\n".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("noise", (0..=255).cycle().take(4_096).collect(), &["", "400"]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &["", "400"]),
        ("a long header", long.into_bytes(), &["", "400", "431"]),
        ("many headers", many.into_bytes(), &["", "400", "431"]),
        (
            "a long path",
            format!("GET /{} HTTP/1.1\r\nhost: {host}\r\n\r\n", "x".repeat(100_000)).into_bytes(),
            &["", "404", "414", "431"],
        ),
        ("a length of nonsense", format!("{head}content-length: -5\r\n\r\n").into_bytes(), &["", "400"]),
        (
            "two lengths",
            format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}").into_bytes(),
            &["", "400"],
        ),
        ("a body cut off", format!("{head}content-length: 500\r\n\r\n{{}}").into_bytes(), &["", "400"]),
        (
            "a chunk cut off",
            format!("{head}transfer-encoding: chunked\r\n\r\nffff\r\n{{}}").into_bytes(),
            &["", "400"],
        ),
        (
            "a chunk of nonsense",
            format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}").into_bytes(),
            &["", "400"],
        ),
        (
            "dots",
            format!("GET /../../../etc/passwd HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
                .into_bytes(),
            &["400", "404"],
        ),
        (
            "escaped dots",
            format!(
                "GET /%2e%2e%2f%2e%2e%2fetc/passwd HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
            )
            .into_bytes(),
            &["400", "404"],
        ),
        (
            "a NUL in the view",
            format!(
                "GET /v1/areas/{AREA}/boards/%00%ff HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
            )
            .into_bytes(),
            &["400", "404"],
        ),
        (
            "a strange method",
            format!("BREW /v1/events HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").into_bytes(),
            &["400", "405"],
        ),
        (
            "another's host",
            b"GET / HTTP/1.1\r\nhost: board.example.com\r\nconnection: close\r\n\r\n".to_vec(),
            &["400", "403", "421"],
        ),
    ];
    let before = super::said(&server).await;
    for (name, bytes, expected) in &cases {
        let said = answer(host, bytes, !expected.contains(&"")).await;
        let status = said.split(' ').nth(1).unwrap_or_default();
        assert!(expected.contains(&status), "{name}: {said:?}");
    }
    assert_eq!(super::said(&server).await, before);
    assert_eq!(server.metric("tilanne_panics_total").await, 0.0);
    assert!(server.alive());
    eprintln!("rubbish: {} raw requests survived", cases.len());
}

#[tokio::test]
async fn clients_in_the_middle_of_something_do_not_hold_up_the_end() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let mut idle = Vec::new();
    for beginning in [
        "",
        "GET / HT",
        "POST /v1/events HTTP/1.1\r\ncontent-type: application/x-ndjson\r\ncontent-length: 100\r\n",
    ] {
        let mut socket = TcpStream::connect(&server.public).await.expect("a connection");
        let host = format!("host: {}\r\n\r\n{{", server.public);
        let rest = if beginning.ends_with('\n') { host.as_str() } else { "" };
        socket.write_all(format!("{beginning}{rest}").as_bytes()).await.expect("written");
        idle.push(socket);
    }
    let (mut wire, _) = acceptance::wire::Wire::open(&server.public, AREA).await;
    wire.follow("situation").await;
    let begun = Instant::now();
    let (status, after) = server.interrupt().await;
    assert_eq!(status.code(), Some(0), "{}", server.log());
    assert!(after < Duration::from_secs(5), "{after:?}");
    eprintln!("rubbish: Ctrl-C among clients in the middle of something: {:?}", begun.elapsed());
    drop(idle);
}
