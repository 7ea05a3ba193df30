//! What is usual for an hour, as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use situation::board::{ArrivalFigures, HourFigures, Usual};
use situation::time::Instant;

use super::moment;

pub(super) fn arrivals(figures: &ArrivalFigures) -> Value {
    let ArrivalFigures { this_hour, last_hour } = figures;
    json!({"this_hour": hour(this_hour), "last_hour": hour(last_hour)})
}

fn hour(figures: &HourFigures) -> Value {
    let HourFigures { from, count, usual } = figures;
    json!({"from": moment(Some(*from)), "count": count, "usual": usual.as_ref().map(self::usual)})
}

pub(super) fn usual(usual: &Usual) -> Value {
    let Usual { median, low, high, of } = usual;
    json!({"median": median, "low": low, "high": high, "of": of})
}

pub(super) fn callbacks_before(days: &BTreeMap<u32, (Instant, u32)>) -> Value {
    let day = |(rank, (at, waiting)): (&u32, &(Instant, u32))| {
        (rank.to_string(), json!({"at": moment(Some(*at)), "callbacks_waiting": waiting}))
    };
    Value::Object(days.iter().map(day).collect())
}
