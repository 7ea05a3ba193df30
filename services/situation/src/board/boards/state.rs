//! All that boards hold, laid open for storing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::strain::StrainBook;
use super::{Boards, Changed};
use crate::alarm::AlarmLog;
use crate::area::Area;
use crate::board::View;
use crate::event::Event;
use crate::fact::Restored;
use crate::fold::Situation;
use crate::name::StationId;
use crate::strain::StrainLog;
use crate::time::Instant;
use crate::trail::Trail;

/// Boards in pieces, without what follows from them: looks, timetables and what falls due.
#[derive(Debug, Clone, Default)]
pub struct BoardsState {
    /// The log's epoch.
    pub epoch: Option<Arc<str>>,
    /// Whether the simulator invented all of this.
    pub simulated: bool,
    /// To which moment the log was restored, if it ever was.
    pub restored: Option<Restored>,
    /// When the log began, if that is known.
    pub begun: Option<Instant>,
    /// The area in force.
    pub area: Option<Arc<Area>>,
    /// What is going on.
    pub situation: Situation,
    /// The boards' clock.
    pub clock: Instant,
    /// The newest fact.
    pub sequence: u64,
    /// Events that wait for their time, with when their facts were received.
    pub held: BTreeMap<(Instant, u64), (Box<Event>, Instant)>,
    /// The fact that last changed each station.
    pub stations: BTreeMap<StationId, Changed>,
    /// The fact that last changed each view of the area.
    pub views: BTreeMap<View, Changed>,
    /// The fact that last changed what a station's board shows besides the station.
    pub window_changed: Changed,
    /// Which alarms stand and stood.
    pub alarms: Arc<AlarmLog>,
    /// Which levels stand and stood.
    pub strain: Arc<StrainLog>,
}

impl Boards {
    /// The pieces. Cheap: most is shared with the boards. Of boards that were refreshed after their last
    /// fact they hold everything; of others, everything but which fact changes what, next time.
    #[must_use]
    pub fn state(&self) -> BoardsState {
        // Every member is named, so that a new one stops the build until it is stored or known to follow.
        let Self {
            epoch,
            simulated,
            restored,
            begun,
            area,
            situation,
            clock,
            sequence,
            held,
            stations,
            frames,
            changes: _,
            listeners: _,
            touched: _,
            redescribed: _,
            area_redescribed: _,
            frames_stale: _,
            frames_due: _,
            window_changed,
            due: _,
            totals: _,
            alarms,
            alarms_shown: _,
            alarms_stale: _,
            alarms_due: _,
            strain,
        } = self;
        BoardsState {
            epoch: epoch.clone(),
            simulated: *simulated,
            restored: *restored,
            begun: *begun,
            area: area.clone(),
            situation: situation.clone(),
            clock: *clock,
            sequence: *sequence,
            held: held.clone(),
            stations: stations.iter().map(|(id, shown)| (id.clone(), shown.changed)).collect(),
            views: frames.iter().map(|(view, (_, changed))| (view.clone(), *changed)).collect(),
            window_changed: *window_changed,
            alarms: Arc::clone(alarms),
            strain: strain.log(),
        }
    }

    /// The pieces without what is over: stories as [`Situation::gist`] leaves them out, and alarms that nothing can come
    /// of any more. Facts up to `until` make of them the boards that they make of these.
    #[must_use]
    pub fn gist(&self, until: u64) -> BoardsState {
        let AlarmLog { standing, ended: _, new } = self.alarms.as_ref();
        let alarms = AlarmLog { standing: standing.clone(), ended: Trail::default(), new: new.clone() };
        BoardsState { situation: self.situation.gist(until), alarms: Arc::new(alarms), ..self.state() }
    }

    /// What people had been told up to here, without what was going on: together with a fold of the same facts, for which
    /// nobody need look, it makes these boards again ([`Boards::told`]). It lacks what is over: nothing comes of that any more.
    #[must_use]
    pub fn mark(&self) -> BoardsState {
        let AlarmLog { standing, ended: _, new } = self.alarms.as_ref();
        let alarms = AlarmLog { standing: standing.clone(), ended: Trail::default(), new: new.clone() };
        let strain = self.strain.log();
        let strain =
            StrainLog { stations: strain.stations.clone(), area: strain.area, ended: Trail::default() };
        BoardsState {
            epoch: self.epoch.clone(),
            clock: self.clock,
            sequence: self.sequence,
            stations: self.stations.iter().map(|(id, shown)| (id.clone(), shown.changed)).collect(),
            views: self.frames.iter().map(|(view, (_, changed))| (view.clone(), *changed)).collect(),
            window_changed: self.window_changed,
            alarms: Arc::new(alarms),
            strain: Arc::new(strain),
            ..BoardsState::default()
        }
    }

    /// These pieces for a fold during which nobody looks: with [`Boards::fold`] and nothing else, up to a
    /// [`Boards::mark`] with which it is [`Boards::told`] what was to be seen on the way.
    #[must_use]
    pub fn unseen(state: BoardsState) -> Self {
        let BoardsState { epoch, simulated, restored, begun, area, situation, clock, sequence, held, .. } =
            state;
        Self { epoch, simulated, restored, begun, area, situation, clock, sequence, held, ..Self::default() }
    }

    /// The boards of a fold during which nobody looked, and what people had been told up to its last fact.
    #[must_use]
    pub fn told(self, mark: BoardsState) -> Self {
        // All else is of the fold.
        let BoardsState {
            epoch: _,
            simulated: _,
            restored: _,
            begun: _,
            area: _,
            situation: _,
            clock: _,
            sequence: _,
            held: _,
            stations,
            views,
            window_changed,
            alarms,
            strain,
        } = mark;
        let Self { epoch, simulated, restored, begun, area, situation, clock, sequence, held, .. } = self;
        Self::of(BoardsState {
            epoch,
            simulated,
            restored,
            begun,
            area,
            situation,
            clock,
            sequence,
            held,
            stations,
            views,
            window_changed,
            alarms,
            strain,
        })
    }

    /// The boards of these pieces, looked at as their clock stands.
    #[must_use]
    pub fn of(state: BoardsState) -> Self {
        let BoardsState {
            epoch,
            simulated,
            restored,
            begun,
            area,
            situation,
            clock,
            sequence,
            held,
            stations,
            views,
            window_changed,
            alarms,
            strain,
        } = state;
        let mut boards = Self {
            epoch,
            simulated,
            restored,
            begun,
            situation,
            clock,
            sequence,
            held,
            alarms,
            strain: StrainBook::of(strain),
            ..Self::default()
        };
        if let Some(area) = &area {
            boards.configure(area);
        }
        boards.refresh(Changed::default());
        // Looking is no news: what is shown was changed by the facts that the pieces name.
        for (id, changed) in stations {
            let Some(shown) = boards.stations.get_mut(&id) else { continue };
            boards.changes.mark(&id, &mut shown.changed, changed);
        }
        for (view, changed) in views {
            boards.frames.entry(view).and_modify(|(_, stands)| *stands = changed);
        }
        boards.window_changed = window_changed;
        boards
    }
}
