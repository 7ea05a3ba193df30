//! Which appointments are free.

use serde_json::{Map, json};

use super::Actor;
use super::dice::Dice;
use super::hours::{Hours, Local, Opening, opening};
use super::place::MINUTE;
use super::voice::{Voice, rfc3339};

/// Appointments are of this length.
const APPOINTMENT: i64 = 20 * MINUTE;
/// How many free appointments are told.
const RANKS: u32 = 3;

/// A reception that tells its free appointments.
#[derive(Debug)]
pub(super) struct Reception {
    pub station: &'static str,
    pub feed: &'static str,
    pub profession: &'static str,
    pub hours: &'static [Hours],
}

/// The free appointments, of one reception after the other.
pub(super) struct Slots {
    receptions: &'static [Reception],
    local: Local,
    dice: Dice,
    turn: usize,
    due: i64,
}

impl Slots {
    pub fn begin(
        receptions: &'static [Reception],
        voice: &mut Voice,
        local: &Local,
        dice: Dice,
        at: i64,
    ) -> Self {
        let mut slots = Self { receptions, local: local.clone(), dice, turn: 0, due: at };
        for reception in receptions {
            slots.tell(voice, at, reception);
        }
        slots.rest();
        slots
    }

    fn rest(&mut self) {
        self.due += self.dice.minutes(3, 7);
    }

    fn tell(&mut self, voice: &mut Voice, at: i64, reception: &Reception) {
        let Some(mut day) = opening(reception.hours, &self.local, at) else { return };
        let mut next = at - at.rem_euclid(APPOINTMENT) + APPOINTMENT * i64::from(2 + self.dice.below(5));
        let mut next_free = Map::new();
        for rank in 1..=RANKS {
            next = next.max(day.opens + APPOINTMENT);
            if next >= day.intake_until {
                let Some(later) = self.day_after(reception, day) else { break };
                day = later;
                next = day.opens + APPOINTMENT;
            }
            next_free.insert(rank.to_string(), rfc3339(next).into());
            next += APPOINTMENT * i64::from(1 + self.dice.below(5));
        }
        let data = json!({ "profession": reception.profession, "urgency": "urgent", "next_free": next_free });
        voice.say(at, reception.feed, reception.station, "capacity.slots", data);
    }

    fn day_after(&self, reception: &Reception, day: Opening) -> Option<Opening> {
        opening(reception.hours, &self.local, day.doors_until)
    }
}

impl Actor for Slots {
    fn due(&self) -> i64 {
        self.due
    }

    fn act(&mut self, voice: &mut Voice) {
        let at = self.due;
        self.rest();
        // Nobody books at night.
        if !(7..18).contains(&self.local.hour(at)) {
            return;
        }
        self.turn = (self.turn + 1) % self.receptions.len().max(1);
        if let Some(reception) = self.receptions.get(self.turn) {
            self.tell(voice, at, reception);
        }
    }
}
