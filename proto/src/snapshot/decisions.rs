//! What the recorder decides on, both ways.

use std::borrow::Cow;
use std::sync::Arc;

use ::situation::decide::{DeciderState, MemoryState, Remembered, Stream};
use ::situation::event::Digest;
use ::situation::time::Instant;
use ::situation::trail::Trail;

use super::envelope::{Kind, Opened, open, seal};
use super::history::{DaysBack, DaysOut};
use super::situation::Later;
use super::stamps::{Numbers, Stamps};
use super::{
    Error, Stand, body_error, desk, held, present, situation, v1, v2, v3, v4, v5, v6, v7, valvomo, waits,
};
use crate::block::ChainHash;

/// The file of a decider's state, which stands at its last fact with this head of the chain.
///
/// # Errors
/// [`Error::TooBig`].
pub fn write_decisions(state: &DeciderState, head: &ChainHash) -> Result<Vec<u8>, Error> {
    let stand = Stand {
        epoch: state.boards.epoch.as_deref().unwrap_or_default().to_owned(),
        sequence: state.boards.sequence,
        head: *head,
    };
    seal(Kind::Decisions, &stand, &body(state)?)
}

/// The BLAKE3 of what is stored of a decider's state: two that have folded the same facts have the same.
///
/// # Errors
/// [`Error::Body`] if it cannot be stored.
pub fn decisions_hash(state: &DeciderState) -> Result<[u8; 32], Error> {
    Ok(blake3::hash(&body(state)?).into())
}

/// Reads a file.
///
/// # Errors
/// Whatever is wrong with it first.
pub fn read_decisions(file: &[u8]) -> Result<(Stand, DeciderState), Error> {
    let Opened { version, stand, body } = open(Kind::Decisions, file)?;
    let state = match version {
        1 => back(v2::Decisions { first: v1::decode(&body)?, stream: None }, Later::default())?,
        2 => back(v1::decode(&body)?, Later::default())?,
        3 => {
            let v3::Decisions { second, more } = v1::decode(&body)?;
            back(second, Later { third: Some(more), ..Later::default() })?
        }
        4 => {
            let v4::Decisions { third: v3::Decisions { second, more: third }, more } = v1::decode(&body)?;
            back(second, Later { third: Some(third), fourth: Some(more), ..Later::default() })?
        }
        5 => of_fifth(v1::decode(&body)?, Later::default())?,
        6 => of_sixth(v1::decode(&body)?, Later::default())?,
        _ => {
            let v7::Decisions { sixth, more, days, begun } = v1::decode(&body)?;
            let seventh = Some((more, present::DaysBack::of(days)));
            let mut state = of_sixth(sixth, Later { seventh, ..Later::default() })?;
            state.boards.begun = begun.map(Instant::from_micros);
            state
        }
    };
    let epoch = state.boards.epoch.as_deref().unwrap_or_default();
    if (epoch, state.boards.sequence) != (stand.epoch.as_str(), stand.sequence) {
        return Err(body_error("it stands elsewhere than its header says"));
    }
    Ok((stand, state))
}

fn of_sixth<'a>(sixth: v6::Decisions<'a>, later: Later<'a>) -> Result<DeciderState, Error> {
    let v6::Decisions { fifth, more, days } = sixth;
    of_fifth(fifth, Later { sixth: Some((more, waits::days_back(days)?)), ..later })
}

fn of_fifth(fifth: v5::Decisions<'_>, later: Later<'_>) -> Result<DeciderState, Error> {
    let v5::Decisions { fourth, more: fifth, days } = fifth;
    let v4::Decisions { third: v3::Decisions { second, more: third }, more } = fourth;
    let days = DaysBack::of(days);
    let fifth = Some((fifth, &days));
    back(second, Later { third: Some(third), fourth: Some(more), fifth, ..later })
}

fn body(state: &DeciderState) -> Result<Vec<u8>, Error> {
    let DeciderState { boards, document, memory, versions, received, stream } = state;
    let MemoryState { sources, marks, remembered } = memory;
    let mut numbers = Numbers::default();
    let pieces = boards.situation.state();
    let situation = situation::out(&pieces, &mut numbers)?;
    let third = valvomo::out(&pieces, &mut numbers)?;
    let more = desk::out(&pieces, &mut numbers);
    let mut days = DaysOut::default();
    let fifth = days.situation(&pieces);
    let mut waited = waits::Days::default();
    let sixth = waits::out(&pieces, &mut waited);
    let mut were_present = present::DaysOut::default();
    let seventh = were_present.situation(&pieces);
    let first = v1::Decisions {
        log: held::log_out(boards)?,
        document: document.as_deref(),
        received: received.as_micros(),
        versions: versions.iter().map(|(id, version)| (id.as_str(), *version)).collect(),
        sources: sources.iter().map(|source| source.as_str()).collect(),
        marks: marks.iter().map(|(source, mark)| (*source, mark.as_micros())).collect(),
        remembered: remembered_out(remembered),
        situation,
        stamps: numbers.into_list(),
    };
    let stream = stream.as_ref().map(|stream| (&*stream.identity, stream.since));
    let second = v2::Decisions { first, stream };
    let fourth = v4::Decisions { third: v3::Decisions { second, more: third }, more };
    let fifth = v5::Decisions { fourth, more: fifth, days: days.into_list() };
    let sixth = v6::Decisions { fifth, more: sixth, days: waited.into_list() };
    let (days, begun) = (were_present.into_list(), boards.begun.map(Instant::as_micros));
    v1::encode(&v7::Decisions { sixth, more: seventh, days, begun })
}

fn remembered_out(remembered: &Trail<Remembered>) -> v1::Remembered<'static> {
    let count = remembered.len();
    let mut sequences = Vec::with_capacity(count);
    let mut times = Vec::with_capacity(count);
    let mut sources = Vec::with_capacity(count);
    let mut keys = Vec::with_capacity(count * size_of::<Digest>());
    let mut digests = Vec::with_capacity(count * size_of::<Digest>());
    let mut before = (0_u64, 0_i64);
    for Remembered { sequence, key, digest, time, source } in remembered.iter() {
        let time = time.as_micros();
        sequences.push(sequence.wrapping_sub(before.0));
        times.push(time.wrapping_sub(before.1));
        before = (*sequence, time);
        sources.push(*source);
        keys.extend_from_slice(key);
        digests.extend_from_slice(digest);
    }
    v1::Remembered { sequences, times, sources, keys: Cow::Owned(keys), digests: Cow::Owned(digests) }
}

fn remembered_back(columns: v1::Remembered<'_>) -> Result<impl Iterator<Item = Remembered>, Error> {
    let v1::Remembered { sequences, times, sources, keys, digests } = columns;
    let count = sequences.len();
    let digests = [keys, digests].map(|column| column.as_chunks::<16>().0.to_vec());
    let [keys, digests] = digests;
    if [times.len(), sources.len(), keys.len(), digests.len()] != [count; 4] {
        return Err(body_error("its columns differ in length"));
    }
    let sequences = sequences.into_iter().scan(0_u64, |sum, difference| {
        *sum = sum.wrapping_add(difference);
        Some(*sum)
    });
    let rows = sequences.zip(held::summed(times)).zip(sources).zip(keys).zip(digests);
    Ok(rows.map(|((((sequence, time), source), key), digest)| {
        let time = Instant::from_micros(time);
        Remembered { sequence, key, digest, time, source }
    }))
}

fn back(body: v2::Decisions<'_>, later: Later<'_>) -> Result<DeciderState, Error> {
    let v2::Decisions { first, stream } = body;
    let v1::Decisions { log, document, received, versions, sources, marks, remembered, situation, stamps } =
        first;
    let stamps = Stamps::of(stamps);
    let area = document.map(held::area).transpose()?.map(Arc::new);
    let situation = situation::back(situation, later, &stamps)?;
    Ok(DeciderState {
        boards: held::log_back(log, area, situation)?,
        document: document.map(Into::into),
        memory: MemoryState {
            sources: sources.into_iter().map(Into::into).collect(),
            marks: marks.into_iter().map(|(source, mark)| (source, Instant::from_micros(mark))).collect(),
            remembered: remembered_back(remembered)?.collect(),
        },
        versions: versions.into_iter().map(|(id, version)| (id.into(), version)).collect(),
        received: Instant::from_micros(received),
        stream: stream.map(|(identity, since)| Stream { identity: identity.into(), since }),
    })
}
