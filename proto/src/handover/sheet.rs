//! A report laid out for people: one page, in one language and local time.

mod course;
mod stations;

use serde_json::Value;

use super::Language;
use super::cells::{Cells, get, members, path};

/// The rows that sections have at the most, so that all of them go on one page of A4 when all are full and names are long
/// (tried in three languages). What is left out is counted, and in the JSON.
pub mod most {
    /// Stations: those of a county.
    pub const STATIONS: usize = 14;
    /// Waits, those first whose targets were missed.
    pub const WAITS: usize = 7;
    /// Alarms, those first that nobody handled.
    pub const ALARMS: usize = 7;
    /// Silences of feeds.
    pub const SILENCES: usize = 4;
    /// Gaps in staffing.
    pub const GAPS: usize = 4;
    /// Closings.
    pub const CLOSINGS: usize = 6;
    /// Places and callbacks.
    pub const PLACES: usize = 5;
    /// Notes and notices.
    pub const NOTES: usize = 4;
    /// Who handed over, and who received.
    pub const SIGNATURES: usize = 2;
}

/// A report as one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The language, as a code.
    pub language: Language,
    /// Whose, and of which shift.
    pub title: String,
    /// What else is to be known of it: when, up to which fact, whether it goes on.
    pub about: Vec<String>,
    /// In the order in which they are read.
    pub sections: Vec<Section>,
    /// What proves which report this is.
    pub proof: String,
}

/// A table with a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// What stands in its columns.
    pub columns: Vec<String>,
    /// Its rows, each with as many cells.
    pub rows: Vec<Vec<String>>,
    /// What to say where there are no rows, or of those that are left out.
    pub remark: Option<String>,
}

impl Sheet {
    /// Lays out a report as [`draw`](super::draw()) makes it, signed or not.
    #[must_use]
    pub fn of(report: &Value, language: Language) -> Self {
        let cells = Cells::of(report, language);
        Self {
            language,
            title: title(&cells, report),
            about: about(&cells, report),
            sections: vec![
                stations::stations(&cells, report),
                stations::waits(&cells, report),
                course::alarms(&cells, report),
                course::silences(&cells, report),
                course::gaps(&cells, report),
                course::closings(&cells, report),
                stations::places(&cells, report),
                course::notes(&cells, report),
                signatures(&cells, report),
            ],
            proof: get(report, "hash").as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl Section {
    fn new(cells: &Cells, title: &str, columns: &[&str], mut rows: Vec<Vec<String>>, most: usize) -> Self {
        let left_out = rows.len().saturating_sub(most);
        rows.truncate(most);
        let remark = match (rows.is_empty(), left_out) {
            (true, _) => Some(cells.word("none")),
            (false, 0) => None,
            (false, count) => Some(cells.with("more", "{count}", &count.to_string())),
        };
        let columns = columns.iter().map(|key| cells.word(key)).collect();
        Self { title: cells.word(title), columns, rows, remark }
    }
}

fn title(cells: &Cells, report: &Value) -> String {
    let of = [get(report, "name"), path(report, &["shift", "name"])].map(|names| cells.name(names));
    let [area, shift] = of.map(Option::unwrap_or_default);
    let words = [cells.word("title"), shift, area];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn about(cells: &Cells, report: &Value) -> Vec<String> {
    let (from, to) = (path(report, &["shift", "from"]), path(report, &["shift", "to"]));
    let mut about = vec![format!("{}–{}", cells.date_and_time(from), cells.time(to))];
    if get(report, "ended").as_bool() != Some(true) {
        about.push(cells.with("goes_on", "{time}", &cells.time(get(report, "until"))));
    }
    let known_from = get(report, "known_from");
    if !known_from.is_null() {
        about.push(cells.with("known_from", "{time}", &cells.time(known_from)));
    }
    let sequence = get(report, "sequence").as_u64().unwrap_or_default();
    about.push(cells.with("facts", "{sequence}", &sequence.to_string()));
    if get(report, "simulated").as_bool() == Some(true) {
        about.push(cells.word("simulated"));
    }
    about
}

/// Who handed over and who received: a row each, signed or not.
fn signatures(cells: &Cells, report: &Value) -> Section {
    let signed = get(report, "signatures");
    let row = |part: &str| {
        let signature = get(signed, part);
        let Some(actor) = get(signature, "actor").as_str() else {
            return vec![cells.word(part), cells.word("unsigned"), String::new()];
        };
        let role = get(signature, "role").as_str().unwrap_or_default();
        let mut time = cells.time(get(signature, "at"));
        if get(signature, "matches").as_bool() == Some(false) {
            let sequence = get(signature, "sequence").as_u64().unwrap_or_default().to_string();
            time = format!("{time}, {}", cells.with("other_report", "{sequence}", &sequence));
        }
        vec![cells.word(part), format!("{actor}, {role}"), time]
    };
    Section::new(
        cells,
        "signatures",
        &["signatures", "by", "time"],
        vec![row("given"), row("received")],
        most::SIGNATURES,
    )
}

/// The stations of a report in the order in which a screen shows them.
fn in_order<'a>(cells: &Cells, report: &'a Value) -> Vec<(String, &'a Value)> {
    let mut stations: Vec<_> = members(get(report, "stations"))
        .map(|(id, station)| (cells.name(get(station, "name")).unwrap_or_else(|| id.to_owned()), station))
        .collect();
    stations.sort_by_key(|(name, station)| (get(station, "rank").as_u64().unwrap_or(u64::MAX), name.clone()));
    stations
}
