//! An evening in an area of any size. Every station says as much in a minute as in any other area: a larger area says
//! more.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use situation::area::Area;
use situation::event::Event;
use situation::time::Instant;

use crate::Error;
use crate::config;

/// 17:00 on a Thursday in Finland: the evening has begun, and nothing opens or closes in the hour that this takes.
const BEGINS: &str = "2026-11-26T15:00:00Z";
/// Every station says something this often.
const STATION_SPEAKS_EVERY: Duration = Duration::from_secs(10);
/// An event is under way for this long.
const UNDER_WAY: Duration = Duration::from_millis(50);
/// People who wait at each station, in all its lanes of tickets.
const WAITING: u64 = 10;
/// People in care at each station.
const IN_CARE: u64 = 3;
/// Somebody urgent waits too long at each of so many stations: alarms stand, as on other evenings.
const ALARM_EVERY: usize = 10;

/// For this long: beyond the target of their urgency.
const OVERLOOKED_FOR: Duration = Duration::from_secs(3_600);

/// Events as they come in.
pub struct Evening {
    area: Arc<Area>,
    document: Arc<str>,
    clock: Instant,
    stations: Vec<Station>,
    /// Events made so far.
    made: u64,
    gathering: VecDeque<(usize, Saying)>,
}

/// Who is where at a station.
#[derive(Default)]
struct Station {
    joined: u64,
    waiting: VecDeque<u64>,
    in_care: VecDeque<u64>,
}

#[derive(Clone, Copy)]
enum Saying {
    Joined,
    CareStarted,
    Left,
    Observed,
    Heartbeat,
    /// Somebody urgent joined an hour ago, and is not taken in.
    Overlooked,
}

/// What a station says, again and again.
const TURN: [Saying; 5] =
    [Saying::Joined, Saying::CareStarted, Saying::Observed, Saying::Left, Saying::Heartbeat];

impl Evening {
    /// Of an area with so many stations.
    pub fn new(stations: usize) -> Result<Self, Error> {
        let text = area(stations)?;
        let wrong = |source| Error::Area { path: "the bench's area".into(), source };
        let area = proto::area::from_document(&text).map_err(wrong)?;
        let began = proto::time::parse(BEGINS).map_err(Error::Bad)?;
        let gathering = gathering(stations);
        let clock =
            began.minus(STATION_SPEAKS_EVERY * u32::try_from(gathering.len() / stations).unwrap_or(0));
        Ok(Self {
            area: Arc::new(area),
            document: text.into(),
            clock,
            stations: (0..stations).map(|_| Station::default()).collect(),
            made: 0,
            gathering,
        })
    }

    pub const fn clock(&self) -> Instant {
        self.clock
    }

    pub fn document(&self) -> Arc<str> {
        Arc::clone(&self.document)
    }

    pub fn area(&self) -> Arc<Area> {
        Arc::clone(&self.area)
    }

    /// Whether those are still coming who are there when it begins.
    pub fn gathers(&self) -> bool {
        !self.gathering.is_empty()
    }

    /// What is said next, and when it is received.
    pub fn next_event(&mut self) -> Result<(Box<Event>, Instant), Error> {
        let stations = self.stations.len();
        self.clock = self.clock.plus(STATION_SPEAKS_EVERY / u32::try_from(stations).unwrap_or(u32::MAX));
        let (at, saying) = self.gathering.pop_front().unwrap_or_else(|| {
            let made = usize::try_from(self.made).unwrap_or(usize::MAX);
            // Neighbours are at different places of their turns, so that every kind is heard at any time.
            let (at, turn) = (made % stations, made / stations + made % stations);
            (at, TURN.get(turn % TURN.len()).copied().unwrap_or(Saying::Heartbeat))
        });
        self.made += 1;
        let said = self.say(at, saying);
        let decoded = proto::event::decode(said.to_string().as_bytes());
        let event = decoded.map_err(|unreadable| Error::Bad(unreadable.reason))?.event;
        Ok((Box::new(event), self.clock.plus(UNDER_WAY)))
    }

    fn say(&mut self, at: usize, saying: Saying) -> Value {
        let mut subject = Some(id(at));
        let mut time = self.clock;
        let Some(station) = self.stations.get_mut(at) else { return Value::Null };
        let (kind, data) = match saying {
            Saying::Joined => {
                let (number, lane) = (station.join(), if has_second(at) { "erikois" } else { "kiire" });
                let lane = if number % 3 == 0 { lane } else { "kiire" };
                let urgency = if number % 4 == 0 { "C" } else { "D" };
                station.waiting.push_back(number);
                ("queue.joined", json!({"ticket": ticket(number), "lane": lane, "urgency": urgency}))
            }
            Saying::Overlooked => {
                let number = station.join();
                time = time.minus(OVERLOOKED_FOR);
                ("queue.joined", json!({"ticket": ticket(number), "lane": "kiire", "urgency": "B"}))
            }
            Saying::CareStarted => {
                let number = station.waiting.pop_front().unwrap_or_default();
                station.in_care.push_back(number);
                ("queue.care_started", json!({"ticket": ticket(number)}))
            }
            Saying::Left => {
                let number = station.in_care.pop_front().unwrap_or_default();
                ("queue.left", json!({"ticket": ticket(number), "outcome": "treated"}))
            }
            Saying::Observed if has_counts(at) => {
                ("queue.observed", json!({"lane": "hammas", "waiting": self.made % 7, "in_care": 1}))
            }
            Saying::Observed => {
                ("staffing.observed", json!({"role": "sairaanhoitaja", "on_duty": 3 + self.made % 3}))
            }
            Saying::Heartbeat => {
                subject = None;
                ("feed.heartbeat", json!({"interval_s": 60}))
            }
        };
        json!({
            "specversion": "1.0", "id": self.made.to_string(), "source": feed(at),
            "type": format!("fi.tilanne.{kind}.v1"), "subject": subject,
            "time": proto::time::format(time), "data": data,
        })
    }
}

impl Station {
    fn join(&mut self) -> u64 {
        self.joined += 1;
        self.joined
    }
}

fn ticket(number: u64) -> String {
    format!("t{number}")
}

/// Every second station has two lanes of tickets.
const fn has_second(at: usize) -> bool {
    at.is_multiple_of(2)
}

/// Half of the stations have counts, half of these beside two lanes of tickets.
const fn has_counts(at: usize) -> bool {
    at % 4 < 2
}

/// What makes the evening what it is when it begins.
fn gathering(stations: usize) -> VecDeque<(usize, Saying)> {
    let everywhere = |saying| (0..stations).map(move |at| (at, saying));
    let beats = everywhere(Saying::Heartbeat);
    let overlooked = everywhere(Saying::Overlooked).step_by(ALARM_EVERY);
    let joined = (0..WAITING + IN_CARE).flat_map(|_| everywhere(Saying::Joined));
    let in_care = (0..IN_CARE).flat_map(|_| everywhere(Saying::CareStarted));
    let rest = everywhere(Saying::Observed);
    beats.chain(overlooked).chain(joined).chain(in_care).chain(rest).collect()
}

/// The built-in area with other stations and feeds: its days, windows, shifts, urgencies and alarms stay.
fn area(stations: usize) -> Result<String, Error> {
    let built_in = config::area(None)?.document;
    let mut described: Value =
        serde_json::from_str(&built_in).map_err(|error| Error::Bad(format!("the built-in area: {error}")))?;
    let keyed = |make: fn(usize) -> (String, Value)| Value::Object((0..stations).map(make).collect());
    if let Some(members) = described.as_object_mut() {
        members.insert("stations".into(), keyed(|at| (id(at), station(at))));
        members.insert(
            "feeds".into(),
            keyed(|at| (feed(at), json!({"organisation": "hyvinvointialue", "family": "queue"}))),
        );
    }
    // Of stations that are not here.
    if let Some(rule) = described.pointer_mut("/strain/area").and_then(Value::as_object_mut) {
        rule.remove("weights");
    }
    let alarms = described.pointer_mut("/alarms/rules").and_then(Value::as_object_mut);
    for rule in alarms.into_iter().flat_map(|rules| rules.values_mut()).filter_map(Value::as_object_mut) {
        rule.remove("stations");
    }
    Ok(described.to_string())
}

fn id(at: usize) -> String {
    format!("s{at:04}")
}

fn feed(at: usize) -> String {
    format!("/feeds/s{at:04}")
}

fn station(at: usize) -> Value {
    let days = if at % 3 == 1 { "every" } else { "weekdays" };
    let hours = json!([{"days": [days], "opens": "08:00", "intake_until": "20:30", "doors_until": "21:00"}]);
    let lane = |authority: &str| {
        json!({
            "name": {"fi": "jono", "sv": "kö", "en": "queue"}, "scheme": "paivystys", "authority": authority,
        })
    };
    let mut lanes = Map::new();
    lanes.insert("kiire".into(), lane("tickets"));
    if has_second(at) {
        lanes.insert("erikois".into(), lane("tickets"));
    }
    if has_counts(at) {
        lanes.insert("hammas".into(), lane("counts"));
    }
    let laboratory = json!([{"days": ["weekdays"], "opens": "08:00", "doors_until": "14:00"}]);
    let never_closes = at.is_multiple_of(3);
    let hours = if never_closes { Value::Null } else { hours };
    let mut station = json!({
        "name": {"fi": format!("Asema {at}"), "sv": format!("Station {at}"), "en": format!("Station {at}")},
        "kind": "health_station", "feeds": [feed(at)], "lanes": lanes, "always_open": never_closes, "hours": hours,
        "services": {"yleislaakari": {}, "laboratorio": {"hours": laboratory}},
    });
    proto::canonical::prune(&mut station);
    station
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_built_in_area_says_of_its_stations_it_has_others() {
        for stations in [12, 115] {
            let mut evening = Evening::new(stations).expect("an area");
            assert_eq!(evening.area().stations.len(), stations);
            assert!(!evening.area().alarms.rules.is_empty());
            assert!(evening.next_event().is_ok());
        }
    }
}
