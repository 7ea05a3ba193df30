//! Gets a feed's bytes, from a URL or a file, within a limit and a time.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};

use crate::tabular::{Place, PollSpec};

/// Redirects followed: one to https and one to a file server; more is a loop or a login page.
const MOST_REDIRECTS: usize = 3;

/// How this program names itself to publishers.
const USER_AGENT: &str = concat!("tilannekeskus/", env!("CARGO_PKG_VERSION"));

/// Fetches one feed.
pub(super) struct Fetcher {
    from: From,
    timeout: Duration,
    limit: u64,
}

enum From {
    Url {
        client: Client,
        url: String,
        /// What to send so that an unchanged body is answered by `304`, from the last accepted body.
        conditions: HeaderMap,
        /// The same from the last body, not yet accepted.
        offered: HeaderMap,
    },
    File(PathBuf),
}

/// What a fetch brought.
pub(super) enum Fetched {
    /// A body; it may be the same as before.
    Body(Vec<u8>),
    /// The publisher says that the accepted body is still the one.
    NotModified,
}

impl Fetcher {
    pub(super) fn new(poll: &PollSpec, limit: u64) -> Result<Fetcher, String> {
        let from = match &poll.place {
            Place::File(path) => From::File(path.clone()),
            Place::Url(url) => From::Url {
                client: client(url, poll.timeout)?,
                url: url.clone(),
                conditions: HeaderMap::new(),
                offered: HeaderMap::new(),
            },
        };
        Ok(Fetcher { from, timeout: poll.timeout, limit })
    }

    /// Fetches once.
    ///
    /// # Errors
    /// A sentence without the address, which may hold a key.
    pub(super) async fn fetch(&mut self) -> Result<Fetched, String> {
        let limit = self.limit;
        let fetched = async {
            match &mut self.from {
                From::File(path) => {
                    let path = path.clone();
                    let read = tokio::task::spawn_blocking(move || read_file(&path, limit));
                    read.await.map_err(|error| format!("the file could not be read: {error}"))?
                }
                From::Url { client, url, conditions, offered } => {
                    let request = client.get(url.as_str()).headers(conditions.clone());
                    let response = request.send().await.map_err(failed)?;
                    if response.status() == StatusCode::NOT_MODIFIED {
                        return Ok(Fetched::NotModified);
                    }
                    if response.status() != StatusCode::OK {
                        return Err(format!(
                            "the publisher answered {} where 200 is expected",
                            response.status()
                        ));
                    }
                    *offered = validators(response.headers());
                    read_response(response, limit).await
                }
            }
        };
        tokio::time::timeout(self.timeout, fetched)
            .await
            .unwrap_or_else(|_| Err(format!("the publisher was not done within {:?}", self.timeout)))
    }

    /// Tells that the last body was the feed: from here on only a different one needs to be sent.
    pub(super) fn accept(&mut self) {
        if let From::Url { conditions, offered, .. } = &mut self.from {
            *conditions = std::mem::take(offered);
        }
    }
}

fn client(url: &str, timeout: Duration) -> Result<Client, String> {
    // A second installation, by another part of the process, is the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .timeout(timeout)
        .redirect(Policy::limited(MOST_REDIRECTS))
        // A feed that was configured as https stays so, wherever it redirects.
        .https_only(url.starts_with("https://"));
    builder.build().map_err(|error| error.to_string())
}

/// An error in plain words: the innermost cause, without the address.
fn failed(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    format!("the publisher could not be reached: {innermost}")
}

fn validators(headers: &HeaderMap) -> HeaderMap {
    let mut conditions = HeaderMap::new();
    let mut copy = |from, to| {
        let value: Option<&HeaderValue> = headers.get(from);
        value.map(|value| conditions.insert(to, value.clone()));
    };
    copy(ETAG, IF_NONE_MATCH);
    copy(LAST_MODIFIED, IF_MODIFIED_SINCE);
    conditions
}

async fn read_response(mut response: reqwest::Response, limit: u64) -> Result<Fetched, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        body.extend_from_slice(&chunk);
        if u64::try_from(body.len()).unwrap_or(u64::MAX) > limit {
            return Err(too_long(limit));
        }
    }
    Ok(Fetched::Body(body))
}

/// The file is read whole every time: its content decides whether it changed, because a time stamp can stay
/// behind a second write and a size can stay the same.
fn read_file(path: &Path, limit: u64) -> Result<Fetched, String> {
    let failed = |error: std::io::Error| format!("the file {} could not be read: {error}", path.display());
    let mut body = Vec::new();
    std::fs::File::open(path)
        .map_err(failed)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut body)
        .map_err(failed)?;
    if u64::try_from(body.len()).unwrap_or(u64::MAX) > limit {
        return Err(too_long(limit));
    }
    Ok(Fetched::Body(body))
}

fn too_long(limit: u64) -> String {
    format!("the body is longer than {limit} bytes; raise limits.body_bytes if the feed has grown")
}
