//! Departures, hours at work and notes of a situation, both ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::situation::event::{Note, Person};
use ::situation::fold::state::{ByHour, NoteState, Notes, Post, SituationState, Stamp};
use ::situation::name::{LaneId, NoteId, StationId};
use ::situation::time::Instant;

use super::stamps::{Numbers, Stamps};
use super::{Error, body_error, places, v4};

pub(super) fn out<'a>(state: &'a SituationState, numbers: &mut Numbers<'a>) -> v4::Situation<'a> {
    let departures = state.stations.values().zip(0..).filter(|(state, _)| !state.departures.is_empty());
    let departures = departures.map(|(state, place)| {
        let left = state.departures.iter().map(|(left, ticket)| (left.as_micros(), ticket.as_str()));
        v4::Departures { place, left: left.collect() }
    });
    let mut hours = Vec::new();
    for (state, place) in state.stations.values().zip(0..) {
        for (post, staff) in state.staff.iter().filter(|(_, staff)| !staff.by_hour.is_empty()) {
            hours.push(hours_out(place, post, &staff.by_hour, numbers));
        }
    }
    let note = |(id, state): (&'a NoteId, &'a NoteState)| {
        let NoteState { written, removed } = state;
        v4::Note {
            id: id.as_str(),
            written: written.as_ref().map(|(stamp, note)| {
                let Note { station, text, until, by: Person { actor, role } } = note;
                v4::Written {
                    stamp: numbers.of(Some(stamp)),
                    station: station.as_ref().map(StationId::as_str),
                    text,
                    until: until.as_micros(),
                    actor: actor.as_str(),
                    role: role.as_str(),
                }
            }),
            removed: numbers.of(removed.as_ref()),
        }
    };
    let notes = state.notes.0.iter().map(note).collect();
    v4::Situation { departures: departures.collect(), hours, notes }
}

fn hours_out<'a>(place: u32, post: &'a Post, told: &'a ByHour, numbers: &mut Numbers<'a>) -> v4::Hours<'a> {
    let told = told.iter().map(|(hour, (stamp, value))| (*hour, numbers.of(Some(stamp)), *value));
    v4::Hours {
        place,
        told: told.collect(),
        role: post.0.as_str(),
        lane: post.1.as_ref().map(LaneId::as_str),
    }
}

/// Puts it into a situation that was read of version 3. `ids` are its stations in their order.
pub(super) fn back(
    more: v4::Situation<'_>,
    ids: &[StationId],
    state: &mut SituationState,
    stamps: &Stamps,
) -> Result<(), Error> {
    let v4::Situation { departures, hours, notes } = more;
    for v4::Departures { place, left } in departures {
        let station = places::station_at(place, ids, state)?;
        station.departures =
            left.into_iter().map(|(left, ticket)| (Instant::from_micros(left), ticket.into())).collect();
    }
    for v4::Hours { place, role, lane, told } in hours {
        let staff = &mut places::station_at(place, ids, state)?.staff;
        let staff = staff.get_mut(&(role.into(), lane.map(Into::into)));
        let staff = staff.ok_or_else(|| body_error(format_args!("nothing was said of {role}")))?;
        let told = told.into_iter().map(|(hour, stamp, value)| Ok((hour, (stamps.must(stamp)?, value))));
        staff.by_hour = told.collect::<Result<_, Error>>()?;
    }
    let notes = notes.into_iter().map(|v4::Note { id, written, removed }| {
        let written = written.map(|written| note_back(written, stamps)).transpose()?;
        Ok((id.into(), NoteState { written, removed: stamps.get(removed)? }))
    });
    state.notes = Notes(notes.collect::<Result<BTreeMap<_, _>, Error>>()?);
    Ok(())
}

fn note_back(written: v4::Written<'_>, stamps: &Stamps) -> Result<(Arc<Stamp>, Note), Error> {
    let v4::Written { stamp, station, text, until, actor, role } = written;
    let note = Note {
        station: station.map(Into::into),
        text: text.to_owned(),
        until: Instant::from_micros(until),
        by: Person { actor: actor.into(), role: role.into() },
    };
    Ok((stamps.must(stamp)?, note))
}
