//! Walking the facts of a span beside the boards that people saw.

mod ends;
mod people;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::people::People;
use super::report::{Hours, Peak, PlacesReport, Report, StationReport};
use super::span::Span;
use super::stretch::{Gaps, Silences};
use crate::alarm::Alarm;
use crate::board::{Boards, NoticeFigures, StationFigures};
use crate::event::Note;
use crate::fact::{Body, Fact};
use crate::name::{AlarmId, FeedId, NoteId, NoticeId, StationId};
use crate::time::Instant;

/// What has been seen of a span so far.
#[derive(Debug, Clone)]
pub struct Chronicle {
    span: Span,
    begun: Option<Instant>,
    stations: BTreeMap<StationId, Watch>,
    silences: BTreeMap<FeedId, Silences>,
    people: People,
    alarms: BTreeMap<(Instant, AlarmId), Arc<Alarm>>,
    /// The levels that ended, of boards that were left.
    levels_over: ends::Over,
    /// How boards stood when the span was over; before that, as they stand.
    told: Option<AtEnd>,
    /// The newest fact seen.
    sequence: u64,
}

/// What people were told of a station.
#[derive(Debug, Clone, Default)]
struct Watch {
    first: Option<Hours>,
    open: Option<bool>,
    gaps: BTreeMap<String, Gaps>,
    report: StationReport,
}

/// What only the span's last board tells.
#[derive(Debug, Clone)]
struct AtEnd {
    ended: bool,
    until: Instant,
    levels: ends::Levels,
    hours: BTreeMap<StationId, (Hours, BTreeMap<NoticeId, NoticeFigures>)>,
    notes: BTreeMap<NoteId, (Instant, Note)>,
    notices: BTreeMap<NoticeId, NoticeFigures>,
}

impl Chronicle {
    /// Begins beside the boards as they stood after the last fact that was received before the span.
    #[must_use]
    pub fn begin(span: Span, boards: &Boards) -> Self {
        let mut chronicle = Self {
            people: People::begin(span.from, boards),
            span,
            begun: None,
            stations: BTreeMap::new(),
            silences: BTreeMap::new(),
            alarms: BTreeMap::new(),
            levels_over: ends::Over::new(),
            told: None,
            sequence: boards.sequence(),
        };
        let Some(area) = boards.area().cloned() else { return chronicle };
        for id in area.stations.keys() {
            let from = chronicle.span.from;
            chronicle.look(id, boards, from, from);
        }
        chronicle
    }

    /// The next fact, and the boards with it. Facts beyond the span may follow: they tell what was, and nothing of what
    /// people were told within it.
    pub fn pass(&mut self, fact: &Fact, boards: &Boards) {
        let before = std::mem::replace(&mut self.sequence, fact.sequence);
        self.people.hear(fact, boards);
        if !self.holds(fact) {
            return;
        }
        if matches!(fact.body, Body::LogBegun { .. }) {
            self.begun = Some(fact.received);
        }
        let touched: Vec<StationId> = boards.stations_changed_after(before).cloned().collect();
        for id in touched {
            let from = self.begun.map_or(self.span.from, |begun| begun.max(self.span.from));
            let clock = boards.clock().max(from);
            let of_it = matches!(&fact.body, Body::Event(event) if event.station.as_ref() == Some(&id));
            let at = if of_it { fact.event_time().clamp(from, clock) } else { clock };
            self.look(&id, boards, at, clock);
        }
    }

    /// Whether a fact that comes next was received within the span: if not, [`Chronicle::end`] it before.
    #[must_use]
    pub fn holds(&self, fact: &Fact) -> bool {
        fact.received < self.span.to
    }

    /// What these boards remember and others that go on from the same fact may not: to be called before going over to
    /// those.
    pub fn gather(&mut self, boards: &Boards) {
        if self.told.is_none() {
            ends::gather_alarms(&mut self.alarms, boards.alarm_log(), &self.span);
            ends::gather_levels(&mut self.levels_over, boards.strain_log(), &self.span);
        }
    }

    /// These boards are the last of the span, or, where it has not `ended`, the newest.
    pub fn end(&mut self, boards: &Boards, ended: bool) {
        if self.told.is_none() {
            self.gather(boards);
            self.told = Some(ends::at_end(&self.span, boards, &self.levels_over, ended));
        }
    }

    /// The report; `None` where no area is known. `boards` are those after the last fact that passed, and `ended` tells
    /// whether all facts that were received within the span have.
    #[must_use]
    pub fn report(mut self, boards: &Boards, ended: bool) -> Option<Report> {
        self.end(boards, ended);
        let area = boards.area()?;
        let Self { span, begun, mut stations, silences, people, alarms, levels_over: _, told, sequence } =
            self;
        // Named by the description of then: a shift that is called otherwise now changes no report.
        let span = Span::between(area, span.from, span.to).unwrap_or(span);
        let AtEnd { ended, until, levels, mut hours, notes, notices } = told?;
        // Of before the log began only those are known who were still there.
        let from = begun.map_or(span.from, |begun| begun.clamp(span.from, until));
        let mut counted = people.count(area, from, until);
        let mut reports = BTreeMap::new();
        for id in area.stations.keys() {
            let Watch { first, gaps, report, .. } = stations.remove(id).unwrap_or_default();
            let (at_end, notices) = hours.remove(id).unwrap_or_default();
            let gaps = gaps
                .into_iter()
                .map(|(post, gaps)| (post, gaps.lasting()))
                .filter(|(_, gaps)| !gaps.is_empty());
            let mut report = StationReport {
                at_start: first.unwrap_or_default(),
                at_end,
                gaps: gaps.collect(),
                levels: levels.of(Some(id)),
                notices,
                ..report
            };
            if let Some(counted) = counted.remove(id) {
                counted.put_into(&mut report);
            }
            reports.insert(id.clone(), report);
        }
        let silences = silences.into_iter().map(|(feed, silences)| (feed, silences.told()));
        Some(Report {
            ended,
            until,
            begun,
            sequence,
            simulated: boards.simulated(),
            stations: reports,
            silences: silences.filter(|(_, silences)| !silences.is_empty()).collect(),
            levels: levels.of(None),
            alarms,
            notes,
            notices,
            area: Arc::clone(area),
            span,
        })
    }

    /// A station looks like this from `at` on, by the boards' clock.
    fn look(&mut self, id: &StationId, boards: &Boards, at: Instant, clock: Instant) {
        let Some((look, _)) = boards.look(id) else { return };
        let figures = &look.figures;
        let is_open = figures.open == Some(true);
        for (feed, stands) in &figures.feeds {
            if is_open || self.silences.contains_key(feed) {
                self.silences.entry(feed.clone()).or_default().look(id, stands, is_open, clock);
            }
        }
        let watch = self.stations.entry(id.clone()).or_default();
        // A shift begins with what its first moment changes.
        if watch.first.is_none() || boards.clock() <= self.begun.unwrap_or(self.span.from) {
            watch.first = Some(Hours::of(figures));
        }
        if watch.open == Some(true) && figures.open == Some(false) {
            let inside = ends::inside(figures);
            self.people.close(id, clock);
            watch.report.closings.entry(clock).or_default().inside = inside;
        }
        watch.open = figures.open;
        if figures.open == Some(false) && ends::inside(figures) == Some(0) {
            let closing = watch.report.closings.last_entry();
            closing.map(|mut closing| *closing.get_mut().empty.get_or_insert(at));
        }
        watch.see(figures, at);
    }
}

impl Watch {
    fn see(&mut self, figures: &StationFigures, at: Instant) {
        for (post, staff) in &figures.staff {
            let gaps = self.gaps.entry(post.clone()).or_default();
            gaps.look(staff, figures.open == Some(false), at);
        }
        for (kind, places) in &figures.capacity {
            let known: &mut PlacesReport = self.report.places.entry(kind.clone()).or_default();
            if let Some(free) = places.free
                && known.least_free.is_none_or(|(least, _)| free < least)
            {
                known.least_free = Some((free, at));
            }
            if let Some(boarding) = places.boarding {
                Peak::raise(&mut known.most_boarding, boarding, at);
            }
        }
        for (line, contacts) in &figures.contacts {
            let Some(waiting) = contacts.callbacks_waiting else { continue };
            let mut peak = self.report.callbacks.get(line).copied();
            Peak::raise(&mut peak, waiting, at);
            self.report.callbacks.extend(peak.map(|peak| (line.clone(), peak)));
        }
    }
}

impl Hours {
    fn of(figures: &StationFigures) -> Self {
        let StationFigures { open, intake_until, doors_until, .. } = figures;
        Self { open: *open, intake_until: *intake_until, doors_until: *doors_until }
    }
}
