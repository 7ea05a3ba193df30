//! From options to a connection that may be used.

use std::path::Path;
use std::time::Duration;

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};

use super::options::{Credentials, NatsOptions};
use super::{Error, wire};
use crate::MAX_PAYLOAD;

/// Server 2.10 brought what streams are made with here, and `sync_interval: always`.
const OLDEST: (i64, i64) = (2, 10);

/// How long one server may take to greet. Longer than a handshake over a bad line, shorter than a person's patience.
const GREETING: Duration = Duration::from_secs(5);

/// How often the line is tried while nothing comes. Two pings without an answer end the connection, so a server
/// that stands still is left after about three times this. The client's own minute is too long for live boards.
const PING: Duration = Duration::from_secs(5);

/// The longest pause between two tries to connect again: a service must not be gone for long after its server is
/// back, and a hundred clients that try once a second are nothing to a server.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Commands on their way to the socket. Payloads below 4 kB are bounded by this, larger ones by
/// [`OUTBOX_BYTES`](super::link::OUTBOX_BYTES).
const COMMANDS: usize = 2_048;

/// Messages between the client and a subscription's own queue, which is where bounds are kept: a reader task
/// empties this at once.
const ARRIVALS: usize = 16_384;

/// Connects once; later breaks are mended in the background, and told to `on_event`.
pub(super) async fn connect(
    options: &NatsOptions,
    on_event: impl Fn(Event) + Send + Sync + 'static,
) -> Result<Client, Error> {
    // Fails if the process has chosen one already: then that one serves.
    drop(async_nats::rustls::crypto::ring::default_provider().install_default());
    let servers = addresses(options)?;
    let on_event = std::sync::Arc::new(on_event);
    let prepared = prepare(options)
        .await?
        .name(&options.name)
        .custom_inbox_prefix(options.inbox_prefix())
        .connection_timeout(GREETING)
        .ping_interval(PING)
        .client_capacity(COMMANDS)
        .subscription_capacity(ARRIVALS)
        .reconnect_delay_callback(pause)
        .event_callback(move |event| {
            let on_event = std::sync::Arc::clone(&on_event);
            async move { on_event(event) }
        });
    let client = prepared.connect(servers).await.map_err(|error| explain(options, &error))?;
    check(&client)?;
    Ok(client)
}

fn addresses(options: &NatsOptions) -> Result<Vec<ServerAddr>, Error> {
    let read = |address: &String| {
        address.parse::<ServerAddr>().map_err(|_unreadable| Error::Address { address: address.clone() })
    };
    if options.servers.is_empty() {
        return Err(Error::Address { address: String::new() });
    }
    options.servers.iter().map(read).collect()
}

async fn prepare(options: &NatsOptions) -> Result<ConnectOptions, Error> {
    let mut prepared = match &options.credentials {
        Credentials::None => ConnectOptions::new(),
        Credentials::NkeySeed(path) => ConnectOptions::with_nkey(seed(path).await?),
        Credentials::CredentialsFile(path) => {
            ConnectOptions::with_credentials_file(path).await.map_err(|error| Error::File {
                path: path.clone(),
                why: format!("no credentials can be read from it ({error}): write it with nsc"),
            })?
        }
    };
    if let Some(authority) = &options.authority {
        readable(authority).await?;
        prepared = prepared.add_root_certificates(authority.clone()).require_tls(true);
    }
    if let Some((certificate, key)) = &options.certificate {
        readable(certificate).await?;
        readable(key).await?;
        prepared = prepared.add_client_certificate(certificate.clone(), key.clone()).require_tls(true);
    }
    Ok(prepared)
}

/// The seed in a file: its first line that begins as a seed does.
async fn seed(path: &Path) -> Result<String, Error> {
    let bad = |why: String| Error::File { path: path.to_owned(), why };
    let text = tokio::fs::read_to_string(path).await.map_err(|error| bad(error.to_string()))?;
    let seed = text.lines().map(str::trim).find(|line| line.starts_with('S'));
    match seed.map(nkeys::KeyPair::from_seed) {
        Some(Ok(_)) => Ok(seed.unwrap_or_default().to_owned()),
        Some(Err(_)) | None => {
            Err(bad("there is no nkey seed (SU…) in it: write one with `tilanne nats users`".to_owned()))
        }
    }
}

async fn readable(path: &Path) -> Result<(), Error> {
    let opened = tokio::fs::File::open(path).await;
    opened.map(drop).map_err(|error| Error::File { path: path.to_owned(), why: error.to_string() })
}

/// 0, then twice as long each time.
fn pause(attempts: usize) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX).min(10);
    if attempts <= 1 { Duration::ZERO } else { Duration::from_millis(1 << doublings).min(LONGEST_PAUSE) }
}

fn explain(options: &NatsOptions, error: &async_nats::ConnectError) -> Error {
    let servers = options.servers_shown();
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            Error::Forbidden { servers }
        }
        ConnectErrorKind::ServerParse
        | ConnectErrorKind::Dns
        | ConnectErrorKind::TimedOut
        | ConnectErrorKind::Tls
        | ConnectErrorKind::Io
        | ConnectErrorKind::MaxReconnects => Error::Unreachable { servers, why: error.to_string() },
    }
}

/// Whether the server that is connected now may be used.
pub(super) fn check(client: &Client) -> Result<(), Error> {
    let info = client.server_info();
    if !client.is_server_compatible(OLDEST.0, OLDEST.1, 0) {
        return Err(Error::TooOld { server: info.server_name, version: info.version });
    }
    let wanted = MAX_PAYLOAD + wire::HEADER_BYTES;
    if info.max_payload < wanted {
        tracing::warn!(
            server = info.server_name,
            max_payload = info.max_payload,
            wanted,
            "the NATS server takes smaller messages than this bus allows: larger ones will be refused; \
             set its max_payload"
        );
    }
    Ok(())
}
