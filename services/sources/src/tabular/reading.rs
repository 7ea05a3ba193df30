//! What came of a body: rows, or nothing new, or a refusal.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::Event;

/// Complaints kept word by word; the rest are only counted. A thousand alike tell an operator no more.
pub const MOST_COMPLAINTS: usize = 1000;

/// A sound body, as read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Whether there was anything new.
    pub outcome: Outcome,
    /// The rows that count, in file order.
    pub rows: Vec<RowRead>,
    /// The rows that could not be read, the first [`MOST_COMPLAINTS`] of them.
    pub complaints: Vec<Complaint>,
    /// How many rows could not be read in all.
    pub refused_rows: usize,
    /// Rows left out by rule, such as totals.
    pub left_out: usize,
}

/// Whether a body brought anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The very body that was read last time: nothing to record.
    Unchanged,
    /// Nothing but white space: nothing to record.
    #[default]
    Empty,
    /// A body with a header and rows (perhaps none that count).
    Rows,
}

/// One row that counts.
#[derive(Debug, Clone, Serialize)]
pub struct RowRead {
    /// The line in the decompressed body where the row begins; the header's first line is 1.
    pub line: u64,
    /// The station's id, as in the events.
    #[serde(serialize_with = "as_text")]
    pub station: Arc<str>,
    /// The row's instant; for a visit the first of its instants.
    #[serde(serialize_with = "as_text")]
    pub time: Timestamp,
    /// Every cell by column, decoded; `null` is blank or a "not reported" token. Only filled for
    /// [`super::Detail::Cells`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cells: BTreeMap<String, Option<String>>,
    /// The events, in the order of the feed's description.
    pub events: Vec<Event>,
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A row left out aloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// The line in the decompressed body where the row begins.
    pub line: u64,
    /// What is wrong with it.
    pub sentence: String,
}

impl Reading {
    /// A body that brought nothing.
    pub(super) fn nothing(outcome: Outcome) -> Reading {
        Reading { outcome, ..Reading::default() }
    }

    /// Adds a row's complaint, up to the limit.
    pub(super) fn complain(&mut self, line: u64, sentence: String) {
        self.refused_rows += 1;
        if self.complaints.len() < MOST_COMPLAINTS {
            self.complaints.push(Complaint { line, sentence });
        }
    }

    /// Every event of the body by time; at one instant in lifecycle order, then in file order.
    pub fn into_events(self) -> Vec<Event> {
        let mut events: Vec<Event> = self.rows.into_iter().flat_map(|row| row.events).collect();
        events.sort_by_key(|event| (event.time, event.rank));
        events
    }
}

/// Why a body is not the feed. Nothing of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// More than the feed's limit, before or after decompression.
    #[error("the body is longer than {limit} bytes; raise limits.body_bytes if the feed has grown")]
    TooLarge {
        /// The feed's limit.
        limit: u64,
    },
    /// Begins as gzip but does not end as it.
    #[error("expected a whole gzip body, found one that is cut off or damaged: {detail}")]
    Gzip {
        /// The decompressor's own words.
        detail: String,
    },
    /// Markup in place of a table.
    #[error("expected a table that begins with its column names, found a web page: `{start}`")]
    WebPage {
        /// How the body begins.
        start: String,
    },
    /// Bytes that the feed's encoding does not have.
    #[error("expected text in {encoding}, found bytes that are not: after line {line}")]
    Undecodable {
        /// The configured encoding.
        encoding: &'static str,
        /// The last line before the first bad byte.
        line: usize,
    },
    /// The header is one single column where several are needed.
    #[error("expected columns separated by `{delimiter}`, found a header in one piece: `{header}`")]
    Delimiter {
        /// The configured delimiter.
        delimiter: char,
        /// The header, shortened.
        header: String,
    },
    /// A column that the feed needs is not there.
    #[error("expected the column `{expected}`, found none of that name; the nearest is `{nearest}`")]
    Column {
        /// The missing column.
        expected: String,
        /// The most similar name in the header.
        nearest: String,
    },
    /// Two columns of one name: it cannot be told which is meant.
    #[error("expected each column once, found `{column}` twice in the header")]
    ColumnTwice {
        /// The repeated name.
        column: String,
    },
    /// More rows than the feed's limit.
    #[error("the body has more than {limit} rows; raise limits.rows if the feed has grown")]
    TooManyRows {
        /// The feed's limit.
        limit: usize,
    },
    /// A cell longer than the feed's limit.
    #[error("line {line}: expected cells of at most {limit} bytes, found {found}: is a quote left open?")]
    CellTooLong {
        /// Where the row begins.
        line: u64,
        /// The cell's length in bytes.
        found: usize,
        /// The feed's limit.
        limit: usize,
    },
    /// A cell over several lines in a feed that has none.
    #[error(
        "line {line}: expected cells on one line, found a line break in one: is a quote left open? (allowed by \
         format.line_breaks_in_cells)"
    )]
    LineBreak {
        /// Where the row begins.
        line: u64,
    },
    /// The end is missing.
    #[error("the body is cut off: expected {expected}, found {found}")]
    CutOff {
        /// What a whole body has.
        expected: String,
        /// What this one has.
        found: String,
    },
    /// Every single row is wrong: the table's form has changed.
    #[error("none of {rows} rows can be read; line {}: {}", .first.line, .first.sentence)]
    NoRowReadable {
        /// How many there were.
        rows: usize,
        /// The first of the complaints.
        first: Complaint,
    },
}

impl Refusal {
    /// A short constant name of the reason, for counting and for noticing that the reason changed.
    pub fn reason(&self) -> &'static str {
        match self {
            Refusal::TooLarge { .. } => "too_large",
            Refusal::Gzip { .. } => "gzip",
            Refusal::WebPage { .. } => "web_page",
            Refusal::Undecodable { .. } => "undecodable",
            Refusal::Delimiter { .. } => "delimiter",
            Refusal::Column { .. } => "column",
            Refusal::ColumnTwice { .. } => "column_twice",
            Refusal::TooManyRows { .. } => "too_many_rows",
            Refusal::CellTooLong { .. } => "cell_too_long",
            Refusal::LineBreak { .. } => "line_break",
            Refusal::CutOff { .. } => "cut_off",
            Refusal::NoRowReadable { .. } => "no_row_readable",
        }
    }
}
