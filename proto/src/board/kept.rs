//! A board that is kept: brought up to what its boards show now, at the cost of what has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use situation::alarm::AlarmFigures;
use situation::area::Area;
use situation::board::{Boards, View, ViewFrame};
use situation::fact::Restored;
use situation::name::{AlarmId, StationId};

use super::layout::{self, Layout, STATIONS};
use super::tree::HashedText;
use super::{Board, Drawn, STAMPS, header, stamps, together};
use crate::patch;

/// A board, and what its hash was made of.
#[derive(Debug, Clone)]
pub struct KeptBoard {
    view: View,
    board: Board,
    basis: Basis,
    text: HashedText,
    /// As in [`Layout`].
    head: usize,
    hashes: Vec<usize>,
    body: usize,
}

/// What everything on a board hangs on but its stations, what they are together and what changes with every fact.
#[derive(Debug, Clone)]
struct Basis {
    area: Arc<Area>,
    frame: ViewFrame,
    alarms: Arc<BTreeMap<AlarmId, AlarmFigures>>,
    simulated: bool,
    restored: Option<Restored>,
}

impl Basis {
    fn of(boards: &Boards, view: &View) -> Option<Self> {
        Some(Self {
            area: Arc::clone(boards.area()?),
            frame: boards.frame(view)?.clone(),
            alarms: Arc::clone(boards.alarms_shown()),
            simulated: boards.simulated(),
            restored: boards.restored(),
        })
    }

    /// Whether the view still shows the same stations, described alike.
    fn has_stations_of(&self, boards: &Boards, view: &View) -> bool {
        boards.area().is_some_and(|area| Arc::ptr_eq(area, &self.area))
            && boards.frame(view).is_some_and(|frame| frame.members == self.frame.members)
    }

    /// Whether nothing of it has changed. Members and alarms are shared, so that this costs next to nothing.
    fn holds(&self, boards: &Boards, view: &View) -> bool {
        self.has_stations_of(boards, view)
            && Arc::ptr_eq(boards.alarms_shown(), &self.alarms)
            && (boards.simulated(), boards.restored()) == (self.simulated, self.restored)
            && boards.frame(view) == Some(&self.frame)
    }
}

impl KeptBoard {
    /// Draws a view from nothing, as [`Board::draw`] does.
    pub fn draw(
        boards: &Boards,
        view: &View,
        station: impl FnMut(&StationId) -> Option<Arc<Drawn>>,
    ) -> Option<Self> {
        let (board, Layout { text, head, hashes, body }) = Board::lay_out(boards, view, station)?;
        let basis = Basis::of(boards, view)?;
        let text = HashedText::new(text);
        Some(Self { view: view.clone(), board, basis, text, head, hashes, body })
    }

    /// The board as it was last drawn.
    #[must_use]
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// Draws what has changed since: `boards` are those that it was drawn of, as they stand now. Answers with the merge
    /// patch from what it showed before, as [`Board::patch_from`] makes it. A view that is gone stays as it was.
    pub fn follow(
        &mut self,
        boards: &Boards,
        station: impl FnMut(&StationId) -> Option<Arc<Drawn>>,
    ) -> Option<Value> {
        let changed = boards.changed(&self.view)?;
        if !self.basis.has_stations_of(boards, &self.view) {
            let fresh = Self::draw(boards, &self.view, station)?;
            let before = std::mem::replace(self, fresh);
            return self.board.patch_from(&before.board);
        }
        let stations = self.follow_stations(boards, station);
        let mut patch = self.follow_header(boards);
        self.board.hash = self.text.hash().to_hex().to_string();
        (self.board.revision, self.board.sequence) = (changed.sequence, boards.sequence());
        for (name, value) in stamps(boards, self.board.revision, &self.board.hash) {
            put(&mut self.board.header, name, value, &mut patch);
        }
        if !stations.is_empty() {
            patch.insert(STATIONS.into(), Value::Object(stations));
        }
        (!patch.is_empty()).then_some(Value::Object(patch))
    }

    /// Takes in the drawings of stations that have changed.
    fn follow_stations(
        &mut self,
        boards: &Boards,
        mut station: impl FnMut(&StationId) -> Option<Arc<Drawn>>,
    ) -> Map<String, Value> {
        let mut patch = Map::new();
        for id in boards.stations_changed_after(self.board.sequence) {
            let Ok(at) = self.board.stations.binary_search_by(|(other, _)| other.cmp(id)) else { continue };
            let Some(((_, known), from)) = self.board.stations.get_mut(at).zip(self.hashes.get(at)) else {
                continue;
            };
            let Some(drawn) = station(id) else { continue };
            if let Some(change) = patch::between(&known.value, &drawn.value) {
                patch.insert(id.as_str().to_owned(), change);
            }
            let from = self.head + from;
            self.text.replace(from..from + known.hash.len(), &drawn.hash);
            *known = drawn;
        }
        patch
    }

    /// Takes in what else has changed: as a rule sums at the most.
    fn follow_header(&mut self, boards: &Boards) -> Map<String, Value> {
        let mut patch = Map::new();
        let known = &mut self.board.header;
        if self.basis.holds(boards, &self.view) {
            for (name, value) in together(&self.basis.area, boards, &self.view).into_iter().flatten() {
                put(known, name, value, &mut patch);
            }
        } else if let Some(basis) = Basis::of(boards, &self.view) {
            let now = header(&basis.area, boards, &self.view, &basis.frame);
            if let Value::Object(known) = known {
                let stays = |name: &str| now.get(name).is_some() || STAMPS.contains(&name);
                let gone = known.keys().filter(|name| !stays(name)).map(|name| (name.clone(), Value::Null));
                patch.extend(gone);
                known.retain(|name, _| stays(name));
            }
            if let Value::Object(now) = now {
                now.into_iter().for_each(|(name, value)| put(known, &name, value, &mut patch));
            }
            self.basis = basis;
        }
        if patch.keys().any(|name| name.as_str() < STATIONS) {
            let head = layout::head(known);
            self.text.replace(0..self.head, &head);
            self.head = head.len();
        }
        if patch.keys().any(|name| name.as_str() > STATIONS) {
            self.text.replace(self.head + self.body..self.text.len(), &layout::tail(known));
        }
        patch
    }
}

/// Puts a member in the place of another of its name, or takes that one out; what that changes goes into the patch.
fn put(header: &mut Value, name: &str, value: Value, patch: &mut Map<String, Value>) {
    let Value::Object(members) = header else { return };
    if value.is_null() {
        patch.extend(members.remove(name).map(|_| (name.to_owned(), Value::Null)));
        return;
    }
    let change = match members.get(name) {
        Some(known) => patch::between(known, &value),
        None => Some(value.clone()),
    };
    if let Some(change) = change {
        patch.insert(name.to_owned(), change);
        members.insert(name.to_owned(), value);
    }
}
