//! How long somebody who comes now may have to wait.

use super::Look;
use super::lanes::{Queue, code_of};
use crate::area::Area;
use crate::board::{ExpectedFigures, Freshness, LaneFigures, WaitFigures, WithinFigures};
use crate::fold::station::StationState;
use crate::fold::waits::{Forecast, LONGEST, Waits, queue_now};
use crate::fold::words::{Symbol, Words};
use crate::time::Instant;

/// The steps in which waits are told, in seconds: nobody can know the second, and a board should not flicker.
const STEP: u32 = 60;

/// The figures of a lane of tickets and what to expect of it.
pub(super) fn expected(
    found: &mut Look,
    area: &Area,
    queue: &Queue<'_>,
    state: &StationState,
    words: &Words,
    clock: Instant,
    figures: LaneFigures,
) -> LaneFigures {
    let nothing = Waits::default();
    let waits = state.waits.get(&queue.id).unwrap_or(&nothing);
    let waiting = &queue.waiting_since;
    if figures.waiting.is_none() || !is_heard(found, &figures) {
        return figures;
    }
    let within = waits.within(waiting);
    let within = (within.of > 0).then_some(WithinFigures { p50: within.p50, p90: within.p90, of: within.of });
    let figures = LaneFigures { waits_within: within, ..figures };
    if found.figures.open == Some(false) {
        return figures;
    }
    // Whoever waits longer than anybody is waited with is in no queue.
    for came in waiting {
        found.due(Some(came.plus(LONGEST)).filter(|at| *at > clock));
    }
    let ahead = queue_now(waiting, clock);
    let table = waits.known(waiting);
    let of_urgency = |urgency: Option<Symbol>| {
        let (forecast, known) = table.of_urgency(urgency, ahead);
        (known > 0).then(|| (code_of(urgency, words), told(forecast, known, ahead)))
    };
    let (of_all, known) = table.of_all(ahead);
    let codes = area.urgencies(queue.lane).iter().filter_map(|urgency| words.find(urgency.code.as_str()));
    LaneFigures {
        expected: Some(told(of_all, known, ahead)),
        expected_by_urgency: codes.map(Some).chain([None]).filter_map(of_urgency).collect(),
        ..figures
    }
}

/// Whether the lane's feed speaks of now.
fn is_heard(found: &Look, figures: &LaneFigures) -> bool {
    let feed = figures.feed.as_ref().and_then(|feed| found.figures.feeds.get(feed));
    feed.is_some_and(|feed| matches!(feed.state, Freshness::Fresh | Freshness::Ageing))
}

fn told(forecast: Option<Forecast>, known: u32, ahead: u32) -> ExpectedFigures {
    let in_steps = |seconds: u32| seconds.div_ceil(STEP).saturating_mul(STEP);
    let wait = forecast.map(|Forecast { p50, p90, of }| WaitFigures {
        p50_s: in_steps(p50),
        p90_s: in_steps(p90),
        of,
    });
    ExpectedFigures { wait, known, ahead }
}
