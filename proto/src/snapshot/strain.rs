//! Levels of strain, both ways.

use ::situation::name::StationId;
use ::situation::strain::{Level, Standing, Stood, StrainLog};
use ::situation::time::Instant;

use super::{Error, body_error, v5};

pub(super) fn out(log: &StrainLog) -> v5::Strain<'_> {
    let StrainLog { stations, area, ended } = log;
    let of_stations = stations.iter().map(|(id, standing)| standing_out(Some(id), standing));
    v5::Strain {
        standing: of_stations.chain(area.iter().map(|standing| standing_out(None, standing))).collect(),
        ended: ended.iter().map(|(place, stood)| stood_out(place.as_ref(), stood)).collect(),
    }
}

pub(super) fn back(strain: v5::Strain<'_>) -> Result<StrainLog, Error> {
    let v5::Strain { standing, ended } = strain;
    let mut log = StrainLog::default();
    for standing in standing {
        let v5::Standing { station, level, since, stood } = standing;
        let stood = stood.map(|(held, from)| Ok((self::level(held)?, Instant::from_micros(from))));
        let standing = Standing {
            level: level.map(self::level).transpose()?,
            since: Instant::from_micros(since),
            stood: stood.transpose()?,
        };
        match station {
            Some(id) => {
                log.stations.insert(id.into(), standing);
            }
            None => log.area = Some(standing),
        }
    }
    for stood in ended {
        let v5::Stood { station, level, from, to } = stood;
        let (from, to) = (Instant::from_micros(from), Instant::from_micros(to));
        log.ended.push((station.map(Into::into), Stood { level: self::level(level)?, from, to }));
    }
    Ok(log)
}

fn standing_out<'a>(place: Option<&'a StationId>, standing: &Standing) -> v5::Standing<'a> {
    let Standing { level, since, stood } = standing;
    v5::Standing {
        station: place.map(StationId::as_str),
        level: level.map(Level::number),
        since: since.as_micros(),
        stood: stood.map(|(held, from)| (held.number(), from.as_micros())),
    }
}

fn stood_out<'a>(place: Option<&'a StationId>, stood: &Stood) -> v5::Stood<'a> {
    let Stood { level, from, to } = stood;
    v5::Stood {
        station: place.map(StationId::as_str),
        level: level.number(),
        from: from.as_micros(),
        to: to.as_micros(),
    }
}

fn level(number: u8) -> Result<Level, Error> {
    Level::of(number).ok_or_else(|| body_error(format_args!("there is no level {number}")))
}
