//! The text that a board's hash is of: canonical, with each station replaced by its hash.

use std::sync::Arc;

use serde_json::Value;
use situation::name::StationId;

use super::{Drawn, STAMPS};
use crate::canonical;

/// The member that the stations are, between the others by the order of names.
pub(super) const STATIONS: &str = "stations";

/// The text, and where everything lies in it.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub text: String,
    /// Bytes before the stations.
    pub head: usize,
    /// Where each station's hash begins, after the head: 64 digits each.
    pub hashes: Vec<usize>,
    /// Bytes of the stations.
    pub body: usize,
}

impl Layout {
    /// Lays a board out.
    pub fn of(header: &Value, stations: &[(StationId, Arc<Drawn>)]) -> Self {
        let mut text = head(header);
        let head = text.len();
        let mut hashes = Vec::with_capacity(stations.len());
        for (at, (id, drawn)) in stations.iter().enumerate() {
            text.push_str(if at == 0 { ",\"stations\":{" } else { "," });
            canonical::write_string(id.as_str(), &mut text);
            text.push_str(":\"");
            hashes.push(text.len() - head);
            text.push_str(&drawn.hash);
            text.push('"');
        }
        if !stations.is_empty() {
            text.push('}');
        }
        let body = text.len() - head;
        text.push_str(&tail(header));
        Self { text, head, hashes, body }
    }
}

/// The members before the stations, of which every board has one: its area.
pub(super) fn head(header: &Value) -> String {
    let mut out = String::from("{");
    write(header, |name| name < STATIONS, &mut out);
    out
}

/// The members after the stations, and the end.
pub(super) fn tail(header: &Value) -> String {
    let mut out = String::new();
    write(header, |name| name > STATIONS, &mut out);
    out.push('}');
    out
}

fn write(header: &Value, is_meant: impl Fn(&str) -> bool, out: &mut String) {
    let members = header.as_object().into_iter().flatten();
    let mut members: Vec<_> =
        members.filter(|(name, _)| is_meant(name) && !STAMPS.contains(&name.as_str())).collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in members {
        if out.as_str() != "{" {
            out.push(',');
        }
        canonical::write_string(name, out);
        out.push(':');
        canonical::write(value, out);
    }
}
