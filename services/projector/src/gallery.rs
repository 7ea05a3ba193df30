//! The boards of now, as drawn and as last pushed.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use proto::board::{Board, Drawn, draw_station};
use proto::live::{BoardChange, BoardStand};
use proto::time::format;
use serde_json::value::RawValue;
use situation::board::{Boards, View};
use situation::fact::Fact;
use situation::name::StationId;

/// Boards, the drawings of their stations, and what everyone has been shown of them.
#[derive(Default)]
pub struct Gallery {
    boards: Boards,
    drawings: BTreeMap<StationId, (u64, Arc<Drawn>)>,
    pushed: BTreeMap<View, Board>,
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

    /// The views that there are: of the area, and of each station.
    fn views(&self) -> Vec<View> {
        let stations =
            self.boards.area().into_iter().flat_map(|area| area.stations.keys().cloned().map(View::Station));
        View::OF_THE_AREA.into_iter().chain(stations).collect()
    }

    /// Draws a view as it stands.
    fn draw(&mut self, view: &View) -> Option<Board> {
        let Self { boards, drawings, .. } = self;
        let area = boards.area()?;
        Board::draw(boards, view, |id| {
            let (look, changed) = boards.look(id)?;
            if let Some((drawn_at, drawn)) = drawings.get(id)
                && *drawn_at == changed.sequence
            {
                return Some(Arc::clone(drawn));
            }
            let drawn = Arc::new(draw_station(area, area.stations.get(id)?, look));
            drawings.insert(id.clone(), (changed.sequence, Arc::clone(&drawn)));
            Some(drawn)
        })
    }

    /// What has changed since the last call, view by view. A view that nobody was shown yet is shown by
    /// whoever asks for it, so its first drawing is no change. `projector` is who says so.
    pub fn changes(&mut self, projector: &str) -> Vec<Push> {
        let Some(area) = self.boards.area().map(|area| area.id.clone()) else { return Vec::new() };
        self.changed = false;
        self.collected = self.boards.sequence();
        let views = self.views();
        self.pushed.retain(|view, _| views.contains(view));
        let mut pushes = Vec::new();
        for view in views {
            let Some(changed) = self.boards.changed(&view) else { continue };
            if self.pushed.get(&view).is_some_and(|board| board.revision == changed.sequence) {
                continue;
            }
            let Some(board) = self.draw(&view) else { continue };
            if let Some(before) = self.pushed.get(&view) {
                let patch = board.patch_from(before).unwrap_or_else(|| serde_json::json!({}));
                let Ok(patch) = RawValue::from_string(proto::canonical::text(&patch)) else { continue };
                let change = BoardChange {
                    projector: projector.to_owned(),
                    area: area.clone(),
                    view: view.to_string(),
                    epoch: self.boards.epoch().map_or_else(String::new, ToString::to_string),
                    prev: before.revision,
                    revision: board.revision,
                    sequence: board.sequence,
                    event_time: Some(format(changed.event_time)),
                    received_time: Some(format(changed.received)),
                    hash: board.hash.clone(),
                    patch,
                };
                if let Ok(payload) = serde_json::to_vec(&change) {
                    pushes.push(Push { view: change.view, payload: Bytes::from(payload) });
                }
            }
            self.pushed.insert(view, board);
        }
        pushes
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
        self.pushed.get(view)
    }
}
