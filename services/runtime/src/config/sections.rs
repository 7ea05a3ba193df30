//! The sections that every process reads.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use crate::Span;
use crate::serve;

/// `[server]`: where a process listens and keeps its data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Public address: boards, events, web page.
    pub listen: SocketAddr,
    /// Admin address: metrics and health.
    pub admin: SocketAddr,
    /// Directory of the journal.
    pub data: PathBuf,
    /// The area's file; `None` for the built-in one.
    #[serde(deserialize_with = "path_unless_empty")]
    pub area: Option<PathBuf>,
    /// How long a stopping process finishes what it has begun.
    pub drain: Span,
    /// Most connections at once on each listener, WebSockets included.
    pub max_connections: u32,
    /// How long a client may take to send a request's head.
    pub header_timeout: Span,
    /// How long a client may take nothing of what is sent to it.
    pub write_timeout: Span,
}

impl Server {
    /// The limits for [`serve::serve`].
    #[must_use]
    pub fn limits(&self) -> serve::Limits {
        serve::Limits {
            max_connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            header_timeout: self.header_timeout.duration(),
            write_timeout: self.write_timeout.duration(),
            drain: self.drain.duration(),
        }
    }
}

/// `[log]`: what is logged and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Directives as in `info,recorder=debug`.
    pub filter: String,
    /// For people or for machines.
    pub format: LogFormat,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One readable line, coloured on a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

fn path_unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(deserializer)?;
    Ok(if path.as_os_str().is_empty() { None } else { Some(path) })
}
