//! A feed's description, and the checks that it can be followed.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

pub(super) use file::Time;

use super::keys;
use super::stamp::Clockwork;
use super::template::Template;
use crate::Error;

/// A feed, described wholly. Made by [`Spec::from_toml`]; the annotated example is
/// `config/feeds/quebec.toml`.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The feed's name, the `source` of every event, such as `/feeds/quebec`.
    pub source: String,
    /// What one row is.
    pub shape: Shape,
    /// Whom to thank wherever the numbers are shown.
    pub attribution: Option<String>,
    /// How much a body may hold.
    pub limits: Limits,
    /// Where to fetch the feed and how often, if it is polled.
    pub poll: Option<PollSpec>,
    pub(super) encoding: &'static encoding_rs::Encoding,
    pub(super) delimiter: u8,
    pub(super) line_breaks_in_cells: bool,
    pub(super) required_columns: Vec<String>,
    pub(super) complete: Complete,
    pub(super) leave_out: Vec<Match>,
    pub(super) cells: Cells,
    pub(super) time_column: Option<String>,
    pub(super) clockwork: Clockwork,
    pub(super) station: Station,
    pub(super) id: Template,
    pub(super) events: Vec<EventSpec>,
    pub(super) maps: BTreeMap<String, BTreeMap<String, String>>,
}

/// What one row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// What one station reports at one instant: every event of the row has that instant.
    Observation,
    /// One visit with several time columns: every filled one is an event of the ticket's life.
    Visit,
}

/// How much a body may hold; more is refused before it takes memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Bytes of a body, after decompression as well as before.
    pub body_bytes: u64,
    /// Rows below the header.
    pub rows: usize,
    /// Bytes of one cell: a longer one is an unclosed quote rather than a value.
    pub field_bytes: usize,
}

impl Default for Limits {
    /// Generous for a table of counts (a year of visits at two emergency departments is 7 MB), small beside
    /// the memory of a process.
    fn default() -> Self {
        Limits { body_bytes: 64 << 20, rows: 1_000_000, field_bytes: 4096 }
    }
}

/// Where a poller finds the feed and how often it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSpec {
    /// The URL or the file.
    pub place: Place,
    /// From the end of one look to the beginning of the next.
    pub every: Duration,
    /// How long one fetch may take, body included.
    pub timeout: Duration,
}

/// Where a feed is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An `http://` or `https://` address.
    Url(String),
    /// A file that another program replaces.
    File(PathBuf),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Complete {
    pub rows_at_least: usize,
    pub final_line_end: bool,
    pub last_row: Option<Match>,
}

/// A condition on one cell; exactly one of the three is given.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Match {
    pub column: String,
    pub equals: Option<String>,
    pub starts_with: Option<String>,
    #[serde(default)]
    pub blank: bool,
}

impl Match {
    pub(super) fn holds(&self, cell: &str) -> bool {
        self.equals.as_deref().is_some_and(|wanted| cell == wanted)
            || self.starts_with.as_deref().is_some_and(|wanted| cell.starts_with(wanted))
            || (self.blank && cell.is_empty())
    }

    pub(super) fn wanted(&self) -> String {
        match (&self.equals, &self.starts_with) {
            (Some(text), _) => format!("`{text}`"),
            (None, Some(text)) => format!("a text that starts with `{text}`"),
            (None, None) => "a blank cell".to_owned(),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cells {
    pub not_reported: Vec<String>,
    pub blank: Blank,
}

/// What a blank cell in a count or code column means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Blank {
    /// `null`: the earlier value is withdrawn.
    #[default]
    NotReported,
    /// The member is left out: the earlier value stays.
    Absent,
    /// The row is refused aloud.
    Refuse,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Station {
    pub column: String,
    #[serde(default)]
    pub lower_case: bool,
    pub map: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone)]
pub(super) struct EventSpec {
    pub name: String,
    pub kind: String,
    pub at: Option<String>,
    pub set: BTreeMap<String, serde_json::Value>,
    pub count: BTreeMap<String, String>,
    pub text: BTreeMap<String, Template>,
    pub code: BTreeMap<String, Code>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Code {
    pub column: String,
    pub map: String,
}

impl Spec {
    /// Reads and checks a feed's description. `origin` names the file in every error.
    ///
    /// # Errors
    /// [`Error::FeedSyntax`] for what is not TOML or of the wrong type, [`Error::FeedKey`] for a key that
    /// nothing reads, [`Error::FeedRule`] for a description that cannot be followed.
    pub fn from_toml(text: &str, origin: &str) -> Result<Spec, Error> {
        let syntax = |error: toml::de::Error| Error::FeedSyntax {
            origin: origin.to_owned(),
            detail: error.to_string().trim_end().to_owned(),
        };
        let table: toml::Table = text.parse().map_err(syntax)?;
        if let Some((key, nearest)) = keys::unknown(&table) {
            return Err(Error::FeedKey { origin: origin.to_owned(), key, nearest });
        }
        let file: file::File = toml::from_str(text).map_err(syntax)?;
        let spec = file.checked().map_err(|detail| Error::FeedRule { origin: origin.to_owned(), detail })?;
        Ok(spec)
    }
}

impl Spec {
    fn check_events(&self) -> Result<(), String> {
        if self.events.is_empty() {
            return Err("there is no [[event]]: a feed must say what its rows become".to_owned());
        }
        let mut names = BTreeSet::new();
        for event in &self.events {
            if !names.insert(&event.name) {
                return Err(format!("two events have the name `{}`: ids could not differ", event.name));
            }
            if event.at.is_none() && self.time_column.is_none() {
                return Err(format!(
                    "event `{}` has no instant: give it `at`, or give time.column",
                    event.name
                ));
            }
            if self.shape == Shape::Observation && event.at.is_some() {
                return Err(format!(
                    "event `{}` has `at`, but a row of an observation has one instant: use time.column",
                    event.name
                ));
            }
            if let Some(code) = event.code.values().find(|code| !self.maps.contains_key(&code.map)) {
                let known =
                    keys::nearest(&code.map, self.maps.keys().map(String::as_str)).unwrap_or("none yet");
                return Err(format!("there is no [map.{}]; the nearest map is `{known}`", code.map));
            }
        }
        if self.events.len() > 1 && !self.id.has_event() {
            return Err("id must contain {event}: a row makes several events".to_owned());
        }
        match self.shape {
            Shape::Observation if !(self.id.has_station() && self.id.has_time()) => {
                Err("id of an observation must contain {station} and {time}".to_owned())
            }
            Shape::Visit if self.id.columns().next().is_none() => {
                Err("id of a visit must contain {column:NAME} with the visit's own number".to_owned())
            }
            Shape::Observation | Shape::Visit => Ok(()),
        }
    }
}
