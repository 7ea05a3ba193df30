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
    /// Open, taking people in, and why hours are not the usual ones, of each station.
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

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Wall {
    pub fn read(area: &str) -> Self {
        let area: Table = area.parse().unwrap();
        let zone = TimeZone::get(text(&area, "time_zone").unwrap()).unwrap();
        let rows = HOLIDAYS.lines().skip(1).map(|line| line.split_once(',').unwrap());
        let holidays = rows.map(|(date, name)| (date.parse().unwrap(), name.to_lowercase())).collect();
        Self { area, zone, holidays }
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

    pub fn at(&self, at: Instant) -> Shown {
        let local = self.zone.to_datetime(at.timestamp().unwrap());
        let (date, clock) = (local.date(), local.time());
        let station = |id: &str| self.area["stations"][id].as_table().unwrap();
        Shown {
            stations: self.stations().map(|id| self.station(station(id), date, clock)).collect(),
            services: self
                .services()
                .map(|(id, service)| {
                    let closed =
                        self.exception(station(id), date).is_some_and(|it| it.get("closed").is_some());
                    let service = station(id)["services"][service].as_table().unwrap();
                    !closed && self.holds(self.rows(service, date), clock, "doors_until")
                })
                .collect(),
            window: self.window(date, clock),
            shift: self.shift(clock),
            day: self.day_name(date),
        }
    }

    fn station(&self, station: &Table, date: Date, clock: Time) -> (bool, bool, Option<String>) {
        if station.get("always_open").is_some() {
            return (true, false, None);
        }
        let reason = self.exception(station, date).map(|it| fi(it, "reason"));
        let rows = self.rows(station, date);
        let open = self.holds(rows.clone(), clock, "doors_until");
        let takes_in = rows.into_iter().any(|row| {
            let until = text(row, "intake_until").or(text(row, "doors_until")).unwrap();
            time(text(row, "opens").unwrap()) <= clock && clock < time(until)
        });
        (open, takes_in, reason)
    }

    fn holds(&self, rows: Vec<&Table>, clock: Time, end: &str) -> bool {
        rows.into_iter().any(|row| {
            let (opens, end) = (time(text(row, "opens").unwrap()), time(text(row, end).unwrap()));
            assert!(opens < end, "no station of this area is open past midnight");
            opens <= clock && clock < end
        })
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
    fn rows<'a>(&self, of: &'a Table, date: Date) -> Vec<&'a Table> {
        if let Some(exception) = self.exception(of, date) {
            return tables(exception, "hours").collect();
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
        tables(of, "hours").filter(holds).collect()
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

    /// From 16 on the working day before days off to 8 on the one after, weekend or holiday; else night from 22
    /// to 8, evening from 16, office.
    fn window(&self, date: Date, clock: Time) -> &'static str {
        let (eight, sixteen, late) = (time("08:00"), time("16:00"), time("22:00"));
        let before = self.off(date, 1).filter(|_| clock >= sixteen);
        let after = self.off(date, -1).filter(|_| clock < eight);
        if let Some(day) = self.off(date, 0).or(before).or(after) {
            let forward = (0..).map_while(|days| self.off(day, days));
            let backward = (0..).map_while(|days| self.off(day, -days));
            return if forward.chain(backward).any(is_weekend) { "weekend" } else { "holiday" };
        }
        match clock {
            _ if clock >= late || clock < eight => "night",
            _ if clock >= sixteen => "evening",
            _ => "office",
        }
    }

    fn shift(&self, clock: Time) -> String {
        let shift = tables(&self.area, "shifts").find(|shift| {
            let (from, to) = (time(text(shift, "from").unwrap()), time(text(shift, "to").unwrap()));
            if from < to { from <= clock && clock < to } else { from <= clock || clock < to }
        });
        fi(shift.unwrap(), "name")
    }
}
