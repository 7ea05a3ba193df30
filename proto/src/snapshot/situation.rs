//! A situation, both ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::situation::fold::Situation;
use ::situation::fold::state::SituationState;
use ::situation::name::StationId;

use super::stamps::{Numbers, Stamps};
use super::{Error, body_error, station, v1};

pub(super) fn out<'a>(
    state: &'a SituationState,
    numbers: &mut Numbers<'a>,
) -> Result<v1::Situation<'a>, Error> {
    let SituationState { stations, beats, words, remembered } = state;
    let places: BTreeMap<&StationId, u32> = stations.keys().zip(0..).collect();
    let mut before = 0;
    let remembered = remembered.iter().map(|(sequence, station, ticket)| {
        let place =
            places.get(station).ok_or_else(|| body_error(format_args!("there is no station {station}")))?;
        let difference = sequence.wrapping_sub(before);
        before = *sequence;
        Ok((difference, *place, ticket.as_str()))
    });
    Ok(v1::Situation {
        words: words.texts().collect(),
        remembered: remembered.collect::<Result<_, Error>>()?,
        beats: beats.iter().map(|(id, feed)| station::feed_out(id, feed, numbers)).collect(),
        stations: stations.iter().map(|(id, state)| station::out(id, state, numbers)).collect(),
    })
}

pub(super) fn back(situation: v1::Situation<'_>, stamps: &Stamps) -> Result<Situation, Error> {
    let v1::Situation { words, beats, stations, remembered } = situation;
    let ids: Vec<StationId> = stations.iter().map(|station| station.id.into()).collect();
    let mut sequence = 0_u64;
    let remembered = remembered.into_iter().map(|(difference, place, ticket)| {
        sequence = sequence.wrapping_add(difference);
        let station =
            ids.get(place as usize).ok_or_else(|| body_error(format_args!("there is no station {place}")))?;
        Ok((sequence, station.clone(), ticket.into()))
    });
    let remembered = remembered.collect::<Result<_, Error>>()?;
    let stations = stations.into_iter().map(|it| {
        let (id, state) = station::back(it, stamps)?;
        Ok((id, Arc::new(state)))
    });
    Ok(Situation::of(SituationState {
        stations: stations.collect::<Result<_, Error>>()?,
        beats: beats.into_iter().map(|feed| station::feed_back(feed, stamps)).collect::<Result<_, _>>()?,
        words: words.into_iter().collect(),
        remembered,
    }))
}
