//! The leg that is being walked.

use std::collections::HashMap;

use proto::block::ChainHash;
use situation::board::Boards;
use situation::fact::{Body, Fact};
use situation::fold::{Hero, Story};

use super::leg::{Leg, Mark, length, spacing};
use crate::timeline::Described;

/// Follows a fold fact by fact and makes legs of it. It must see every fact before it is folded.
#[derive(Default)]
pub(crate) struct Growing {
    open: Option<Open>,
    done: Vec<Leg>,
}

/// A leg whose end has not come, and the stories that its facts went on, as they stood at its beginning.
struct Open {
    leg: Leg,
    stories: HashMap<Hero, Option<Story>>,
}

impl Growing {
    /// A fact is about to be folded into boards after whose last fact the chain's head is `head`.
    pub fn pass(&mut self, fact: &Fact, boards: &Boards, head: &ChainHash, described: Option<&Described>) {
        let at = boards.sequence();
        match &mut self.open {
            Some(open) if at < open.leg.until => open.mark(boards, head),
            _ => self.cut(boards, head, described),
        }
        if let (Some(open), Body::Event(event)) = (&mut self.open, &fact.body) {
            open.note(boards, Hero::of(event));
        }
    }

    /// Ends the leg here and begins another: what is put away beside it stands here, and a start from that walks on
    /// from here.
    pub fn cut(&mut self, boards: &Boards, head: &ChainHash, described: Option<&Described>) {
        let at = boards.sequence();
        if self.open.as_ref().is_some_and(|open| open.leg.from == at) {
            return;
        }
        self.done.extend(self.open.take().map(|open| open.until(at)));
        let until = at + length(at);
        let (state, described) = (boards.gist(until), described.cloned());
        let leg = Leg { from: at, until, head: *head, state, described, marks: Vec::new() };
        let mut open = Open { leg, stories: HashMap::new() };
        // What waits for its time may come to pass on this leg.
        let waiting: Vec<_> = open.leg.state.held.values().map(|(event, _)| Hero::of(event)).collect();
        waiting.into_iter().for_each(|hero| open.note(boards, hero));
        self.open = Some(open);
    }

    /// The legs that have come to their end since this was last asked. That of the journal's beginning needs no state.
    pub fn take_done(&mut self) -> Vec<Leg> {
        let mut done = std::mem::take(&mut self.done);
        done.retain(|leg| leg.from > 0);
        done
    }

    /// The leg that is open, as far as it goes, up to fact `now`, the last that was folded; with its last mark before a fact.
    pub fn so_far(&self, now: u64, sequence: u64) -> Option<Leg> {
        let Open { leg, stories } = self.open.as_ref()?;
        let Leg { from, until, head, state, described, marks: _ } = leg;
        let marks = leg.mark_before(sequence).into_iter().collect();
        let (state, described) = (state.clone(), described.clone());
        let leg = Leg { from: *from, until: *until, head: *head, state, described, marks };
        Some(Open { leg, stories: stories.clone() }.until(now))
    }

    /// Where the leg that is open begins.
    pub fn from(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.leg.from)
    }
}

impl Open {
    /// Remembers what people have been told so far, now and then.
    fn mark(&mut self, boards: &Boards, head: &ChainHash) {
        let gone = boards.sequence() - self.leg.from;
        if gone > 0 && gone.is_multiple_of(spacing(self.leg.from)) {
            self.leg.marks.push(Mark { head: *head, told: boards.mark() });
        }
    }

    /// Remembers how a story stands, unless the leg has gone on with it already.
    fn note(&mut self, boards: &Boards, hero: Option<Hero>) {
        let Some(hero) = hero else { return };
        self.stories.entry(hero).or_insert_with_key(|hero| boards.situation().story(hero));
    }

    fn until(self, until: u64) -> Leg {
        let Self { mut leg, stories } = self;
        for story in stories.into_values().flatten() {
            leg.state.situation.recall(story);
        }
        Leg { until, ..leg }
    }
}
