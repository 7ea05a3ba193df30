//! A scenario that somebody wrote down: happenings, one a line, read as CloudEvents with the moment of their delivery.
//!
//! The text is there to be read and put right by people who have been on duty, so it says only what they would
//! say; ids, sources, subjects and heartbeats follow from `scenario.toml`. `tests/scenarios/evening/README.md`
//! explains the form.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use proto::subject::Family;
use serde::Deserialize;
use serde_json::{Value, json};

/// One event on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// When it is delivered, in microseconds since the Unix epoch. Later than the event's own `time` where the
    /// feed was silent in between; never earlier.
    pub due_us: i64,
    /// The CloudEvent.
    pub event: Value,
}

/// A scenario that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Unreadable {
    /// The file, and the line in it.
    pub place: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// A whole scenario.
#[derive(Debug, Clone)]
pub struct Script {
    /// Where the clock of whoever plays it begins.
    pub begins_us: i64,
    /// From here on it has nothing more to tell.
    pub ends_us: i64,
    /// Local time.
    pub zone: TimeZone,
    /// Everything, in the order of delivery.
    pub items: Vec<Item>,
}

/// `scenario.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    zone: String,
    begins: String,
    ends: String,
    heartbeat_s: i64,
    stations: BTreeMap<String, Place>,
    voices: BTreeMap<String, String>,
    silences: Vec<Silence>,
}

/// A station, and which feed speaks of what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    id: String,
    queue: Option<String>,
    staffing: Option<String>,
    capacity: Option<String>,
}

/// A feed that says nothing for a while.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Silence {
    feed: String,
    from: String,
    to: String,
}

impl Script {
    /// Reads a scenario from its settings and its files of happenings, each with its name.
    ///
    /// # Errors
    /// [`Unreadable`] names the file and line.
    pub fn read(settings: &str, files: &[(&str, &str)]) -> Result<Self, Unreadable> {
        let of_settings = |reason: String| Unreadable { place: "scenario.toml".to_owned(), reason };
        let settings: Settings = toml::from_str(settings).map_err(|error| of_settings(error.to_string()))?;
        let reader = Reader::of(&settings).map_err(of_settings)?;
        let mut items = Vec::new();
        let mut ids = BTreeSet::new();
        for (file, text) in files {
            reader.file(file, text, &mut items, &mut ids)?;
        }
        items.extend(reader.heartbeats());
        items.sort_by_key(|item: &Item| item.due_us);
        Ok(Self { begins_us: reader.begins, ends_us: reader.ends, zone: reader.zone, items })
    }
}

struct Reader<'a> {
    settings: &'a Settings,
    zone: TimeZone,
    begins: i64,
    ends: i64,
    /// Feed, from, to.
    silences: Vec<(&'a str, i64, i64)>,
}

impl<'a> Reader<'a> {
    fn of(settings: &'a Settings) -> Result<Self, String> {
        let zone = TimeZone::get(&settings.zone).map_err(|error| error.to_string())?;
        let moment = |local: &str| moment(date_time(local)?, &zone);
        let silence = |it: &'a Silence| Ok((it.feed.as_str(), moment(&it.from)?, moment(&it.to)?));
        let silences = settings.silences.iter().map(silence).collect::<Result<_, String>>()?;
        let (begins, ends) = (moment(&settings.begins)?, moment(&settings.ends)?);
        if settings.heartbeat_s <= 0 {
            return Err("heartbeat_s must be 1 or more".to_owned());
        }
        Ok(Self { settings, begins, ends, silences, zone })
    }

    fn file(
        &self,
        file: &str,
        text: &str,
        items: &mut Vec<Item>,
        ids: &mut BTreeSet<String>,
    ) -> Result<(), Unreadable> {
        let mut day = None;
        for (line, number) in text.lines().zip(1_u32..) {
            let line = line.trim();
            let at_line = |reason: String| Unreadable { place: format!("{file}, line {number}"), reason };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(date) = line.strip_prefix("day ") {
                let date: Date =
                    date.trim().parse().map_err(|error: jiff::Error| at_line(error.to_string()))?;
                day = Some(date);
                continue;
            }
            let day = day.ok_or_else(|| at_line("write a line such as `day 2026-11-26` first".to_owned()))?;
            let item = self.happening(day, line).map_err(at_line)?;
            if !ids.insert(item.event["id"].to_string()) {
                return Err(at_line("the same happening is there twice: leave one out".to_owned()));
            }
            items.push(item);
        }
        Ok(())
    }

    /// `HH:MM WHO TYPE DATA`.
    fn happening(&self, day: Date, line: &str) -> Result<Item, String> {
        let (time, rest) = word(line)?;
        let (who, rest) = word(rest)?;
        let (kind, data) = word(rest)?;
        let at = moment(day.to_datetime(clock_time(time)?), &self.zone)?;
        if at >= self.ends {
            return Err("this is after the scenario's end: move it, or `ends`".to_owned());
        }
        let kind = format!("fi.tilanne.{kind}.v1");
        let (feed, station) = self.speaker(who, &kind)?;
        let data: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        // By its words, so that a line that is put right does not rename the others in a demo's journal.
        let words: Vec<_> = line.split_whitespace().collect();
        let mark = blake3::hash(words.join(" ").as_bytes()).to_hex();
        let mut event = json!({
            "specversion": "1.0",
            "id": format!("{day}-{}", mark.get(..16).unwrap_or_default()),
            "source": feed,
            "type": kind,
            "time": text(at),
            "data": self.with_moments(day, data)?,
        });
        if let (Some(id), Some(event)) = (station, event.as_object_mut()) {
            event.insert("subject".to_owned(), id.into());
        }
        Ok(Item { due_us: self.silence(feed, at).unwrap_or(at), event })
    }

    /// Which feed says it, and of which station: `SI` by its feed of such events, `desk:SI`, `desk:*` of none.
    fn speaker(&self, who: &str, kind: &str) -> Result<(&'a str, Option<&'a str>), String> {
        let (voice, place) = who.split_once(':').map_or((None, who), |(voice, place)| (Some(voice), place));
        let feed_of_voice = |voice: &str| {
            let feed = self.settings.voices.get(voice);
            feed.map(String::as_str).ok_or_else(|| format!("no voice {voice:?} in scenario.toml: add it"))
        };
        if let (Some(voice), "*") = (voice, place) {
            return Ok((feed_of_voice(voice)?, None));
        }
        let station = self.settings.stations.get(place);
        let station = station.ok_or_else(|| format!("no station {place:?} in scenario.toml: add it"))?;
        let feed = match voice {
            Some(voice) => feed_of_voice(voice)?,
            None => station.feed(kind)?,
        };
        Ok((feed, Some(&station.id)))
    }

    /// When the feed returns, if it is silent at a moment.
    fn silence(&self, feed: &str, at: i64) -> Option<i64> {
        let silent = |(it, from, to): &&(&str, i64, i64)| *it == feed && *from < at && at < *to;
        self.silences.iter().find(silent).map(|(_, _, to)| *to)
    }

    /// The signs of life of all feeds, in turns.
    fn heartbeats(&self) -> Vec<Item> {
        let places = self.settings.stations.values();
        let feeds: BTreeSet<&str> = places.flat_map(Place::feeds).collect();
        let interval = self.settings.heartbeat_s.saturating_mul(1_000_000);
        // Whole seconds, for those who read what was drawn of them.
        let turns = i64::try_from(feeds.len().max(1)).unwrap_or(1);
        let turn = (self.settings.heartbeat_s / turns).saturating_mul(1_000_000);
        let mut items = Vec::new();
        for (feed, number) in feeds.into_iter().zip(0_i64..) {
            // Each has spoken in the minute before the beginning: it was not switched on just now.
            let mut at = self.begins - interval + turn * number;
            while at < self.ends {
                if self.silence(feed, at).is_none() {
                    let event = json!({
                        "specversion": "1.0",
                        "id": format!("beat-{}", text(at)),
                        "source": feed,
                        "type": "fi.tilanne.feed.heartbeat.v1",
                        "time": text(at),
                        "data": { "interval_s": self.settings.heartbeat_s },
                    });
                    items.push(Item { due_us: at, event });
                }
                at += interval;
            }
        }
        items
    }

    /// `@17:55` and `@2026-11-27T08:20` become moments with an offset.
    fn with_moments(&self, day: Date, data: Value) -> Result<Value, String> {
        Ok(match data {
            Value::String(local) if local.starts_with('@') => {
                let local = local.trim_start_matches('@');
                let local = match local.parse::<DateTime>() {
                    Ok(local) => local,
                    Err(_) => day.to_datetime(clock_time(local)?),
                };
                text(moment(local, &self.zone)?).into()
            }
            Value::Object(members) => {
                let member = |(name, value)| Ok((name, self.with_moments(day, value)?));
                Value::Object(members.into_iter().map(member).collect::<Result<_, String>>()?)
            }
            plain
            @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => plain,
        })
    }
}

impl Place {
    fn feeds(&self) -> impl Iterator<Item = &str> {
        [&self.queue, &self.staffing, &self.capacity].into_iter().flatten().map(String::as_str)
    }

    fn feed(&self, kind: &str) -> Result<&str, String> {
        let family = proto::event::family_of(kind).ok_or_else(|| format!("unknown type {kind:?}"))?;
        let feed = match family {
            Family::Queue => &self.queue,
            Family::Staffing => &self.staffing,
            Family::Capacity => &self.capacity,
            Family::Desk => return Err(format!("{kind} is said by people: no feed of {} says it", self.id)),
        };
        feed.as_deref().ok_or_else(|| format!("{} has no feed for {kind}: add it to scenario.toml", self.id))
    }
}

fn word(line: &str) -> Result<(&str, &str), String> {
    let parted = line.trim_start().split_once(char::is_whitespace);
    parted.ok_or_else(|| "write `HH:MM WHO TYPE DATA`, such as `17:09 LO queue.left {…}`".to_owned())
}

fn clock_time(text: &str) -> Result<Time, String> {
    text.parse().map_err(|_| format!("{text:?} is not a time: write 17:09 or 17:09:30"))
}

fn date_time(text: &str) -> Result<DateTime, String> {
    text.parse().map_err(|_| format!("{text:?} is not a local time: write 2026-11-26T17:00"))
}

fn moment(local: DateTime, zone: &TimeZone) -> Result<i64, String> {
    zone.to_timestamp(local).map(|at| at.as_microsecond()).map_err(|error| error.to_string())
}

/// A moment as text, in UTC.
fn text(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us).unwrap_or_default().to_string()
}
