//! Boards as JSON, their hashes.
//!
//! A station is drawn once for all the boards that show it, and a board's hash covers its stations'
//! hashes. [`Board`] draws one from nothing; [`KeptBoard`] goes on from what it showed before, so that the cost of a
//! change follows the change and not the area.

mod desk;
mod forecast;
mod kept;
mod layout;
mod station;
mod strain;
mod tree;
mod usual;
mod valvomo;

pub use kept::KeptBoard;
pub use station::{Drawn, draw_station};

use std::sync::Arc;

use serde_json::{Map, Value, json};
use situation::area::{Area, Station};
use situation::board::{Boards, Sum, Totals, View, ViewFrame};
use situation::calendar::DayKind;
use situation::name::{StationId, Trilingual};
use situation::time::Instant;

use self::layout::Layout;
use crate::canonical;
use crate::time::format;

/// The names of the members that a board's hash leaves out, in the order in which [`stamps`] makes them.
const STAMPS: [&str; 5] = ["as_of", "epoch", "hash", "revision", "sequence"];

/// One board, drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Everything but the stations, `hash` included.
    pub header: Value,
    /// The stations on it, in the order of their ids.
    pub stations: Vec<(StationId, Arc<Drawn>)>,
    /// The fact that last changed it.
    pub revision: u64,
    /// The newest fact known when it was drawn.
    pub sequence: u64,
    /// Its hash.
    pub hash: String,
}

impl Board {
    /// Draws a view of boards that have been refreshed; `station` draws (or remembers) a station.
    /// `None` if there is no such view, or no area yet.
    pub fn draw(
        boards: &Boards,
        view: &View,
        station: impl FnMut(&StationId) -> Option<Arc<Drawn>>,
    ) -> Option<Self> {
        Self::lay_out(boards, view, station).map(|(board, _)| board)
    }

    /// Draws a view, and what its hash is of.
    fn lay_out(
        boards: &Boards,
        view: &View,
        mut station: impl FnMut(&StationId) -> Option<Arc<Drawn>>,
    ) -> Option<(Self, Layout)> {
        let area = boards.area()?;
        let (frame, changed) = boards.view(view)?;
        let stations: Vec<_> =
            frame.members.iter().filter_map(|id| station(id).map(|drawn| (id.clone(), drawn))).collect();
        let header = header(area, boards, view, &frame);
        let layout = Layout::of(&header, &stations);
        let hash = canonical::hash(&layout.text);
        let mut board =
            Self { header, stations, revision: changed.sequence, sequence: boards.sequence(), hash };
        if let Value::Object(members) = &mut board.header {
            members.extend(
                stamps(boards, board.revision, &board.hash).map(|(name, value)| (name.into(), value)),
            );
        }
        Some((board, layout))
    }

    /// The whole board as canonical JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut members: Vec<(&str, Option<&Value>)> = self
            .header
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), Some(value)))
            .collect();
        if !self.stations.is_empty() {
            members.push(("stations", None));
        }
        members.sort_unstable_by_key(|(name, _)| *name);
        let mut out = String::with_capacity(64 + self.stations.len() * 512);
        for (name, value) in members {
            out.push(if out.is_empty() { '{' } else { ',' });
            canonical::write_string(name, &mut out);
            out.push(':');
            match value {
                Some(value) => canonical::write(value, &mut out),
                None => write_stations(&self.stations, &mut out, &mut |drawn, out| out.push_str(&drawn.text)),
            }
        }
        out.push('}');
        out
    }

    /// The merge patch from an earlier drawing of the same view to this one; `None` where both show
    /// the same.
    #[must_use]
    pub fn patch_from(&self, before: &Self) -> Option<Value> {
        let header = crate::patch::between(&before.header, &self.header);
        let mut stations = Map::new();
        let mut old = before.stations.iter().peekable();
        for (id, drawn) in &self.stations {
            while let Some((gone, _)) = old.next_if(|(other, _)| other < id) {
                stations.insert(gone.as_str().to_owned(), Value::Null);
            }
            match old.next_if(|(other, _)| other == id) {
                Some((_, known)) if Arc::ptr_eq(known, drawn) => {}
                Some((_, known)) => {
                    if let Some(change) = crate::patch::between(&known.value, &drawn.value) {
                        stations.insert(id.as_str().to_owned(), change);
                    }
                }
                None => {
                    stations.insert(id.as_str().to_owned(), drawn.value.clone());
                }
            }
        }
        for (gone, _) in old {
            stations.insert(gone.as_str().to_owned(), Value::Null);
        }
        let mut patch = match header {
            Some(Value::Object(members)) => members,
            Some(_) | None => Map::new(),
        };
        if self.stations.is_empty() && !before.stations.is_empty() {
            // An empty object is left out of a board, so it has to go with the last that was in it.
            patch.insert("stations".into(), Value::Null);
        } else if !stations.is_empty() {
            patch.insert("stations".into(), Value::Object(stations));
        }
        (!patch.is_empty()).then_some(Value::Object(patch))
    }
}

fn write_stations(
    stations: &[(StationId, Arc<Drawn>)],
    out: &mut String,
    write: &mut impl FnMut(&Drawn, &mut String),
) {
    out.push('{');
    for (at, (id, drawn)) in stations.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        canonical::write_string(id.as_str(), out);
        out.push(':');
        write(drawn, out);
    }
    out.push('}');
}

/// The members that a board's hash leaves out.
fn stamps(boards: &Boards, revision: u64, hash: &str) -> impl Iterator<Item = (&'static str, Value)> {
    let stamps: [_; STAMPS.len()] = [
        format(boards.clock()).into(),
        boards.epoch().map_or("", |epoch| epoch).into(),
        hash.into(),
        revision.into(),
        boards.sequence().into(),
    ];
    STAMPS.into_iter().zip(stamps)
}

/// Everything of a board but its stations and what its hash leaves out.
fn header(area: &Area, boards: &Boards, view: &View, frame: &ViewFrame) -> Value {
    let mut header = json!({
        "area": area.id,
        "view": view.to_string(),
        "name": trilingual(&area.name),
        "time_zone": area.calendar.zone.iana_name(),
        "attribution": area.attribution,
        "simulated": boards.simulated().then_some(true),
        "restored": boards.restored().map(|restored| json!({
            "to": format(restored.to),
            "at": format(restored.at),
        })),
        "window": frame.window.as_ref().map(|window| json!({
            "kind": window.kind.as_str(),
            "name": trilingual(&window.name),
            "from": format(window.from),
            "to": format(window.to),
        })),
        "notices": valvomo::notices(&frame.notices),
        "alarms": desk::alarms(area, boards.alarms(), view),
        "notes": desk::notes(&frame.notes, view),
        "handovers": desk::handovers(&frame.unsigned),
        "day": frame.day.as_ref().map(|day| json!({
            "kind": day.kind.map(DayKind::as_str),
            "name": day.name.as_ref().map(trilingual),
        })),
    });
    canonical::prune(&mut header);
    if let Value::Object(members) = &mut header {
        let drawn = together(area, boards, view).into_iter().flatten().filter(|(_, value)| !value.is_null());
        members.extend(drawn.map(|(name, value)| (name.into(), value)));
    }
    header
}

/// The members that say what the stations are together, on the boards that show many; null where there is none now.
fn together(area: &Area, boards: &Boards, view: &View) -> Option<[(&'static str, Value); 4]> {
    match view {
        View::Situation | View::Evening | View::Weekend => {
            let totals = boards.totals();
            let strain = boards.strain();
            Some([
                ("level", strain::number(strain.and_then(|strain| strain.level))),
                ("reporting", reporting(totals)),
                ("strain", strain.map_or(Value::Null, |strain| strain::area(area, strain))),
                ("sums", sums(totals)),
            ])
        }
        View::Station(_) => None,
    }
}

/// How many stations that people come to are open, and how many of these can be trusted at the moment.
fn reporting(totals: &Totals) -> Value {
    let Totals { counted, open, open_unknown, reporting, .. } = totals;
    json!({"counted": counted, "open": open, "open_unknown": open_unknown, "reporting": reporting})
}

/// Sums over the open stations that report: each says of how many stations it is, and how many lanes it lacks.
fn sums(totals: &Totals) -> Value {
    let sum = |sum: &Sum| {
        let Sum { value, stations, lanes_missing } = sum;
        json!({"value": (*stations > 0).then_some(value), "stations": stations, "lanes_missing": lanes_missing})
    };
    let Totals { waiting, in_care, present, overdue, .. } = totals;
    let mut sums = json!({
        "waiting": sum(waiting), "in_care": sum(in_care), "present": sum(present), "overdue": sum(overdue),
    });
    canonical::prune(&mut sums);
    sums
}

/// A text in three languages.
pub(crate) fn trilingual(names: &Trilingual) -> Value {
    json!({"fi": names.fi, "sv": names.sv, "en": names.en})
}

fn moment(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, |at| format(at).into())
}

/// The contract's list of areas. Beside its name each has those of its stations, whether or not they are on a view, and of what
/// else stands on its boards as an id of its own.
#[must_use]
pub fn areas(area: &Area) -> Value {
    let stations = area.stations.iter().map(|(id, station)| {
        let Station { name, rank, kind, counted, .. } = station;
        let station =
            json!({"name": trilingual(name), "rank": rank, "kind": kind.as_str(), "counted": counted});
        (id.as_str().to_owned(), station)
    });
    let words = area.words.iter().map(|(id, name)| (id.as_str().to_owned(), trilingual(name)));
    let mut drawn = json!({
        "id": area.id,
        "name": trilingual(&area.name),
        "stations": stations.collect::<Map<_, _>>(),
        "words": words.collect::<Map<_, _>>(),
    });
    canonical::prune(&mut drawn);
    json!({"areas": {area.id.as_str(): drawn}})
}
