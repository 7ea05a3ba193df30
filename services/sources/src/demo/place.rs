//! One station: who is there, and what happens next.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Actor;
use super::dice::Dice;
use super::hours::{Local, Opening, opening};
use super::plan::{Begun, Code, Lane, Plan};
use super::voice::{Voice, rfc3339};

pub(super) const MINUTE: i64 = 60_000_000;

/// How often a station looks whether somebody can be taken in although nothing happened: shifts change the
/// number of those who can be cared for at a time.
const LOOK_EVERY: i64 = 15 * MINUTE;
/// How much longer a station stays open that does not send its last patients away.
const EXTENSION: i64 = 30 * MINUTE;

#[derive(Debug)]
pub(super) struct Visit {
    pub lane: &'static Lane,
    pub code: &'static Code,
    pub joined: i64,
    pub triaged: bool,
    pub stage: Begun,
}

/// What is going to happen. Visits are named by their number; those that are gone by then are passed over.
#[derive(Debug)]
pub(super) enum Happening {
    Arrives(&'static Lane),
    Triaged(u64),
    /// The triage that this event told was a mistake.
    Corrected(u64, String),
    Moves(u64),
    Needs(u64, &'static str),
    Has(u64, &'static str),
    GivesUp(u64),
    CareEnds(u64),
    BedFound(u64),
    /// A place is clean again.
    Ready(&'static str),
    /// Somebody may be taken in now.
    TakeIn,
    /// The same, again and again.
    Look,
    Opens,
    IntakeEnds,
    DoorsClose {
        extended: bool,
    },
}

/// A station in action.
pub(super) struct Place {
    pub plan: &'static Plan,
    pub local: Local,
    pub dice: Dice,
    pub visits: BTreeMap<u64, Visit>,
    pub seen: u64,
    /// Places that are being cleaned, by lane.
    pub cleaning: BTreeMap<&'static str, u32>,
    /// The opening that holds or comes next; `None`: always open.
    pub opening: Option<Opening>,
    agenda: BTreeMap<(i64, u64), Happening>,
    booked: u64,
    told: BTreeMap<&'static str, Value>,
}

impl Place {
    pub fn begin(plan: &'static Plan, voice: &mut Voice, local: &Local, dice: Dice, at: i64) -> Self {
        let mut place = Self {
            plan,
            local: local.clone(),
            dice,
            visits: BTreeMap::new(),
            seen: 0,
            cleaning: BTreeMap::new(),
            opening: opening(plan.hours, local, at),
            agenda: BTreeMap::new(),
            booked: 0,
            told: BTreeMap::new(),
        };
        place.name_lanes(voice, at);
        match place.opening {
            Some(next) if at < next.opens => place.book(next.opens, Happening::Opens),
            Some(now) => {
                place.seat_first(voice, at);
                place.book_closing(now, at);
            }
            None => place.seat_first(voice, at),
        }
        place.book(at + LOOK_EVERY, Happening::Look);
        place.tell_figures(voice, at);
        place
    }

    pub fn book(&mut self, at: i64, happening: Happening) {
        self.agenda.insert((at, self.booked), happening);
        self.booked += 1;
    }

    /// A ticket lane in which nobody is looks like one of which nothing is known, until it is named.
    fn name_lanes(&self, voice: &mut Voice, at: i64) {
        for lane in self.plan.lanes.iter().filter(|lane| lane.tickets) {
            let data = json!({ "lane": lane.id, "waiting": 0, "in_care": 0, "present": 0 });
            voice.say(at, self.plan.feed, self.plan.station, "queue.observed", data);
        }
    }

    fn seat_first(&mut self, voice: &mut Voice, at: i64) {
        for lane in self.plan.lanes {
            for first in lane.first {
                self.seat(voice, at, lane, first);
            }
            self.book_arrival(lane, at);
        }
    }

    fn book_closing(&mut self, opening: Opening, at: i64) {
        if at < opening.intake_until && opening.intake_until < opening.doors_until {
            self.book(opening.intake_until, Happening::IntakeEnds);
        }
        self.book(opening.doors_until, Happening::DoorsClose { extended: false });
    }

    /// When nobody is taken in any more; `None`: never.
    pub fn intake_until(&self) -> Option<i64> {
        self.opening.map(|opening| opening.intake_until)
    }

    /// How many are in rooms or places: care, and waiting for a bed.
    pub fn occupied(&self, lane: Option<&str>) -> u32 {
        let here =
            |visit: &&Visit| visit.stage != Begun::Joined && lane.is_none_or(|lane| visit.lane.id == lane);
        count(self.visits.values().filter(here).count())
    }

    fn opens(&mut self, voice: &mut Voice, at: i64) {
        self.name_lanes(voice, at);
        if let Some(now) = self.opening {
            self.book_closing(now, at);
        }
        for lane in self.plan.lanes {
            self.book_arrival(lane, at);
        }
    }

    fn intake_ends(&self, voice: &mut Voice, at: i64) {
        let Some(now) = self.opening else { return };
        let data = json!({
            "intake_until": rfc3339(now.intake_until),
            "reason": "Sisäänotto päättynyt / Intagningen avslutad",
            "until": rfc3339(now.doors_until),
        });
        voice.say(at, self.plan.status_feed, self.plan.station, "station.status", data);
    }

    fn doors_close(&mut self, voice: &mut Voice, at: i64, extended: bool) {
        if self.plan.extends && !extended && !self.visits.is_empty() {
            let until = rfc3339(at + EXTENSION);
            let data = json!({
                "doors_until": until,
                "last_care_until": until,
                "reason": "Viimeiset potilaat hoidetaan loppuun / De sista patienterna vårdas färdigt",
                "until": until,
            });
            voice.say(at, self.plan.status_feed, self.plan.station, "station.status", data);
            self.book(at + EXTENSION, Happening::DoorsClose { extended: true });
            return;
        }
        if self.plan.extends {
            self.send_away(voice, at);
        }
        self.opening = opening(self.plan.hours, &self.local, at);
        let Some(next) = self.opening else { return };
        let data = json!({
            "open": false,
            "reason": "Suljettu / Stängt",
            "until": rfc3339(next.opens),
        });
        voice.say(at, self.plan.status_feed, self.plan.station, "station.status", data);
        self.book(next.opens, Happening::Opens);
    }

    /// Tells counts and rooms as far as they differ from what was told last.
    fn tell_figures(&mut self, voice: &mut Voice, at: i64) {
        for lane in self.plan.lanes.iter().filter(|lane| !lane.tickets) {
            let mut figures = self.count_lane(lane);
            if self.told.get(lane.id) == Some(&figures) {
                continue;
            }
            self.told.insert(lane.id, figures.clone());
            if let Some(figures) = figures.as_object_mut() {
                figures.insert("longest_wait_s".to_owned(), self.longest_wait_s(lane, at));
            }
            voice.say(at, self.plan.feed, self.plan.station, "queue.observed", figures);
        }
        let Some(rooms) = &self.plan.rooms else { return };
        let mut figures = json!({
            "resource": "room",
            "total": rooms.total,
            "staffed": rooms.staffed,
            "occupied": self.occupied(None),
        });
        if let (Some(lane), Some(figures)) = (self.plan.boards_in, figures.as_object_mut()) {
            figures.insert("boarding".to_owned(), self.occupied(Some(lane)).into());
        }
        if self.told.get("room") != Some(&figures) {
            voice.say(at, rooms.feed, self.plan.station, "capacity.observed", figures.clone());
            self.told.insert("room", figures);
        }
    }

    fn count_lane(&self, lane: &'static Lane) -> Value {
        let here = || self.visits.values().filter(|visit| visit.lane.id == lane.id);
        let waiting = here().filter(|visit| visit.stage == Begun::Joined);
        let present = count(here().count());
        let in_care = self.occupied(Some(lane.id));
        let mut figures = json!({
            "lane": lane.id,
            "waiting": present.saturating_sub(in_care),
            "in_care": in_care,
            "present": present,
        });
        let mut by_urgency: Map<String, Value> = Map::new();
        for code in lane.codes.iter().filter(|code| !code.code.is_empty()) {
            let of_code = waiting.clone().filter(|visit| visit.code == code).count();
            by_urgency.insert(code.code.to_owned(), count(of_code).into());
        }
        if let Some(figures) = figures.as_object_mut().filter(|_| !by_urgency.is_empty()) {
            figures.insert("waiting_by_urgency".to_owned(), by_urgency.into());
        }
        figures
    }

    /// `null` where nobody waits.
    fn longest_wait_s(&self, lane: &'static Lane, at: i64) -> Value {
        let waiting =
            self.visits.values().filter(|visit| visit.lane.id == lane.id && visit.stage == Begun::Joined);
        waiting.map(|visit| (at - visit.joined) / 1_000_000).max().map_or(Value::Null, Value::from)
    }
}

impl Actor for Place {
    fn due(&self) -> i64 {
        self.agenda.first_key_value().map_or(i64::MAX, |((at, _), _)| *at)
    }

    fn act(&mut self, voice: &mut Voice) {
        let Some(((at, _), happening)) = self.agenda.pop_first() else { return };
        match happening {
            Happening::Arrives(lane) => self.arrive(voice, at, lane),
            Happening::Triaged(visit) => self.triage(voice, at, visit),
            Happening::Corrected(visit, triage) => self.correct(voice, at, visit, &triage),
            Happening::Moves(visit) => self.move_over(voice, at, visit),
            Happening::Needs(visit, need) => self.need(voice, at, visit, need),
            Happening::Has(visit, need) => self.has(voice, at, visit, need),
            Happening::GivesUp(visit) => self.give_up(voice, at, visit),
            Happening::CareEnds(visit) => self.end_care(voice, at, visit),
            Happening::BedFound(visit) => self.leave(voice, at, visit, "admitted"),
            Happening::Ready(lane) => {
                if let Some(places) = self.cleaning.get_mut(lane) {
                    *places = places.saturating_sub(1);
                }
                self.take_in(voice, at);
            }
            Happening::TakeIn => self.take_in(voice, at),
            Happening::Look => {
                self.take_in(voice, at);
                self.book(at + LOOK_EVERY, Happening::Look);
            }
            Happening::Opens => self.opens(voice, at),
            Happening::IntakeEnds => self.intake_ends(voice, at),
            Happening::DoorsClose { extended } => self.doors_close(voice, at, extended),
        }
        self.tell_figures(voice, at);
    }
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
