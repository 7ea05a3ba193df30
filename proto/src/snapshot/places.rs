//! Stations by their places in the list that is stored, and what is remembered of which.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::situation::fold::state::{SituationState, StationState};
use ::situation::name::StationId;

use super::{Error, body_error};

/// Each station's place in the list that is stored.
pub(super) fn places(stations: &BTreeMap<StationId, Arc<StationState>>) -> BTreeMap<&StationId, u32> {
    stations.keys().zip(0..).collect()
}

pub(super) fn at_place(ids: &[StationId], place: u32) -> Result<&StationId, Error> {
    ids.get(place as usize).ok_or_else(|| body_error(format_args!("there is no station {place}")))
}

/// The station of a place in a situation that is being read.
pub(super) fn station_at<'s>(
    place: u32,
    ids: &[StationId],
    state: &'s mut SituationState,
) -> Result<&'s mut StationState, Error> {
    let id = at_place(ids, place)?;
    let nobody = || body_error(format_args!("nothing was said of {id}"));
    Ok(Arc::make_mut(state.stations.get_mut(id).ok_or_else(nobody)?))
}

/// What is remembered of which station, as differences of sequences.
pub(super) fn remembered_out<'a>(
    remembered: impl Iterator<Item = (u64, &'a StationId, &'a str)>,
    places: &BTreeMap<&StationId, u32>,
) -> Result<Vec<(u64, u32, &'a str)>, Error> {
    let mut before = 0;
    let entries = remembered.map(|(sequence, station, name)| {
        let place =
            places.get(station).ok_or_else(|| body_error(format_args!("there is no station {station}")))?;
        let difference = sequence.wrapping_sub(before);
        before = sequence;
        Ok((difference, *place, name))
    });
    entries.collect()
}

pub(super) fn remembered_back<'a>(
    remembered: Vec<(u64, u32, &'a str)>,
    ids: &[StationId],
) -> impl Iterator<Item = Result<(u64, StationId, &'a str), Error>> {
    let mut sequence = 0_u64;
    remembered.into_iter().map(move |(difference, place, name)| {
        sequence = sequence.wrapping_add(difference);
        Ok((sequence, at_place(ids, place)?.clone(), name))
    })
}
