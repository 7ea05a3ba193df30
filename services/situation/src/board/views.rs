//! The views of an area, and what a board shows besides its stations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::NoticeFigures;
use crate::area::Area;
use crate::calendar::{self, Window, WindowKind};
use crate::name::{NoticeId, StationId};
use crate::time::{Instant, earlier};

/// A view of the area.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// All stations.
    Situation,
    /// The stations that serve in the present or coming evening.
    Evening,
    /// The stations that serve in the present or coming weekend.
    Weekend,
    /// One station.
    Station(StationId),
}

impl View {
    /// Reads a view's id; `None` if there is no such kind of view. Whether the area has the station
    /// is another question.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        match id {
            "situation" => Some(Self::Situation),
            "evening" => Some(Self::Evening),
            "weekend" => Some(Self::Weekend),
            _ => id.strip_prefix("station:").filter(|id| !id.is_empty()).map(|id| Self::Station(id.into())),
        }
    }

    /// The views that show many stations.
    pub const OF_THE_AREA: [Self; 3] = [Self::Situation, Self::Evening, Self::Weekend];
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Situation => f.write_str("situation"),
            Self::Evening => f.write_str("evening"),
            Self::Weekend => f.write_str("weekend"),
            Self::Station(id) => write!(f, "station:{id}"),
        }
    }
}

/// What a board of many stations shows besides them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewFrame {
    /// The window it speaks of.
    pub window: Option<Window>,
    /// The stations on it.
    pub members: BTreeSet<StationId>,
    /// What everybody in the area should know now.
    pub notices: BTreeMap<NoticeId, NoticeFigures>,
}

/// How far ahead the next change of window is looked for.
const LOOK_AHEAD: std::time::Duration = std::time::Duration::from_secs(9 * 24 * 3600);

impl ViewFrame {
    /// The frame of a view at a moment, yet without notices. `open_now` are the stations that are open by their own
    /// word.
    pub(super) fn of(view: &View, area: &Area, open_now: &BTreeSet<StationId>, clock: Instant) -> Self {
        let kind = match view {
            View::Situation => {
                return Self {
                    window: window_now(area, clock),
                    members: area.stations.keys().cloned().collect(),
                    ..Self::default()
                };
            }
            View::Station(id) => {
                let members = BTreeSet::from([id.clone()]);
                return Self { window: window_now(area, clock), members, ..Self::default() };
            }
            View::Evening => WindowKind::Evening,
            View::Weekend => WindowKind::Weekend,
        };
        let Some(window) = calendar::window_of_kind(&area.windows, &area.time_zone, kind, clock) else {
            return Self::default();
        };
        let holds = window.from <= clock;
        let members = area
            .stations
            .iter()
            .filter(|(id, station)| {
                // Where no timetable is known, nobody may conclude that the station is closed.
                let unknown = station.hours.is_empty() && !station.always_open;
                unknown
                    || (holds && open_now.contains(*id))
                    || calendar::serves_between(station, &area.time_zone, window.from, window.to)
            })
            .map(|(id, _)| id.clone())
            .collect();
        Self { window: Some(window), members, ..Self::default() }
    }
}

fn window_now(area: &Area, clock: Instant) -> Option<Window> {
    calendar::window_at(&area.windows, &area.time_zone, clock)
}

/// The next moment after `clock` at which a window begins or ends.
pub(super) fn next_edge(area: &Area, clock: Instant) -> Option<Instant> {
    calendar::windows_between(&area.windows, &area.time_zone, clock, clock.plus(LOOK_AHEAD))
        .iter()
        .flat_map(|window| [window.from, window.to])
        .filter(|edge| *edge > clock)
        .fold(None, |first, edge| earlier(first, Some(edge)))
}
