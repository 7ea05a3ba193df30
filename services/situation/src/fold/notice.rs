//! Notices of one station, or of the whole area.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::told::{Register, Stamp};
use crate::board::NoticeFigures;
use crate::event::{Notice, Told};
use crate::name::NoticeId;
use crate::time::{Instant, earlier};

/// Notices of one station, or of the area, that are remembered. People read a handful: who posts more must
/// withdraw some.
pub const MAX_NOTICES: usize = 64;

/// Notices by their names.
#[derive(Debug, Clone, Default)]
pub struct Notices(pub BTreeMap<NoticeId, NoticeState>);

/// What was said of a notice.
#[derive(Debug, Clone, Default)]
pub struct NoticeState {
    /// What it says.
    pub posted: Register<Notice>,
    /// The newest word that it need not be known any more.
    pub withdrawn: Option<Arc<Stamp>>,
}

impl Notices {
    /// Whether one more may be said at a moment: known by its name, or one that is over can go.
    #[must_use]
    pub fn has_room_for(&self, id: &NoticeId, now: Instant) -> bool {
        self.0.contains_key(id) || self.0.len() < MAX_NOTICES || self.longest_over(now).is_some()
    }

    pub(super) fn post(&mut self, id: &NoticeId, notice: &Notice, stamp: &Arc<Stamp>) {
        self.entry(id, stamp.time).posted.hear(stamp, &Told::Value(notice.clone()));
    }

    pub(super) fn withdraw(&mut self, id: &NoticeId, stamp: &Arc<Stamp>) {
        let known = self.entry(id, stamp.time);
        if known.withdrawn.as_ref().is_none_or(|earlier| earlier < stamp) {
            known.withdrawn = Some(Arc::clone(stamp));
        }
    }

    fn entry(&mut self, id: &NoticeId, now: Instant) -> &mut NoticeState {
        if !self.0.contains_key(id) && self.0.len() >= MAX_NOTICES {
            let over = self.longest_over(now).cloned();
            over.and_then(|over| self.0.remove(&over));
        }
        self.0.entry(id.clone()).or_default()
    }

    fn longest_over(&self, now: Instant) -> Option<&NoticeId> {
        let over = self.0.iter().filter_map(|(id, notice)| Some((notice.over_from()?, id)));
        over.filter(|(from, _)| *from <= now).min().map(|(_, id)| id)
    }

    /// What is shown at a moment, and when that changes by itself.
    #[must_use]
    pub fn look(&self, clock: Instant) -> (BTreeMap<NoticeId, NoticeFigures>, Option<Instant>) {
        let mut shown = BTreeMap::new();
        let mut due = None;
        for (id, notice) in &self.0 {
            let Some((said, stamp)) = notice.posted.at(clock).filter(|_| !notice.is_withdrawn()) else {
                continue;
            };
            let from = said.from.unwrap_or(stamp.time);
            for edge in [Some(from), said.until] {
                due = earlier(due, edge.filter(|edge| *edge > clock));
            }
            if from <= clock && said.until.is_none_or(|until| clock < until) {
                let feed = stamp.source.clone();
                let Notice { kind, text, from: _, until } = said.clone();
                shown.insert(id.clone(), NoticeFigures { feed, kind, text, from, until });
            }
        }
        (shown, due)
    }
}

impl NoticeState {
    /// Of one moment, withdrawing comes after posting.
    fn is_withdrawn(&self) -> bool {
        let Some(withdrawn) = &self.withdrawn else { return false };
        self.posted.stamp.as_ref().is_none_or(|posted| posted.time <= withdrawn.time)
    }

    fn over_from(&self) -> Option<Instant> {
        let withdrawn = self.withdrawn.as_ref().filter(|_| self.is_withdrawn());
        earlier(withdrawn.map(|stamp| stamp.time), self.posted.told().and_then(|notice| notice.until))
    }
}
