//! Alarms on boards: raised as stations are looked at, handled as people say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Boards, Changed};
use crate::alarm::{AlarmFigures, AlarmLog, Watched};
use crate::area::Area;
use crate::event::{Event, Said};
use crate::name::{AlarmId, StationId};

impl Boards {
    /// Which alarms stand and stood.
    #[must_use]
    pub fn alarm_log(&self) -> &AlarmLog {
        &self.alarms
    }

    /// What is shown of alarms, those of all stations.
    #[must_use]
    pub fn alarms(&self) -> &BTreeMap<AlarmId, AlarmFigures> {
        &self.alarms_shown
    }

    /// The same, shared: it is another one as soon as anything of it is.
    #[must_use]
    pub const fn alarms_shown(&self) -> &Arc<BTreeMap<AlarmId, AlarmFigures>> {
        &self.alarms_shown
    }

    /// Takes in what somebody says of an alarm; `false` if the event says something else. It counts from when it came
    /// in, like the alarm itself: it is never held back until its time.
    pub(super) fn handle_alarm(&mut self, event: &Event) -> bool {
        if let Said::AlarmAcknowledged(id, said) = &event.said {
            Arc::make_mut(&mut self.alarms).acknowledge(id, said, self.clock);
        } else if let Said::AlarmShelved(id, said) = &event.said {
            Arc::make_mut(&mut self.alarms).shelve(id, said, self.clock);
        } else {
            return false;
        }
        self.alarms_stale = true;
        true
    }

    /// Takes in what the rules found at a station.
    pub(super) fn hear_alarms(&mut self, area: &Area, id: &StationId, watched: &Watched) {
        if self.alarms.is_touched_by(id, watched) {
            Arc::make_mut(&mut self.alarms).hear(&area.alarms, id, watched, self.clock);
            self.alarms_stale = true;
        }
    }

    /// Shows what stands now, if that is not what is shown.
    pub(super) fn sound_alarms(&mut self, area: &Area, cause: Changed) {
        let is_due = self.alarms_due.is_some_and(|due| due <= self.clock);
        if !std::mem::take(&mut self.alarms_stale) && !is_due {
            return;
        }
        if is_due {
            Arc::make_mut(&mut self.alarms).settle(&area.alarms, self.clock);
        }
        let has_station = |id: &StationId| area.stations.contains_key(id);
        if self.alarms.has_any_beyond(&area.alarms, has_station) {
            Arc::make_mut(&mut self.alarms).keep_those_of(&area.alarms, has_station, self.clock);
        }
        let now = self.alarms.figures_now(&area.alarms, self.clock);
        self.alarms_due = self.alarms.next_due(&area.alarms, self.clock);
        if now == *self.alarms_shown {
            return;
        }
        let before = std::mem::replace(&mut self.alarms_shown, Arc::new(now));
        let differs = |(id, alarm): &(&AlarmId, &AlarmFigures), other: &BTreeMap<AlarmId, AlarmFigures>| {
            other.get(*id) != Some(*alarm)
        };
        let gone = before.iter().filter(|it| differs(it, &self.alarms_shown));
        let come = self.alarms_shown.iter().filter(|it| differs(it, &before));
        for station in gone.chain(come).flat_map(|(_, alarm)| alarm.stations()) {
            if let Some(shown) = self.stations.get_mut(station) {
                self.changes.mark(station, &mut shown.changed, cause);
            }
        }
        self.frames.values_mut().for_each(|(_, changed)| *changed = cause);
    }

    /// Shows the alarms that stood at this moment in the log of `like`: alarms are what people were told, and no fold
    /// in another order may raise others.
    pub(super) fn show_alarms_of(&mut self, like: &Self) {
        self.alarms = Arc::clone(&like.alarms);
        let Some(area) = &self.area else { return };
        self.alarms_shown = Arc::new(self.alarms.figures(&area.alarms, self.clock));
    }
}
