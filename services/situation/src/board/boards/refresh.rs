//! Looking again at what facts and the clock have touched.

use std::collections::{BTreeMap, BTreeSet};

use super::looking::Sight;
use super::{Boards, Changed, Shown};
use crate::alarm::causes;
use crate::area::Area;
use crate::board::views::next_edge;
use crate::board::{Totals, View, ViewFrame};
use crate::fold::Look;
use crate::handover::unsigned;
use crate::name::StationId;
use crate::time::earlier;

impl Boards {
    /// Looks again at every station that a fact or the clock touched since the last look. What looks
    /// different now was changed by `cause`.
    pub fn refresh(&mut self, cause: Changed) {
        let Some(area) = self.area.clone() else { return };
        while self.due.first().is_some_and(|(at, _)| *at <= self.clock) {
            if let Some((_, id)) = self.due.pop_first() {
                self.touched.insert(id);
            }
        }
        self.touched.extend(self.strain.take_due(self.clock));
        if self.frames_due.is_some_and(|due| due <= self.clock) {
            self.frames_stale = true;
        }
        let before = self.totals;
        let touched = std::mem::take(&mut self.touched);
        let is_new = |id: &&StationId| area.stations.contains_key(*id) && !self.stations.contains_key(*id);
        let new: BTreeSet<StationId> = touched.iter().filter(is_new).cloned().collect();
        self.stations.extend(new.iter().map(|id| (id.clone(), Shown::default())));
        let sight = Sight { area: &area, situation: &self.situation, clock: self.clock };
        for (id, now) in sight.of_all(&touched, &mut self.stations) {
            self.show(&area, &id, now, new.contains(&id), cause);
        }
        self.sound_alarms(&area, cause);
        let strain_changed = self.strain.weigh_area(&area, self.clock);
        if self.totals != before || strain_changed {
            // Every board of the area shows them.
            self.frames.values_mut().for_each(|(_, changed)| *changed = cause);
        }
        if std::mem::take(&mut self.frames_stale) {
            self.frame_again(&area, cause);
        }
    }

    /// Shows a station as it looks now.
    fn show(&mut self, area: &Area, id: &StationId, mut now: Look, is_new: bool, cause: Changed) {
        let (Some(station), Some(shown)) = (area.stations.get(id), self.stations.get_mut(id)) else { return };
        self.strain.weigh(area, id, station, &mut now, self.clock);
        if let Some(before) = shown.due {
            self.due.remove(&(before, id.clone()));
        }
        let watched = causes(area, id, &now, self.clock);
        let due = earlier(now.next_due, watched.due);
        if let Some(due) = due {
            self.due.insert((due, id.clone()));
        }
        let redescribed = self.redescribed.remove(id);
        let changed = is_new || redescribed || now.figures != shown.look.figures;
        self.frames_stale |= now.is_listed() != shown.look.is_listed();
        let totals = Totals::of(area, station, &now.figures);
        if totals != shown.totals {
            self.totals.take_away(&std::mem::replace(&mut shown.totals, totals));
            self.totals.add(&totals);
        }
        shown.look = now;
        shown.due = due;
        if changed {
            self.changes.mark(id, &mut shown.changed, cause);
            for (frame, changed) in self.frames.values_mut() {
                if frame.members.contains(id) {
                    *changed = cause;
                }
            }
        }
        self.hear_alarms(area, id, &watched);
    }

    fn frame_again(&mut self, area: &Area, cause: Changed) {
        let area_redescribed = std::mem::take(&mut self.area_redescribed);
        let listed = self.stations.iter().filter(|(_, shown)| shown.look.is_listed());
        let listed: BTreeSet<StationId> = listed.map(|(id, _)| id.clone()).collect();
        let (notices, notices_due) = self.situation.notices(self.clock);
        let (notes, notes_due) = self.situation.notes(self.clock);
        let (unsigned, unsigned_due) = unsigned(area, &self.situation, self.begun, self.clock);
        for view in View::OF_THE_AREA {
            let frame = ViewFrame::of(&view, area, &listed, self.clock);
            let unsigned = if view == View::Weekend { unsigned.clone() } else { BTreeMap::new() };
            let frame = ViewFrame { notices: notices.clone(), notes: notes.clone(), unsigned, ..frame };
            match self.frames.get_mut(&view) {
                Some((before, _)) if *before == frame && !area_redescribed => {}
                before => {
                    if view == View::Situation {
                        let before = before.map(|(before, _)| std::mem::take(before)).unwrap_or_default();
                        if area_redescribed || !frame.is_like(&before) {
                            self.window_changed = cause;
                        }
                        for id in frame.stations_with_other_notes(&before) {
                            let Some(shown) = self.stations.get_mut(&id) else { continue };
                            self.changes.mark(&id, &mut shown.changed, cause);
                        }
                    }
                    self.frames.insert(view, (frame, cause));
                }
            }
        }
        let said_due = earlier(unsigned_due, earlier(notices_due, notes_due));
        self.frames_due = earlier(next_edge(area, self.clock), said_due);
    }
}
