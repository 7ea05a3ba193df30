//! What is to be expected of the next hours, as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use situation::board::{ForecastFigures, ForecastsFigures};

use super::moment;

pub(super) fn forecasts(figures: &ForecastsFigures) -> Value {
    let ForecastsFigures { waiting, present } = figures;
    json!({"waiting": by_hours(waiting), "present": by_hours(present)})
}

fn by_hours(hours: &BTreeMap<u32, ForecastFigures>) -> Value {
    Value::Object(hours.iter().map(|(ahead, figures)| (format!("h{ahead}"), forecast(figures))).collect())
}

fn forecast(figures: &ForecastFigures) -> Value {
    let ForecastFigures { ahead: _, at, count, error, error_of_staying, error_of_same_hour, of } = figures;
    json!({
        "at": moment(Some(*at)),
        "count": count,
        "error_hundredths": error,
        "staying_error_hundredths": error_of_staying,
        "same_hour_error_hundredths": error_of_same_hour,
        "of": of,
    })
}
