//! Levels of strain as JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use situation::area::Area;
use situation::name::Trilingual;
use situation::strain::{AreaStrain, Lack, Level, MeasureRule, Reading, StrainFigures, Tally};

use super::{moment, trilingual};
use crate::canonical;

/// The level of a station and its reasons.
pub(super) fn station(strain: &StrainFigures) -> Value {
    let StrainFigures { rule, level, since, found: _, readings } = strain;
    let kept_up = strain.is_kept_up();
    let measures = rule.measures.iter().filter_map(|(name, rule)| {
        let reading = readings.get(name)?;
        Some((name.as_str().to_owned(), measure(rule, reading, *level)))
    });
    let counting = rule.measures.iter().filter(|(_, rule)| !rule.shown_only);
    let missing = counting.filter_map(|(name, _)| readings.get(name)).flat_map(|reading| &reading.missing);
    json!({
        "level": number(*level),
        "since": moment(*since),
        "at_least": number(strain.at_least()),
        "kept_up": kept_up.then_some(true),
        "dwell_s": kept_up.then_some(rule.dwell.as_secs()),
        "needs": rule.needs,
        "measures": measures.collect::<Map<_, _>>(),
        "missing": lacks(missing),
        "card": card(&rule.cards, *level, strain.at_least()),
    })
}

/// The level of a station or an area by itself, as the contract has it.
pub(super) fn number(level: Option<Level>) -> Value {
    level.map_or(Value::Null, |level| level.number().into())
}

/// The level of the area and its stations by level.
pub(super) fn area(area: &Area, strain: &AreaStrain) -> Value {
    let rules = area.strain.as_ref();
    let Tally { stations, unknown, .. } = strain.tally;
    let by_level = Level::ALL.into_iter().zip(stations);
    let mut stations: Map<String, Value> =
        by_level.map(|(level, count)| (format!("level_{}", level.number()), count.into())).collect();
    stations.insert("unknown".into(), unknown.into());
    let (at_least, kept_up) = (strain.at_least(), strain.is_kept_up());
    let dwell = rules.and_then(|rules| rules.area.as_ref()).map(|rule| rule.dwell.as_secs());
    let mut drawn = json!({
        "level": number(strain.level),
        "since": moment(strain.since),
        "at_least": number(at_least),
        "kept_up": kept_up.then_some(true),
        "dwell_s": dwell.filter(|_| kept_up),
        "needs": rules.and_then(|rules| rules.area.as_ref()).map(|rule| rule.needs),
        "stations": stations,
        "card": rules.map(|rules| card(&rules.cards, strain.level, at_least)),
    });
    canonical::prune(&mut drawn);
    drawn
}

fn measure(rule: &MeasureRule, reading: &Reading, stands: Option<Level>) -> Value {
    let Reading { value, at_least, undefined, missing } = reading;
    // With what stands it may count for more than its threshold says: that is said too.
    let level = reading.bounds(rule, stands).known();
    let from = Level::ABOVE_NORMAL.into_iter().zip(rule.from);
    let from = from.map(|(level, from)| (format!("level_{}", level.number()), from.into()));
    json!({
        "unit": rule.measure.unit().as_str(),
        "value": value,
        "at_least": at_least,
        "undefined": undefined.map(|it| it.by.as_str()),
        "level": number(level),
        "held": (level != reading.bounds(rule, None).known()).then_some(true),
        "thresholds": from.collect::<Map<String, Value>>(),
        "margin": Some(rule.margin).filter(|margin| *margin > 0),
        "shown_only": rule.shown_only.then_some(true),
        "missing": lacks(missing.iter()),
    })
}

/// What is missing and why, by the path of a member in the station or the input's own name.
fn lacks<'a>(missing: impl Iterator<Item = (&'a String, &'a Lack)>) -> Value {
    Value::Object(missing.map(|(input, why)| (input.clone(), why.as_str().into())).collect())
}

/// What people do at the level, or at the one that it is at least.
fn card(cards: &BTreeMap<u8, Trilingual>, level: Option<Level>, at_least: Option<Level>) -> Value {
    let card = level.or(at_least).and_then(|level| cards.get(&level.number()));
    card.map_or(Value::Null, trilingual)
}
