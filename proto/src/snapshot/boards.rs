//! What the projector draws from, both ways.

use std::sync::Arc;

use ::situation::board::{BoardsState, Changed, View};
use ::situation::fold::state::SituationState;
use ::situation::time::Instant;

use super::envelope::{Kind, Opened, open, seal};
use super::history::{DaysBack, DaysOut};
use super::situation::Later;
use super::stamps::{Numbers, Stamps};
use super::{
    Error, Kept, Projection, Stand, alarms, body_error, desk, held, present, situation, strain, v1, v3, v4,
    v5, v6, v7, valvomo, waits,
};
use crate::block::ChainHash;

/// The first version from which boards are drawn as from the facts: earlier ones lack what is shown.
const FIRST_WHOLE: u8 = 7;

/// The file of a projection, which stands at its last fact with this head of the chain.
///
/// # Errors
/// [`Error::TooBig`].
pub fn write_boards(projection: &Projection, head: &ChainHash) -> Result<Vec<u8>, Error> {
    let stand = Stand {
        epoch: projection.boards.epoch.as_deref().unwrap_or_default().to_owned(),
        sequence: projection.boards.sequence,
        head: *head,
    };
    seal(Kind::Boards, &stand, &body(projection, &projection.kept)?)
}

/// The BLAKE3 of what is stored of a projection: two that have folded the same facts have the same. The
/// past situations that are kept do not count: which they are depends on who asked.
///
/// # Errors
/// [`Error::Body`] if it cannot be stored.
pub fn boards_hash(projection: &Projection) -> Result<[u8; 32], Error> {
    Ok(blake3::hash(&body(projection, &[])?).into())
}

/// Reads a file.
///
/// # Errors
/// Whatever is wrong with it first.
pub fn read_boards(file: &[u8]) -> Result<(Stand, Projection), Error> {
    let Opened { version, stand, body } = open(Kind::Boards, file)?;
    if version < FIRST_WHOLE {
        return Err(Error::Older(version));
    }
    let projection = back(v1::decode(&body)?)?;
    let epoch = projection.boards.epoch.as_deref().unwrap_or_default();
    if (epoch, projection.boards.sequence) != (stand.epoch.as_str(), stand.sequence) {
        return Err(body_error("it stands elsewhere than its header says"));
    }
    Ok((stand, projection))
}

fn body(projection: &Projection, kept: &[Kept]) -> Result<Vec<u8>, Error> {
    let Projection { boards, areas, places, corrections, kept: _ } = projection;
    let mut numbers = Numbers::default();
    let now = boards.situation.state();
    let past: Vec<(&Kept, SituationState)> = kept.iter().map(|kept| (kept, kept.situation.state())).collect();
    let situation = situation::out(&now, &mut numbers)?;
    let third = valvomo::out(&now, &mut numbers)?;
    let more = desk::out(&now, &mut numbers);
    let mut days = DaysOut::default();
    let fifth = days.situation(&now);
    let fifth_kept = past.iter().map(|(_, pieces)| days.situation(pieces)).collect();
    let mut waited = waits::Days::default();
    let sixth = waits::out(&now, &mut waited);
    let sixth_kept = past.iter().map(|(_, pieces)| waits::out(pieces, &mut waited)).collect();
    let mut were_present = present::DaysOut::default();
    let seventh = were_present.situation(&now);
    let seventh_kept = past.iter().map(|(_, pieces)| were_present.situation(pieces)).collect();
    let (mut kept, mut third_kept) = (Vec::with_capacity(past.len()), Vec::with_capacity(past.len()));
    let mut more_kept = Vec::with_capacity(past.len());
    for (past, pieces) in &past {
        let (time, sequence) = (past.place.0.as_micros(), past.place.1);
        let situation = situation::out(pieces, &mut numbers)?;
        kept.push(v1::Kept { time, sequence, newest: past.newest, situation });
        third_kept.push(valvomo::out(pieces, &mut numbers)?);
        more_kept.push(desk::out(pieces, &mut numbers));
    }
    let corrections =
        corrections.iter().map(|(sequence, received, event)| held::out(*sequence, *received, event));
    let first = v1::Projection {
        log: held::log_out(boards)?,
        areas: areas.iter().map(|(since, document, _)| (since.as_micros(), &**document)).collect(),
        stations: boards.stations.iter().map(|(id, changed)| (id.as_str(), changed_out(*changed))).collect(),
        views: boards.views.iter().map(|(view, changed)| (view.to_string(), changed_out(*changed))).collect(),
        window_changed: changed_out(boards.window_changed),
        places: places_out(places),
        corrections: corrections.collect::<Result<_, _>>()?,
        situation,
        kept,
        stamps: numbers.into_list(),
    };
    let third = v3::Projection { first, more: third, kept: third_kept };
    let alarms = alarms::out(&boards.alarms);
    let fourth = v4::Projection { third, more, kept: more_kept, alarms };
    let strain = strain::out(&boards.strain);
    let days = days.into_list();
    let fifth = v5::Projection { fourth, more: fifth, kept: fifth_kept, days, strain };
    let days = waited.into_list();
    let sixth = v6::Projection { fifth, more: sixth, kept: sixth_kept, days };
    let days = were_present.into_list();
    let begun = boards.begun.map(Instant::as_micros);
    v1::encode(&v7::Projection { sixth, more: seventh, kept: seventh_kept, days, begun })
}

fn back(body: v7::Projection<'_>) -> Result<Projection, Error> {
    let v7::Projection { sixth, more: seventh, kept: seventh_kept, days: were_present, begun } = body;
    let were_present = present::DaysBack::of(were_present);
    let v6::Projection { fifth, more: sixth, kept: sixth_kept, days: waited } = sixth;
    let waited = waits::days_back(waited)?;
    let v5::Projection { fourth, more: fifth, kept: fifth_kept, days, strain } = fifth;
    let days = DaysBack::of(days);
    let later = |third, fourth, fifth, sixth, seventh| Later {
        third: Some(third),
        fourth: Some(fourth),
        fifth: Some((fifth, &days)),
        sixth: Some((sixth, waited.clone())),
        seventh: Some((seventh, were_present.clone())),
    };
    let v4::Projection { third, more: fourth, kept: fourth_kept, alarms } = fourth;
    let v3::Projection { first, more: third, kept: third_kept } = third;
    let lengths =
        [third_kept.len(), fourth_kept.len(), fifth_kept.len(), sixth_kept.len(), seventh_kept.len()];
    if lengths != [first.kept.len(); 5] {
        return Err(body_error("its lists of past situations differ in length"));
    }
    let later_kept =
        third_kept.into_iter().zip(fourth_kept).zip(fifth_kept).zip(sixth_kept).zip(seventh_kept);
    let later_kept = later_kept
        .map(|((((third, fourth), fifth), sixth), seventh)| later(third, fourth, fifth, sixth, seventh));
    let v1::Projection {
        log,
        areas,
        stations,
        views,
        window_changed,
        places,
        corrections,
        situation,
        kept,
        stamps,
    } = first;
    let stamps = Stamps::of(stamps);
    let areas = areas.into_iter().map(|(since, document)| {
        Ok((Instant::from_micros(since), document.into(), Arc::new(held::area(document)?)))
    });
    let areas = areas.collect::<Result<Vec<_>, Error>>()?;
    let views = views.into_iter().map(|(view, changed)| {
        let view = View::parse(&view).ok_or_else(|| body_error(format_args!("there is no view {view:?}")))?;
        Ok((view, changed_back(changed)))
    });
    let now = situation::back(situation, later(third, fourth, fifth, sixth, seventh), &stamps)?;
    let area = areas.last().map(|(_, _, area)| Arc::clone(area));
    let boards = BoardsState {
        stations: stations.into_iter().map(|(id, changed)| (id.into(), changed_back(changed))).collect(),
        views: views.collect::<Result<_, Error>>()?,
        window_changed: changed_back(window_changed),
        alarms: Arc::new(alarms::back(alarms)?),
        strain: Arc::new(strain::back(strain)?),
        begun: begun.map(Instant::from_micros),
        ..held::log_back(log, area, now)?
    };
    let corrections = corrections.into_iter().map(|correction| {
        let (sequence, received, event) = held::back(correction)?;
        Ok((sequence, received, Arc::new(event)))
    });
    let kept = kept.into_iter().zip(later_kept).map(|(kept, later)| {
        let v1::Kept { time, sequence, newest, situation } = kept;
        let place = (Instant::from_micros(time), sequence);
        Ok(Kept { place, newest, situation: situation::back(situation, later, &stamps)? })
    });
    Ok(Projection {
        boards,
        areas,
        places: places_back(places)?,
        corrections: corrections.collect::<Result<_, Error>>()?,
        kept: kept.collect::<Result<_, Error>>()?,
    })
}

fn places_out(places: &[(Instant, u64)]) -> v1::Places {
    let mut columns =
        v1::Places { times: Vec::with_capacity(places.len()), sequences: Vec::with_capacity(places.len()) };
    let mut before = (0, 0);
    for (time, sequence) in places {
        let place = (time.as_micros(), sequence.cast_signed());
        columns.times.push(place.0.wrapping_sub(before.0));
        columns.sequences.push(place.1.wrapping_sub(before.1));
        before = place;
    }
    columns
}

fn places_back(columns: v1::Places) -> Result<Vec<(Instant, u64)>, Error> {
    let v1::Places { times, sequences } = columns;
    if times.len() != sequences.len() {
        return Err(body_error("its columns differ in length"));
    }
    let sequences = held::summed(sequences).map(i64::cast_unsigned);
    Ok(held::summed(times).map(Instant::from_micros).zip(sequences).collect())
}

const fn changed_out(changed: Changed) -> v1::Changed {
    let Changed { sequence, event_time, received } = changed;
    v1::Changed { sequence, event_time: event_time.as_micros(), received: received.as_micros() }
}

const fn changed_back(changed: v1::Changed) -> Changed {
    let v1::Changed { sequence, event_time, received } = changed;
    Changed {
        sequence,
        event_time: Instant::from_micros(event_time),
        received: Instant::from_micros(received),
    }
}
