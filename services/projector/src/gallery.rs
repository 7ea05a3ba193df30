//! The boards of now, as drawn and as last pushed.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use proto::board::{Board, Drawn, KeptBoard, draw_station};
use proto::live::{BoardChange, BoardStand};
use proto::time::format;
use serde_json::value::RawValue;
use situation::area::Area;
use situation::board::{Boards, View};
use situation::fact::Fact;
use situation::name::StationId;

/// Boards, the drawings of their stations, and what everyone has been shown of them.
#[derive(Default)]
pub struct Gallery {
    boards: Boards,
    drawings: BTreeMap<StationId, (u64, Arc<Drawn>)>,
    pushed: BTreeMap<View, KeptBoard>,
    /// The area as it was described when changes were last collected.
    area: Option<Arc<Area>>,
    /// Something may have changed since the last call of [`Gallery::changes`].
    changed: bool,
    /// The newest fact folded when changes were last collected: what has been pushed is as new as that.
    collected: u64,
}

/// One change to publish.
pub struct Push {
    /// The view.
    pub view: String,
    /// A [`BoardChange`] as JSON.
    pub payload: Bytes,
}

impl Gallery {
    /// Of boards that nobody has been shown yet.
    #[must_use]
    pub fn of(boards: Boards) -> Self {
        Self { boards, changed: true, ..Self::default() }
    }

    /// The boards of now, as figures.
    #[must_use]
    pub const fn boards(&self) -> &Boards {
        &self.boards
    }

    /// Folds the next fact in.
    pub fn apply(&mut self, fact: &Fact) {
        self.boards.apply(fact);
        self.changed = true;
    }

    /// Whether there may be changes to push.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        self.changed
    }

    /// What has changed since the last call, view by view. A view that nobody was shown yet is shown by
    /// whoever asks for it, so its first drawing is no change. `projector` is who says so.
    pub fn changes(&mut self, projector: &str) -> Vec<Push> {
        let Some(area) = self.boards.area().cloned() else { return Vec::new() };
        self.changed = false;
        let since = std::mem::replace(&mut self.collected, self.boards.sequence());
        let is_known = self.area.as_ref().is_some_and(|known| Arc::ptr_eq(known, &area));
        let views = if is_known { self.boards.views_changed_after(since) } else { self.rehang(&area) };
        self.area = Some(area);
        let changes = views.into_iter().filter_map(|view| self.change(&view, projector));
        let push = |change: BoardChange| {
            let payload = Bytes::from(serde_json::to_vec(&change).ok()?);
            Some(Push { view: change.view, payload })
        };
        changes.filter_map(push).collect()
    }

    /// Takes down what an area that is described anew has no more. Answers with the views that it has.
    fn rehang(&mut self, area: &Area) -> Vec<View> {
        self.pushed.retain(|view, _| match view {
            View::Station(id) => area.stations.contains_key(id),
            View::Situation | View::Evening | View::Weekend => true,
        });
        self.drawings.retain(|id, _| area.stations.contains_key(id));
        View::OF_THE_AREA.into_iter().chain(area.stations.keys().cloned().map(View::Station)).collect()
    }

    /// Draws a view as it stands, if that is not how it was last pushed. Only what has changed on it is drawn.
    fn change(&mut self, view: &View, projector: &str) -> Option<BoardChange> {
        let Self { boards, drawings, pushed, .. } = self;
        let changed = boards.changed(view)?;
        let station = |id: &StationId| draw(boards, drawings, id);
        let Some(kept) = pushed.get_mut(view) else {
            let drawn = KeptBoard::draw(boards, view, station)?;
            pushed.insert(view.clone(), drawn);
            return None;
        };
        let prev = kept.board().revision;
        if prev == changed.sequence {
            return None;
        }
        let patch = kept.follow(boards, station).unwrap_or_else(|| serde_json::json!({}));
        let board = kept.board();
        Some(BoardChange {
            projector: projector.to_owned(),
            area: boards.area()?.id.clone(),
            view: view.to_string(),
            epoch: boards.epoch().map_or_else(String::new, ToString::to_string),
            prev,
            revision: board.revision,
            sequence: board.sequence,
            event_time: Some(format(changed.event_time)),
            received_time: Some(format(changed.received)),
            hash: board.hash.clone(),
            patch: RawValue::from_string(proto::canonical::text(&patch)).ok()?,
        })
    }

    /// What has changed on one view since this was last asked. The first time nothing has: the board then is what
    /// whoever asks has already.
    pub(crate) fn follow(&mut self, view: &View, projector: &str) -> Option<BoardChange> {
        let area = self.boards.area().cloned()?;
        if !self.area.as_ref().is_some_and(|known| Arc::ptr_eq(known, &area)) {
            self.rehang(&area);
            self.area = Some(area);
        }
        self.change(view, projector)
    }

    /// The boards, which nobody follows any more.
    pub(crate) fn into_boards(self) -> Boards {
        self.boards
    }

    /// The newest fact of which everyone has been shown all there is to show.
    #[must_use]
    pub const fn collected(&self) -> u64 {
        self.collected
    }

    /// Where every board stands that everyone has been shown.
    #[must_use]
    pub fn stands(&self) -> Vec<BoardStand> {
        let Some(area) = self.boards.area() else { return Vec::new() };
        self.pushed
            .iter()
            .map(|(view, kept)| (view, kept.board()))
            .map(|(view, board)| BoardStand {
                area: area.id.clone(),
                view: view.to_string(),
                revision: board.revision,
                hash: board.hash.clone(),
            })
            .collect()
    }

    /// A board as it was last pushed, so that it fits the changes that follow.
    #[must_use]
    pub fn shown(&self, view: &View) -> Option<&Board> {
        self.pushed.get(view).map(KeptBoard::board)
    }
}

/// A station as it looks now: drawn once for all boards that show it.
fn draw(
    boards: &Boards,
    drawings: &mut BTreeMap<StationId, (u64, Arc<Drawn>)>,
    id: &StationId,
) -> Option<Arc<Drawn>> {
    let (area, (look, changed)) = (boards.area()?, boards.look(id)?);
    if let Some((drawn_at, drawn)) = drawings.get(id)
        && *drawn_at == changed.sequence
    {
        return Some(Arc::clone(drawn));
    }
    let drawn = Arc::new(draw_station(area, area.stations.get(id)?, look));
    drawings.insert(id.clone(), (changed.sequence, Arc::clone(&drawn)));
    Some(drawn)
}
