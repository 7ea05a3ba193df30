//! Unknown keys are errors that name the nearest key: a misspelt rule must not be a rule silently left out.

use toml::{Table, Value};

/// What may stand at a place in the description.
enum Keys {
    /// A value that serde checks.
    Leaf,
    /// A table with these keys.
    Table(&'static [(&'static str, Keys)]),
    /// An array of tables with these keys.
    Tables(&'static [(&'static str, Keys)]),
    /// A table whose keys are the feed's own (columns, codes, member names), each with this inside.
    Named(&'static Keys),
}

const MATCH: &[(&str, Keys)] =
    &[("column", Keys::Leaf), ("equals", Keys::Leaf), ("starts_with", Keys::Leaf), ("blank", Keys::Leaf)];

const EVENT: &[(&str, Keys)] = &[
    ("name", Keys::Leaf),
    ("type", Keys::Leaf),
    ("at", Keys::Leaf),
    ("set", Keys::Named(&Keys::Leaf)),
    ("count", Keys::Named(&Keys::Leaf)),
    ("text", Keys::Named(&Keys::Leaf)),
    ("code", Keys::Named(&Keys::Table(&[("column", Keys::Leaf), ("map", Keys::Leaf)]))),
];

const FEED: &[(&str, Keys)] = &[
    ("source", Keys::Leaf),
    ("shape", Keys::Leaf),
    ("attribution", Keys::Leaf),
    ("id", Keys::Leaf),
    (
        "format",
        Keys::Table(&[
            ("encoding", Keys::Leaf),
            ("delimiter", Keys::Leaf),
            ("line_breaks_in_cells", Keys::Leaf),
            ("required_columns", Keys::Leaf),
        ]),
    ),
    ("limits", Keys::Table(&[("body_bytes", Keys::Leaf), ("rows", Keys::Leaf), ("field_bytes", Keys::Leaf)])),
    (
        "complete",
        Keys::Table(&[
            ("rows_at_least", Keys::Leaf),
            ("final_line_end", Keys::Leaf),
            ("last_row", Keys::Table(MATCH)),
        ]),
    ),
    ("leave_out", Keys::Tables(MATCH)),
    ("cells", Keys::Table(&[("not_reported", Keys::Leaf), ("blank", Keys::Leaf)])),
    (
        "time",
        Keys::Table(&[
            ("column", Keys::Leaf),
            ("formats", Keys::Leaf),
            ("time_zone", Keys::Leaf),
            ("ambiguous", Keys::Leaf),
            ("skipped", Keys::Leaf),
        ]),
    ),
    (
        "station",
        Keys::Table(&[("column", Keys::Leaf), ("lower_case", Keys::Leaf), ("map", Keys::Named(&Keys::Leaf))]),
    ),
    ("event", Keys::Tables(EVENT)),
    ("map", Keys::Named(&Keys::Named(&Keys::Leaf))),
    (
        "poll",
        Keys::Table(&[
            ("url", Keys::Leaf),
            ("file", Keys::Leaf),
            ("every", Keys::Leaf),
            ("timeout", Keys::Leaf),
        ]),
    ),
];

/// The first key of the description that nothing reads, and the nearest one that is read there.
pub(super) fn unknown(feed: &Table) -> Option<(String, String)> {
    in_table(feed, FEED, "")
}

fn in_table(table: &Table, known: &'static [(&'static str, Keys)], path: &str) -> Option<(String, String)> {
    for (key, value) in table {
        let here = format!("{path}{key}");
        let Some((_, inside)) = known.iter().find(|(name, _)| name == key) else {
            let nearest = nearest(key, known.iter().map(|(name, _)| *name)).unwrap_or_default();
            return Some((here, format!("{path}{nearest}")));
        };
        if let Some(found) = in_value(value, inside, &here) {
            return Some(found);
        }
    }
    None
}

fn in_value(value: &Value, keys: &'static Keys, path: &str) -> Option<(String, String)> {
    match (keys, value) {
        (Keys::Table(known), Value::Table(table)) => in_table(table, known, &format!("{path}.")),
        (Keys::Tables(known), Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_table)
            .find_map(|table| in_table(table, known, &format!("{path}."))),
        (Keys::Named(inside), Value::Table(table)) => {
            table.iter().find_map(|(key, value)| in_value(value, inside, &format!("{path}.{key}")))
        }
        // A value of another type than the key wants is serde's to refuse.
        (Keys::Leaf | Keys::Table(_) | Keys::Tables(_) | Keys::Named(_), _) => None,
    }
}

/// The name that needs the fewest single-character edits to become `wanted`.
pub(super) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names.min_by_key(|name| edits(&wanted.to_lowercase(), &name.to_lowercase()))
}

/// Levenshtein distance, row by row.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.chars()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}
