//! A situation, both ways.

use std::sync::Arc;

use ::situation::fold::Situation;
use ::situation::fold::state::SituationState;
use ::situation::name::StationId;

use super::history::DaysBack;
use super::places::{places, remembered_back, remembered_out};
use super::stamps::{Numbers, Stamps};
use super::{Error, desk, present, station, v1, v3, v4, v5, v6, v7, valvomo, waits};

/// What version 1 holds of it; the rest is [`valvomo::out`]'s, [`desk::out`]'s,
/// [`DaysOut::situation`](super::history::DaysOut::situation)'s, [`waits::out`]'s and
/// [`present`]'s.
pub(super) fn out<'a>(
    state: &'a SituationState,
    numbers: &mut Numbers<'a>,
) -> Result<v1::Situation<'a>, Error> {
    let SituationState {
        stations,
        beats,
        words,
        remembered,
        remembered_tasks: _,
        notices: _,
        notes: _,
        signed: _,
    } = state;
    let remembered =
        remembered.iter().map(|(sequence, station, ticket)| (*sequence, station, ticket.as_str()));
    Ok(v1::Situation {
        words: words.texts().collect(),
        remembered: remembered_out(remembered, &places(stations))?,
        beats: beats.iter().map(|(id, feed)| station::feed_out(id, feed, numbers)).collect(),
        stations: stations.iter().map(|(id, state)| station::out(id, state, numbers)).collect(),
    })
}

/// What later versions add to a situation: none of a body from before them.
#[derive(Default)]
pub(super) struct Later<'a> {
    pub third: Option<v3::Situation<'a>>,
    pub fourth: Option<v4::Situation<'a>>,
    pub fifth: Option<(v5::Situation<'a>, &'a DaysBack)>,
    pub sixth: Option<(v6::Situation<'a>, waits::DaysBack)>,
    pub seventh: Option<(v7::Situation<'a>, present::DaysBack)>,
}

/// The situation of all pieces.
pub(super) fn back(
    situation: v1::Situation<'_>,
    later: Later<'_>,
    stamps: &Stamps,
) -> Result<Situation, Error> {
    let v1::Situation { words, beats, stations, remembered } = situation;
    let ids: Vec<StationId> = stations.iter().map(|station| station.id.into()).collect();
    let remembered = remembered_back(remembered, &ids)
        .map(|entry| entry.map(|(sequence, station, ticket)| (sequence, station, ticket.into())));
    let stations = stations.into_iter().map(|it| {
        let (id, state) = station::back(it, stamps)?;
        Ok((id, Arc::new(state)))
    });
    let mut state = SituationState {
        stations: stations.collect::<Result<_, Error>>()?,
        beats: beats.into_iter().map(|feed| station::feed_back(feed, stamps)).collect::<Result<_, _>>()?,
        words: words.into_iter().collect(),
        remembered: remembered.collect::<Result<_, Error>>()?,
        ..SituationState::default()
    };
    if let Some(more) = later.third {
        valvomo::back(more, &ids, &mut state, stamps)?;
    }
    if let Some(more) = later.fourth {
        desk::back(more, &ids, &mut state, stamps)?;
    }
    if let Some((more, days)) = later.fifth {
        days.situation(more, &ids, &mut state)?;
    }
    if let Some((more, days)) = later.sixth {
        waits::back(more, &days, &ids, &mut state)?;
    }
    if let Some((more, days)) = later.seventh {
        days.situation(more, &ids, &mut state)?;
    }
    Ok(Situation::of(state))
}
