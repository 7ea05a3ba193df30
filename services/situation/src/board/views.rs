//! The views of an area, and what a board shows besides its stations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::NoticeFigures;
use crate::area::Area;
use crate::calendar::{self, Day, Window, WindowKind};
use crate::event::Note;
use crate::handover::Unsigned;
use crate::name::{NoteId, NoticeId, StationId};
use crate::time::{Instant, earlier};

/// A view of the area.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// All stations.
    Situation,
    /// The stations that serve in the present or coming evening, and those that have urgent times to give.
    Evening,
    /// The stations that serve over the present or coming weekend or holiday, and those that have urgent times to give.
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
    /// The local date, where it has a name or is special.
    pub day: Option<Day>,
    /// The stations on it; shared, for a large area has many.
    pub members: Arc<BTreeSet<StationId>>,
    /// What everybody in the area should know now.
    pub notices: BTreeMap<NoticeId, NoticeFigures>,
    /// What people at the desk wrote to each other, with when.
    pub notes: BTreeMap<NoteId, (Instant, Note)>,
    /// Of the weekend's view: shifts that nobody has taken over, by when they began.
    pub unsigned: BTreeMap<Instant, Unsigned>,
}

impl ViewFrame {
    /// The frame of a view at a moment, yet without notices and notes. `listed` are the stations that are open by their own
    /// word or have urgent appointments to give.
    pub(super) fn of(view: &View, area: &Area, listed: &BTreeSet<StationId>, clock: Instant) -> Self {
        let calendar = &area.calendar;
        let day = calendar.day_at(clock).filter(|day| day.name.is_some());
        let now = || calendar::window_at(&area.windows, calendar, clock);
        let kinds: &[WindowKind] = match view {
            View::Situation => {
                let members = Arc::new(area.stations.keys().cloned().collect());
                return Self { window: now(), day, members, ..Self::default() };
            }
            View::Station(id) => {
                let members = Arc::new(BTreeSet::from([id.clone()]));
                return Self { window: now(), day, members, ..Self::default() };
            }
            View::Evening => &[WindowKind::Evening],
            View::Weekend => &[WindowKind::Weekend, WindowKind::Holiday],
        };
        let Some(window) = calendar::window_of_kinds(&area.windows, calendar, kinds, clock) else {
            return Self { day, ..Self::default() };
        };
        let holds = window.from <= clock;
        let members = area
            .stations
            .iter()
            .filter(|(id, station)| {
                // Where no timetable is known, nobody may conclude that the station is closed.
                let unknown = station.hours.is_empty() && !station.always_open;
                unknown
                    || (holds && listed.contains(*id))
                    || calendar::serves_between(station, calendar, window.from, window.to)
            })
            .map(|(id, _)| id.clone())
            .collect();
        Self { window: Some(window), day, members: Arc::new(members), ..Self::default() }
    }
}

impl ViewFrame {
    /// Whether the boards of single stations show the same of it, but for the notes of each.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.window, &self.day, &self.notices) == (&other.window, &other.day, &other.notices)
    }

    /// The stations that have other notes of their own here than there.
    pub(super) fn stations_with_other_notes(&self, other: &Self) -> BTreeSet<StationId> {
        let others = |here: &Self, there: &Self| {
            let other = here.notes.iter().filter(|(id, note)| there.notes.get(*id) != Some(*note));
            other.filter_map(|(_, (_, note))| note.station.clone()).collect::<BTreeSet<_>>()
        };
        &others(self, other) | &others(other, self)
    }
}

/// The next moment after `clock` at which a window, a shift or a day with a name begins or ends.
pub(super) fn next_edge(area: &Area, clock: Instant) -> Option<Instant> {
    let calendar = &area.calendar;
    let window = calendar::next_window_edge(&area.windows, calendar, clock);
    let shift = calendar::next_shift_edge(&area.shifts, calendar, clock);
    earlier(earlier(window, shift), calendar.next_day_edge(clock))
}
