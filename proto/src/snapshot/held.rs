//! Where the log stands, and events that are kept whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::situation::area::Area;
use ::situation::board::{BoardsState, Changed};
use ::situation::event::Event;
use ::situation::fact::Restored;
use ::situation::fold::Situation;
use ::situation::time::Instant;

use super::{Error, body_error, v1};
use crate::event::StoredEvent;

pub(super) fn out(sequence: u64, received: Instant, event: &Event) -> Result<v1::Held, Error> {
    let event = StoredEvent::of(event).map_err(Error::Body)?;
    Ok(v1::Held { sequence, received: received.as_micros(), event })
}

pub(super) fn back(held: v1::Held) -> Result<(u64, Instant, Event), Error> {
    let v1::Held { sequence, received, event } = held;
    Ok((sequence, Instant::from_micros(received), event.into_event().map_err(Error::Body)?))
}

/// Where the log stands; the rest of the boards lies elsewhere in each body.
pub(super) fn log_out(boards: &BoardsState) -> Result<v1::Log<'_>, Error> {
    let BoardsState {
        epoch,
        simulated,
        restored,
        clock,
        sequence,
        held,
        area: _,
        situation: _,
        stations: _,
        views: _,
        window_changed: _,
        alarms: _,
        strain: _,
        begun: _,
    } = boards;
    let held = held.iter().map(|((_, sequence), (event, received))| out(*sequence, *received, event));
    Ok(v1::Log {
        epoch: epoch.as_deref(),
        simulated: *simulated,
        restored: restored.map(|Restored { to, at }| (to.as_micros(), at.as_micros())),
        clock: clock.as_micros(),
        sequence: *sequence,
        held: held.collect::<Result<_, _>>()?,
    })
}

/// Boards of which nobody knows yet which fact changed what.
pub(super) fn log_back(
    log: v1::Log<'_>,
    area: Option<Arc<Area>>,
    situation: Situation,
) -> Result<BoardsState, Error> {
    let v1::Log { epoch, simulated, restored, clock, sequence, held: waiting } = log;
    let mut held = BTreeMap::new();
    for waiting in waiting {
        let (sequence, received, event) = back(waiting)?;
        held.insert((event.time, sequence), (Box::new(event), received));
    }
    Ok(BoardsState {
        epoch: epoch.map(Into::into),
        simulated,
        restored: restored
            .map(|(to, at)| Restored { to: Instant::from_micros(to), at: Instant::from_micros(at) }),
        area,
        situation,
        clock: Instant::from_micros(clock),
        sequence,
        held,
        stations: BTreeMap::new(),
        views: BTreeMap::new(),
        window_changed: Changed::default(),
        alarms: Arc::default(),
        strain: Arc::default(),
        begun: None,
    })
}

/// Values from their differences to the one before.
pub(super) fn summed(differences: Vec<i64>) -> impl Iterator<Item = i64> {
    differences.into_iter().scan(0_i64, |sum, difference| {
        *sum = sum.wrapping_add(difference);
        Some(*sum)
    })
}

/// The area of a stored description.
pub(super) fn area(document: &str) -> Result<Area, Error> {
    crate::area::from_document(document).map_err(body_error)
}
