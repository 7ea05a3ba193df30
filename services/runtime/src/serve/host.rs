//! Lets only requests for this machine's own names pass.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::HOST;
use http::uri::Authority;

const REFUSAL: &str = "this listener answers only to loopback names such as localhost or 127.0.0.1\n";

pub(super) async fn only_loopback(request: Request, next: Next) -> Response {
    if names_loopback(&request) { next.run(request).await } else { refusal() }
}

fn refusal() -> Response {
    (StatusCode::FORBIDDEN, REFUSAL).into_response()
}

/// Every name that the request gives for the host must be a loopback name, and there must be one.
fn names_loopback(request: &Request) -> bool {
    let in_target = request.uri().authority().map(|authority| is_loopback(authority.host()));
    let in_headers = request.headers().get_all(HOST).iter().map(|value| {
        let authority = value.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
        authority.is_some_and(|authority| is_loopback(authority.host()))
    });
    let verdicts: Vec<bool> = in_target.into_iter().chain(in_headers).collect();
    !verdicts.is_empty() && verdicts.into_iter().all(|passes| passes)
}

fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bracketed {
        Some(inside) => inside.parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical()),
        None => host.parse().ok(),
    };
    address.is_some_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_pass_and_look_alikes_do_not() {
        for host in
            ["localhost", "LocalHost", "localhost.", "127.0.0.1", "127.8.9.1", "[::1]", "[::ffff:127.0.0.1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "10.0.0.1", "0.0.0.0", "[::]"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn every_given_name_must_pass() {
        let asks = |target: &str, hosts: &[&str]| {
            let mut request = http::Request::builder().uri(target);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            names_loopback(&request.body(axum::body::Body::empty()).unwrap())
        };
        assert!(asks("/", &["localhost:8080"]));
        assert!(asks("http://127.0.0.1:8080/", &["127.0.0.1:8080"]));
        assert!(!asks("/", &[]));
        assert!(!asks("/", &["localhost", "evil.test"]));
        assert!(!asks("http://evil.test/", &["localhost"]));
        assert!(!asks("/", &["not a host"]));
    }
}
