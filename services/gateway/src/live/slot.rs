//! One view in the hub: loaded, being loaded, or being asked for anew.

use std::collections::VecDeque;
use std::sync::Arc;

use proto::live::BoardChange;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::frames::Position;
use super::track::{Applied, Track};
use super::view::View;
use crate::Error;
use crate::config::{BEHIND_TRIES, SWEEP};

/// Who waits for a view to be loaded.
pub(crate) type Waiting = oneshot::Sender<Result<Arc<View>, Error>>;

/// What the hub knows of one view.
pub(crate) struct Slot {
    view: Option<Arc<View>>,
    loading: Option<Loading>,
    touched: Instant,
    /// Where the projector said that the view stands, and when: a board that is not there a moment
    /// later has lost a change without anyone noticing.
    expected: Option<(Position, Instant)>,
}

/// A board has been asked for; changes that come meanwhile are held back, for the answer may be
/// older or newer than they are.
#[derive(Default)]
struct Loading {
    waiting: Vec<Waiting>,
    held: VecDeque<BoardChange>,
    attempts: u32,
    /// It is asked of another projector than the board that is shown came from.
    renews: bool,
}

/// What the hub has to do next for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing.
    Rest,
    /// Ask the projector for the board; `attempts` have failed already.
    Load { attempts: u32 },
}

impl Slot {
    /// A view that somebody asked for. The hub loads it at once.
    pub(crate) fn asked(waiting: Waiting) -> Self {
        let loading = Loading { waiting: vec![waiting], ..Loading::default() };
        Self { view: None, loading: Some(loading), touched: Instant::now(), expected: None }
    }

    /// Somebody else asks.
    pub(crate) fn ask(&mut self, waiting: Waiting) {
        self.touched = Instant::now();
        match (&mut self.loading, &self.view) {
            (Some(loading), _) => loading.waiting.push(waiting),
            // Whoever asked may have gone away meanwhile.
            (None, Some(view)) => drop(waiting.send(Ok(Arc::clone(view)))),
            (None, None) => {}
        }
    }

    /// A change was published. `limit` bounds what is held back while the board is being loaded.
    pub(crate) fn change(&mut self, change: BoardChange, limit: usize) -> Next {
        match (&mut self.loading, &self.view) {
            (Some(loading), _) => {
                if loading.held.len() >= limit {
                    loading.held.pop_front();
                }
                loading.held.push_back(change);
                Next::Rest
            }
            (None, Some(view)) => {
                let applied = view.track().apply(change);
                match applied {
                    Applied::Moved => view.ring(),
                    Applied::Known => {}
                    Applied::Broken => return self.suspect(),
                }
                Next::Rest
            }
            (None, None) => Next::Rest,
        }
    }

    /// Something may have been missed: ask for the whole board, unless that is under way.
    pub(crate) fn suspect(&mut self) -> Next {
        if self.loading.is_some() {
            return Next::Rest;
        }
        self.loading = Some(Loading::default());
        Next::Load { attempts: 0 }
    }

    /// Another projector is followed from here on: what it shows is asked for, and what the one before said is
    /// worth nothing any more. Until the answer comes the board stands as it is.
    pub(crate) fn renew(&mut self) -> Next {
        let waiting = self.loading.take().map_or_else(Vec::new, |loading| loading.waiting);
        self.loading = Some(Loading { waiting, renews: true, ..Loading::default() });
        self.expected = None;
        Next::Load { attempts: 0 }
    }

    /// Whether the board that is shown is still that of a projector which is not followed any more.
    pub(crate) fn is_renewing(&self) -> bool {
        self.view.is_some() && self.loading.as_ref().is_some_and(|loading| loading.renews)
    }

    /// Whether the board that came is an earlier one than what people have seen. The projector that is followed now
    /// gets there in a moment, if it can: a board goes back only where what was seen is not known any more.
    fn is_early(&mut self, board: &RawValue) -> Option<Next> {
        let loading = self.loading.as_mut().filter(|loading| loading.renews)?;
        let early = self.view.as_ref().is_some_and(|view| view.track().is_ahead_of(board));
        if !early || loading.attempts >= BEHIND_TRIES {
            return None;
        }
        loading.attempts = loading.attempts.saturating_add(1);
        Some(Next::Load { attempts: loading.attempts })
    }

    /// The board came. `None` if it is not a board.
    pub(crate) fn loaded(&mut self, board: &RawValue, ring: usize) -> Option<Next> {
        if let Some(again) = self.is_early(board) {
            return Some(again);
        }
        let view = match &self.view {
            Some(view) => {
                match self.is_renewing() {
                    true => view.track().renew(board)?,
                    false => view.track().replace(board)?,
                }
                Arc::clone(view)
            }
            None => Arc::new(View::new(Track::new(board, ring)?)),
        };
        self.view = Some(Arc::clone(&view));
        self.expected = None;
        let Some(mut loading) = self.loading.take() else { return Some(Next::Rest) };
        let held = std::mem::take(&mut loading.held);
        let broken = held.into_iter().any(|change| view.track().apply(change) == Applied::Broken);
        view.ring();
        if broken {
            loading.attempts = loading.attempts.saturating_add(1);
            loading.renews = false;
            let attempts = loading.attempts;
            self.loading = Some(loading);
            return Some(Next::Load { attempts });
        }
        for waiting in loading.waiting {
            drop(waiting.send(Ok(Arc::clone(&view))));
        }
        Some(Next::Rest)
    }

    /// The board did not come. Those who wait are told; those who follow it already keep what they
    /// have while the hub tries again. `None` if nobody follows it and the slot can go.
    pub(crate) fn failed(&mut self, mut why: impl FnMut() -> Error) -> Option<Next> {
        let loading = self.loading.as_mut()?;
        for waiting in loading.waiting.drain(..) {
            drop(waiting.send(Err(why())));
        }
        self.view.as_ref()?;
        loading.attempts = loading.attempts.saturating_add(1);
        Some(Next::Load { attempts: loading.attempts })
    }

    /// The view exists no longer: everyone is told.
    pub(crate) fn gone(self, mut why: impl FnMut() -> Error) {
        for waiting in self.loading.into_iter().flat_map(|loading| loading.waiting) {
            drop(waiting.send(Err(why())));
        }
        if let Some(view) = self.view {
            view.leave();
        }
    }

    /// The projector says where the view stands, and up to which fact that is true.
    pub(crate) fn hear(&mut self, stand: Position, sequence: u64) {
        if let Some(view) = &self.view {
            view.track().confirm(&stand, sequence);
        }
        self.expected = Some((stand, Instant::now()));
    }

    /// Whether the board had time to reach where the projector said it stands, and did not.
    pub(crate) fn look(&mut self) -> Next {
        let (Some((_, since)), Some(view)) = (&self.expected, &self.view) else { return Next::Rest };
        if since.elapsed() < SWEEP {
            return Next::Rest;
        }
        let Some((expected, _)) = self.expected.take() else { return Next::Rest };
        let behind = {
            let track = view.track();
            let head = track.head();
            head.epoch != expected.epoch
                || head.revision < expected.revision
                || (head.revision == expected.revision && head.hash != expected.hash)
        };
        if behind { self.suspect() } else { Next::Rest }
    }

    /// Whether nobody has looked at the view since `before`.
    pub(crate) fn is_idle(&mut self, before: Instant) -> bool {
        let followed = self.view.as_ref().is_some_and(|view| Arc::strong_count(view) > 1);
        if followed || self.loading.is_some() {
            self.touched = Instant::now();
        }
        self.touched < before
    }
}
