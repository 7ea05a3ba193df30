//! Where the log stands, and events that are kept whole.

use std::collections::BTreeMap;

use ::situation::board::BoardsState;
use ::situation::event::Event;
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

pub(super) fn log_out(boards: &BoardsState) -> Result<v1::Log<'_>, Error> {
    let held = boards.held.iter().map(|((_, sequence), (event, received))| out(*sequence, *received, event));
    Ok(v1::Log {
        epoch: boards.epoch.as_deref(),
        simulated: boards.simulated,
        clock: boards.clock.as_micros(),
        sequence: boards.sequence,
        held: held.collect::<Result<_, _>>()?,
    })
}

/// Boards that know where the log stands and nothing else yet.
pub(super) fn log_back(log: v1::Log<'_>) -> Result<BoardsState, Error> {
    let mut held = BTreeMap::new();
    for waiting in log.held {
        let (sequence, received, event) = back(waiting)?;
        held.insert((event.time, sequence), (Box::new(event), received));
    }
    Ok(BoardsState {
        epoch: log.epoch.map(Into::into),
        simulated: log.simulated,
        clock: Instant::from_micros(log.clock),
        sequence: log.sequence,
        held,
        ..BoardsState::default()
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
pub(super) fn area(document: &str) -> Result<::situation::area::Area, Error> {
    crate::area::from_document(document).map_err(body_error)
}
