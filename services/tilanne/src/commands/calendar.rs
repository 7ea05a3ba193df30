//! `tilanne calendar`: days and windows of an area.

use jiff::civil::Date;
use serde_json::{Value, json};
use situation::area::Area;
use situation::calendar::{Window, day, windows_between};
use situation::name::Trilingual;
use situation::time::Instant;

use crate::Error;
use crate::cli::Calendar;
use crate::config;
use crate::output::say;

/// Days of one call: a century, so that a slip of the year does not print for ever.
const MAX_DAYS: usize = 36_600;

pub fn calendar(asked: &Calendar) -> Result<(), Error> {
    let settings = config::load(&asked.settings)?.values;
    let area = config::area(settings.server.area.as_deref())?.area;
    let (from, to) = (date("--from", &asked.from)?, date("--to", &asked.to)?);
    if to < from {
        return Err(Error::Usage("--to is before --from".to_owned()));
    }
    for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to).take(MAX_DAYS) {
        let windows = windows_beginning_on(&area, date);
        if asked.json {
            say(&day_line(date).to_string())?;
            for window in windows {
                say(&window_line(&area, &window).to_string())?;
            }
        } else {
            say(&day_text(date))?;
            for window in windows {
                let (from, to) = (local(&area, window.from), local(&area, window.to));
                say(&format!("  {:8} {from} … {to}  {}", window.kind.as_str(), window.name.fi))?;
            }
        }
    }
    Ok(())
}

fn date(flag: &str, text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| Error::Usage(format!("{flag}: {text:?} is not a date: write YYYY-MM-DD")))
}

/// The windows that begin on a local date, so that each is printed once.
fn windows_beginning_on(area: &Area, date: Date) -> Vec<Window> {
    let midnight =
        |date: Date| date.to_zoned(area.time_zone.clone()).ok().map(|it| Instant::from(it.timestamp()));
    let (Some(from), Some(to)) = (midnight(date), date.tomorrow().ok().and_then(midnight)) else {
        return Vec::new();
    };
    let mut windows = windows_between(&area.windows, &area.time_zone, from, to);
    windows.retain(|window| window.from >= from);
    windows
}

fn day_line(date: Date) -> Value {
    let found = day(date);
    let mut line = json!({
        "kind": "day",
        "date": date.to_string(),
        "public_holiday": found.public_holiday,
        "customary_closed": found.customary_closed,
    });
    if let (Some(name), Some(line)) = (found.name, line.as_object_mut()) {
        line.insert("name".into(), names(&name));
    }
    line
}

fn window_line(area: &Area, window: &Window) -> Value {
    json!({
        "kind": window.kind.as_str(),
        "name": names(&window.name),
        "from": local(area, window.from),
        "to": local(area, window.to),
    })
}

fn names(name: &Trilingual) -> Value {
    json!({"fi": name.fi, "sv": name.sv, "en": name.en})
}

fn day_text(date: Date) -> String {
    let found = day(date);
    let kind = match (found.public_holiday, found.customary_closed) {
        (true, _) => "public holiday",
        (false, true) => "customary closed day",
        (false, false) => "",
    };
    let name = found.name.map(|name| name.fi).unwrap_or_default();
    format!("{date} {:?} {kind} {name}", date.weekday()).trim_end().to_owned()
}

/// RFC 3339 with the area's own offset at that moment.
fn local(area: &Area, at: Instant) -> String {
    at.timestamp().map_or_else(
        || at.to_string(),
        |timestamp| timestamp.to_zoned(area.time_zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}
