//! What a board shows of alarms at a moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cause::Cause;
use super::log::{Acknowledged, Alarm, AlarmLog, Shelved};
use super::rule::{AlarmRules, SUMMARY};
use crate::name::{AlarmId, StationId, Trilingual, Word};
use crate::time::{Instant, earlier};

/// How an alarm stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmState {
    /// It stands, and nobody has taken notice.
    Unacknowledged,
    /// It is over, and nobody has taken notice.
    ClearedUnacknowledged,
    /// It stands, and somebody has.
    Acknowledged,
    /// Nobody wants to hear of it for a while.
    Shelved,
}

impl AlarmState {
    /// The word on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unacknowledged => "unacknowledged",
            Self::Acknowledged => "acknowledged",
            Self::ClearedUnacknowledged => "cleared_unacknowledged",
            Self::Shelved => "shelved",
        }
    }
}

/// An alarm on a board.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmFigures {
    /// Why.
    pub cause: Cause,
    /// What it says to people.
    pub text: Trilingual,
    /// Its place on a screen, 1 first.
    pub rank: Option<u32>,
    /// How it stands.
    pub state: AlarmState,
    /// When it was raised.
    pub raised: Instant,
    /// When its cause was gone.
    pub cleared: Option<Instant>,
    /// Who took notice.
    pub acknowledged: Option<Acknowledged>,
    /// Until when nobody wants to hear of it.
    pub shelved: Option<Shelved>,
    /// Since when somebody else is told, because nobody here took notice; and who.
    pub escalated: Option<(Instant, Trilingual)>,
    /// Of a summary: what it tells of, by rule and station.
    pub told_of: BTreeMap<AlarmId, (Word, Option<StationId>)>,
}

impl AlarmFigures {
    /// The stations that it tells of: a summary of many.
    pub fn stations(&self) -> impl Iterator<Item = &StationId> {
        let of_many = self.told_of.values().filter_map(|(_, station)| station.as_ref());
        self.cause.station.iter().chain(of_many)
    }
}

impl AlarmLog {
    /// What a board of a past moment shows: what stood then and who had taken notice, but no count that changed since.
    #[must_use]
    pub fn figures(&self, rules: &AlarmRules, clock: Instant) -> BTreeMap<AlarmId, AlarmFigures> {
        let over = self.ended.iter().map(|(id, alarm)| (id, Arc::as_ref(alarm)));
        shown(over.chain(&self.standing), rules, clock)
    }

    /// What a board of the moment shows at which this log stands, or a later one.
    #[must_use]
    pub fn figures_now(&self, rules: &AlarmRules, clock: Instant) -> BTreeMap<AlarmId, AlarmFigures> {
        shown(self.standing.iter(), rules, clock)
    }

    /// The next moment after `clock` at which that changes although nobody says anything.
    #[must_use]
    pub fn next_due(&self, rules: &AlarmRules, clock: Instant) -> Option<Instant> {
        let due = |alarm: &Alarm| {
            let rule = rules.rules.get(&alarm.cause.rule);
            let is_open = alarm.cleared.is_none() && alarm.acknowledged.is_none();
            let escalates = rule.and_then(|rule| rule.escalation.as_ref()).filter(|_| is_open);
            let escalates = escalates.map(|to| alarm.raised.plus(to.after)).filter(|at| *at > clock);
            let shelf = alarm.shelved.as_ref().map(|shelf| shelf.until).filter(|until| *until > clock);
            // A shelf's end also ends what went while it was on it.
            let over = alarm.is_over_at(rules).filter(|at| *at > clock && alarm.cleared.is_none());
            earlier(earlier(escalates, shelf), over)
        };
        self.standing.values().map(due).fold(None, earlier)
    }
}

fn shown<'a>(
    alarms: impl Iterator<Item = (&'a AlarmId, &'a Alarm)>,
    rules: &AlarmRules,
    clock: Instant,
) -> BTreeMap<AlarmId, AlarmFigures> {
    let mut shown = BTreeMap::new();
    let mut summary: Option<AlarmFigures> = None;
    for (id, alarm) in alarms {
        let Some(figures) = alarm.figures(rules, clock) else { continue };
        if alarm.in_summary {
            AlarmFigures::gather(&mut summary, id, figures);
        } else {
            shown.insert(id.clone(), figures);
        }
    }
    shown.extend(summary.map(|summary| (AlarmId::new(SUMMARY), summary)));
    shown
}

impl Alarm {
    /// `None` where it was not raised yet, or is over and done with, or another tells of it.
    fn figures(&self, rules: &AlarmRules, clock: Instant) -> Option<AlarmFigures> {
        if clock < self.raised || self.superseded.is_some_and(|at| at <= clock) {
            return None;
        }
        let cleared = self.cleared.filter(|at| *at <= clock);
        let acknowledged = self.acknowledged.as_ref().filter(|it| it.at <= clock);
        let shelved = self.shelved.as_ref().filter(|it| it.at <= clock && clock < it.until);
        let state = match (cleared, acknowledged, shelved) {
            (Some(_), Some(_), _) => return None,
            // It went while nobody wanted to hear of it.
            (Some(cleared), None, _) if self.is_shelved_at(cleared) => return None,
            (Some(_), None, _) => AlarmState::ClearedUnacknowledged,
            (None, _, Some(_)) => AlarmState::Shelved,
            (None, Some(_), None) => AlarmState::Acknowledged,
            (None, None, None) => AlarmState::Unacknowledged,
        };
        let rule = rules.rules.get(&self.cause.rule);
        let mut cause = self.cause.clone();
        if clock < self.told {
            (cause.since, cause.until, cause.count) = (None, None, None);
        }
        Some(AlarmFigures {
            cause,
            text: rule.map(|rule| rule.text.clone()).unwrap_or_default(),
            rank: rule.and_then(|rule| rule.rank),
            state,
            raised: self.raised,
            cleared,
            acknowledged: acknowledged.cloned(),
            shelved: shelved.cloned(),
            escalated: self.escalated(rules, clock).filter(|_| state == AlarmState::Unacknowledged),
            told_of: BTreeMap::new(),
        })
    }

    fn is_shelved_at(&self, moment: Instant) -> bool {
        self.shelved.as_ref().is_some_and(|it| it.at <= moment && moment < it.until)
    }

    fn escalated(&self, rules: &AlarmRules, clock: Instant) -> Option<(Instant, Trilingual)> {
        let to = rules.rules.get(&self.cause.rule)?.escalation.as_ref()?;
        let at = self.raised.plus(to.after);
        (at <= clock).then(|| (at, to.to.clone()))
    }
}

impl AlarmFigures {
    /// Puts one more into the summary: it stands as its worst does, since its first was raised.
    fn gather(summary: &mut Option<Self>, id: &AlarmId, one: Self) {
        let key = (id.clone(), (one.cause.rule.clone(), one.cause.station.clone()));
        let summary = summary.get_or_insert_with(|| Self {
            cause: Cause::of(Word::new(SUMMARY), None),
            text: text(),
            rank: None,
            told_of: BTreeMap::new(),
            ..one.clone()
        });
        summary.told_of.insert(key.0, key.1);
        summary.raised = summary.raised.min(one.raised);
        if one.state < summary.state {
            (summary.state, summary.cleared) = (one.state, one.cleared);
            (summary.acknowledged, summary.shelved) = (one.acknowledged, one.shelved);
        }
        if let Some(escalated) = one.escalated {
            let is_first = summary.escalated.as_ref().is_none_or(|(at, _)| escalated.0 < *at);
            if is_first {
                summary.escalated = Some(escalated);
            }
        }
    }
}

fn text() -> Trilingual {
    Trilingual {
        fi: "Monta hälytystä yhtä aikaa".to_owned(),
        sv: "Många larm på en gång".to_owned(),
        en: "Many alarms at once".to_owned(),
    }
}
