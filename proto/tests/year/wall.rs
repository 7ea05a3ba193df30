//! Another reading of an area file: minute by minute, as somebody would who looks at the wall's clock and
//! calendar. It shares nothing with the rules of `situation` but the file and the zone table; holidays are
//! the other calendar's (`tests/data/README.md`).
//!
//! It reads what the model area uses, and panics at anything else.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use situation::time::Instant;
use toml::{Table, Value};

const HOLIDAYS: &str = include_str!("../../../tests/data/finland-holidays.csv");

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Of each station: open, taking people in, why its hours are not the usual ones.
    pub stations: Vec<(bool, bool, Option<String>)>,
    /// Of each service with hours of its own.
    pub services: Vec<bool>,
    pub window: &'static str,
    pub shift: String,
    pub day: Option<String>,
}

pub struct Wall {
    area: Table,
    zone: TimeZone,
    holidays: BTreeMap<Date, String>,
    shifts: Vec<(Time, Time, String)>,
}

/// What is read off the file and the calendar for one date.
pub struct Page {
    date: Date,
    stations: Vec<Place>,
    /// From and to.
    services: Vec<Vec<(Time, Time)>>,
    /// Over days off: from, to, and the word for it.
    days_off: Vec<(Time, Time, &'static str)>,
    day: Option<String>,
}

struct Place {
    always_open: bool,
    /// Opens, intake until, doors until.
    rows: Vec<(Time, Time, Time)>,
    reason: Option<String>,
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).map(|value| value.as_str().unwrap())
}

fn tables<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().map(|it| it.as_table().unwrap())
}

fn fi(table: &Table, key: &str) -> String {
    table[key]["fi"].as_str().unwrap().to_owned()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// Opens, intake until, doors until.
fn times(row: &Table) -> (Time, Time, Time) {
    let ends = text(row, "doors_until").unwrap();
    let times = [text(row, "opens").unwrap(), text(row, "intake_until").unwrap_or(ends), ends].map(time);
    assert!(times[0] < times[2], "no station of this area is open past midnight");
    times.into()
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Wall {
    pub fn read(area: &str) -> Self {
        let area: Table = area.parse().unwrap();
        let zone = TimeZone::get(text(&area, "time_zone").unwrap()).unwrap();
        let rows = HOLIDAYS.lines().skip(1).map(|line| line.split_once(',').unwrap());
        let holidays = rows.map(|(date, name)| (date.parse().unwrap(), name.to_lowercase())).collect();
        let shift = |shift: &Table| {
            let [from, to] = ["from", "to"].map(|key| time(text(shift, key).unwrap()));
            (from, to, fi(shift, "name"))
        };
        let shifts = tables(&area, "shifts").map(shift).collect();
        Self { area, zone, holidays, shifts }
    }

    pub fn stations(&self) -> impl Iterator<Item = &str> {
        self.area["stations"].as_table().unwrap().keys().map(String::as_str)
    }

    pub fn services(&self) -> impl Iterator<Item = (&str, &str)> {
        self.area["stations"].as_table().unwrap().iter().flat_map(|(id, station)| {
            let services = station["services"].as_table().unwrap().iter();
            services.filter(|(_, it)| it.get("hours").is_some()).map(|(name, _)| (id.as_str(), name.as_str()))
        })
    }

    /// The page of the moment's date: `page` itself while it is that date's.
    pub fn turn(&self, page: Option<Page>, at: Instant) -> Page {
        let date = self.zone.to_datetime(at.timestamp().unwrap()).date();
        page.filter(|page| page.date == date).unwrap_or_else(|| self.page(date))
    }

    fn page(&self, date: Date) -> Page {
        let station = |id: &str| self.area["stations"][id].as_table().unwrap();
        let place = |id: &str| Place {
            always_open: station(id).get("always_open").is_some(),
            rows: self.rows(station(id), date),
            reason: self.exception(station(id), date).map(|it| fi(it, "reason")),
        };
        let service = |(id, service): (&str, &str)| {
            let closed = self.exception(station(id), date).is_some_and(|it| it.get("closed").is_some());
            let rows = self.rows(station(id)["services"][service].as_table().unwrap(), date);
            rows.into_iter().filter(|_| !closed).map(|(opens, _, ends)| (opens, ends)).collect()
        };
        Page {
            date,
            stations: self.stations().map(place).collect(),
            services: self.services().map(service).collect(),
            days_off: self.days_off(date),
            day: self.day_name(date),
        }
    }

    pub fn at(&self, page: &Page, at: Instant) -> Shown {
        let clock = self.zone.to_datetime(at.timestamp().unwrap()).time();
        let station = |place: &Place| {
            let open = |ends: fn(&(Time, Time, Time)) -> Time| {
                place.rows.iter().any(|row| row.0 <= clock && clock < ends(row))
            };
            (place.always_open || open(|row| row.2), open(|row| row.1), place.reason.clone())
        };
        let given = |rows: &Vec<(Time, Time)>| rows.iter().any(|(from, to)| *from <= clock && clock < *to);
        Shown {
            stations: page.stations.iter().map(station).collect(),
            services: page.services.iter().map(given).collect(),
            window: Self::window(page, clock),
            shift: self.shift(clock),
            day: page.day.clone(),
        }
    }

    fn exception<'a>(&self, of: &'a Table, date: Date) -> Option<&'a Table> {
        let parsed = |table: &Table, key| text(table, key).map(|text| text.parse::<Date>().unwrap());
        tables(of, "exceptions").find(|it| {
            let only = parsed(it, "date");
            let (from, to) = (parsed(it, "from").or(only).unwrap(), parsed(it, "to").or(only).unwrap());
            from <= date && date <= to
        })
    }

    /// The rows of opening hours that hold on a date.
    fn rows(&self, of: &Table, date: Date) -> Vec<(Time, Time, Time)> {
        if let Some(exception) = self.exception(of, date) {
            return tables(exception, "hours").map(times).collect();
        }
        let off = self.holidays.contains_key(&date);
        let weekday = date.strftime("%a").to_string().to_lowercase();
        let eve = self.eve(date).filter(|_| !is_weekend(date));
        let day = eve.map_or(weekday.as_str(), |eve| text(eve, "hours_as").unwrap());
        let working_day = !matches!(day, "sat" | "sun");
        let holds = |row: &&Table| {
            row["days"].as_array().unwrap().iter().any(|token| match token.as_str().unwrap() {
                "every" => true,
                "weekdays" => working_day && !off,
                token => token == day && !(working_day && off),
            })
        };
        tables(of, "hours").filter(holds).map(times).collect()
    }

    /// The eve that a date is, unless it is a holiday or closed itself.
    fn eve(&self, date: Date) -> Option<&Table> {
        let holiday = |date: Date| self.holidays.get(&date).filter(|name| !name.ends_with("aatto"));
        if self.holidays.contains_key(&date) {
            return None;
        }
        let next = holiday(date.tomorrow().unwrap())?;
        tables(&self.area, "eves").find(|eve| match text(eve, "before").unwrap() {
            "public_holiday" => true,
            "new_years_day" => next == "uudenvuodenpäivä",
            "epiphany" => next == "loppiainen",
            "good_friday" => next == "pitkäperjantai",
            "may_day" => next.contains("vappu"),
            other => panic!("the wall knows no {other}"),
        })
    }

    fn day_name(&self, date: Date) -> Option<String> {
        self.holidays.get(&date).cloned().or_else(|| self.eve(date).map(|eve| fi(eve, "name")))
    }

    fn off(&self, date: Date, days: i64) -> Option<Date> {
        let date = date.checked_add(Span::new().days(days)).unwrap();
        (is_weekend(date) || self.holidays.contains_key(&date)).then_some(date)
    }

    /// From 16 on the working day before days off to 8 on the one after.
    fn days_off(&self, date: Date) -> Vec<(Time, Time, &'static str)> {
        let word = |day: Date| {
            let forward = (0..).map_while(|days| self.off(day, days));
            let backward = (0..).map_while(|days| self.off(day, -days));
            if forward.chain(backward).any(is_weekend) { "weekend" } else { "holiday" }
        };
        if let Some(day) = self.off(date, 0) {
            return vec![(time("00:00"), time("23:59:59"), word(day))];
        }
        let after = self.off(date, -1).map(|day| (time("00:00"), time("07:59:59"), word(day)));
        let before = self.off(date, 1).map(|day| (time("16:00"), time("23:59:59"), word(day)));
        after.into_iter().chain(before).collect()
    }

    /// Days off; else night from 22 to 8, evening from 16, office.
    fn window(page: &Page, clock: Time) -> &'static str {
        if let Some((_, _, word)) = page.days_off.iter().find(|(from, to, _)| *from <= clock && clock <= *to)
        {
            return word;
        }
        match clock.hour() {
            22.. | ..8 => "night",
            16.. => "evening",
            _ => "office",
        }
    }

    fn shift(&self, clock: Time) -> String {
        let shift = self.shifts.iter().find(|(from, to, _)| {
            if from < to { *from <= clock && clock < *to } else { *from <= clock || clock < *to }
        });
        shift.unwrap().2.clone()
    }
}
