//! How people pass through a station: from the door to the way out.

use serde_json::{Value, json};

use super::place::{Happening, MINUTE, Place, Visit};
use super::plan::{Begun, Code, First, Lane};
use super::voice::Voice;

/// Arrivals are drawn in steps of ten seconds: at most one a step, which is a Poisson stream for our purposes.
const STEP: i64 = 10_000_000;
const STEPS_A_HOUR: u32 = 360;
/// Nobody looks further ahead for an arrival than a week; every lane that anybody joins has one sooner.
const MOST_STEPS: u32 = 7 * 24 * STEPS_A_HOUR;

/// How people come, by percent.
const CHANNELS: [(&str, u32); 5] =
    [("walk_in", 68), ("ambulance", 17), ("referral", 9), ("police", 2), ("phone", 4)];
/// How care ends without a bed, by percent.
const OUTCOMES: [(&str, u32); 4] = [("treated", 80), ("booked", 12), ("advised", 6), ("transferred", 2)];
/// What somebody may wait for besides care: in how many percent, and for about how many minutes.
const NEEDS: [(&str, u32, u32); 4] =
    [("laboratory", 30, 45), ("imaging", 16, 40), ("consultation", 6, 30), ("interpreter", 4, 20)];

/// One triage in so many percent is put right afterwards.
const MISTAKES: u32 = 6;
/// So many percent of those who wait turn out to need the other lane.
const MOVES: u32 = 5;

impl Place {
    /// Seats somebody who came before the beginning; nobody came before the doors opened.
    pub(super) fn seat(&mut self, voice: &mut Voice, at: i64, lane: &'static Lane, first: &First) {
        let joined = at - i64::from(first.minutes_ago) * MINUTE;
        let Some(code) = lane.codes.iter().find(|code| code.code == first.code) else { return };
        if self.opening.is_some_and(|opening| joined < opening.opens) {
            return;
        }
        let number = self.join(voice, joined, lane, code, "walk_in", true);
        if first.begun == Begun::Joined {
            self.book_patience(number, at);
            return;
        }
        let care_from = joined + i64::from(first.minutes_ago) * MINUTE * 2 / 5;
        self.start_care(voice, care_from, number);
        if first.begun == Begun::Boarding {
            self.board(voice, at - 20 * MINUTE, number);
        }
        let left = self.dice.minutes(4, code.care_min.max(10));
        let end = if first.begun == Begun::Boarding { Happening::BedFound } else { Happening::CareEnds };
        self.book(at + left, end(number));
    }

    /// Draws when the next one comes, unless the doors close before.
    pub(super) fn book_arrival(&mut self, lane: &'static Lane, from: i64) {
        if lane.a_day == 0 {
            return;
        }
        let until = self.intake_until();
        let mut at = from;
        for _ in 0..MOST_STEPS {
            at += STEP;
            if until.is_some_and(|until| until <= at) {
                return;
            }
            let share = lane.by_hour.get(self.local.hour(at)).copied().unwrap_or(0);
            if self.dice.per_million(lane.a_day * share * (1_000_000 / 100) / STEPS_A_HOUR) {
                let within = i64::from(self.dice.below(10)) * 1_000_000;
                return self.book(at - within, Happening::Arrives(lane));
            }
        }
    }

    pub(super) fn arrive(&mut self, voice: &mut Voice, at: i64, lane: &'static Lane) {
        self.book_arrival(lane, at);
        let Some(code) = self.dice.pick(lane.codes, |code| code.share) else { return };
        let channel =
            self.dice.pick(&CHANNELS, |(_, share)| *share).map_or("walk_in", |(channel, _)| *channel);
        // The ambulance crew has judged on the way; counted lanes do not tell of anybody unjudged.
        let judged = channel == "ambulance" || !lane.tickets;
        let number = self.join(voice, at, lane, code, channel, judged);
        self.book_patience(number, at);
        if judged {
            let after = self.dice.minutes(1, 4);
            self.book(at + after, Happening::TakeIn);
        } else {
            let after = self.dice.minutes(2, 14);
            self.book(at + after, Happening::Triaged(number));
        }
    }

    fn join(
        &mut self,
        voice: &mut Voice,
        at: i64,
        lane: &'static Lane,
        code: &'static Code,
        channel: &str,
        triaged: bool,
    ) -> u64 {
        self.seen += 1;
        let number = self.seen;
        self.visits.insert(number, Visit { lane, code, joined: at, triaged, stage: Begun::Joined });
        let urgency = if triaged { code.code } else { "untriaged" };
        let data = json!({ "lane": lane.id, "urgency": urgency, "channel": channel });
        self.step(voice, at, number, "queue.joined", data);
        number
    }

    /// Who is not urgent goes home at last.
    fn book_patience(&mut self, number: u64, at: i64) {
        let patience = self.dice.minutes(150, 360);
        self.book(at + patience, Happening::GivesUp(number));
    }

    pub(super) fn triage(&mut self, voice: &mut Voice, at: i64, number: u64) {
        let Some(visit) = self.visits.get_mut(&number) else { return };
        visit.triaged = true;
        let (lane, code) = (visit.lane, visit.code);
        let mistaken = lane.codes.iter().find(|other| *other != code).filter(|_| self.dice.percent(MISTAKES));
        let told = mistaken.unwrap_or(code);
        let said = self.step(voice, at, number, "queue.triaged", json!({ "urgency": told.code }));
        if let (Some(id), Some(_)) = (said, mistaken) {
            let after = self.dice.minutes(3, 8);
            self.book(at + after, Happening::Corrected(number, id));
        }
        for (need, share, mean) in NEEDS {
            if self.dice.percent(share) {
                let begins = at + self.dice.minutes(1, 6);
                let ends = begins + self.dice.around(mean);
                self.book(begins, Happening::Needs(number, need));
                self.book(ends, Happening::Has(number, need));
            }
        }
        if lane.moves_to.is_some() && self.dice.percent(MOVES) {
            let after = self.dice.minutes(8, 25);
            self.book(at + after, Happening::Moves(number));
        }
        let after = self.dice.minutes(1, 4);
        self.book(at + after, Happening::TakeIn);
    }

    pub(super) fn correct(&mut self, voice: &mut Voice, at: i64, number: u64, triage: &str) {
        let Some(visit) = self.visits.get(&number) else { return };
        let data = json!({ "corrects": triage, "set": { "urgency": visit.code.code } });
        self.step(voice, at, number, "queue.corrected", data);
    }

    pub(super) fn move_over(&mut self, voice: &mut Voice, at: i64, number: u64) {
        let lanes = self.plan.lanes;
        let Some(visit) = self.visits.get_mut(&number).filter(|visit| visit.stage == Begun::Joined) else {
            return;
        };
        let Some(lane) = lanes.iter().find(|lane| Some(lane.id) == visit.lane.moves_to) else { return };
        // An urgency that the other lane does not see becomes its least urgent one.
        let same = lane.codes.iter().find(|code| code.code == visit.code.code);
        let Some(code) = same.or(lane.codes.last()) else { return };
        let judged_anew = same.is_none();
        (visit.lane, visit.code) = (lane, code);
        self.step(voice, at, number, "queue.moved", json!({ "lane": lane.id }));
        if judged_anew {
            self.step(voice, at, number, "queue.triaged", json!({ "urgency": code.code }));
        }
        self.take_in(voice, at);
    }

    pub(super) fn need(&mut self, voice: &mut Voice, at: i64, number: u64, need: &str) {
        self.step(voice, at, number, "queue.waiting_for", json!({ "what": { need: true } }));
    }

    pub(super) fn has(&mut self, voice: &mut Voice, at: i64, number: u64, need: &str) {
        self.step(voice, at, number, "queue.waiting_for", json!({ "what": { need: Value::Null } }));
    }

    pub(super) fn give_up(&mut self, voice: &mut Voice, at: i64, number: u64) {
        let Some(visit) = self.visits.get(&number) else { return };
        // The two most urgent are never left to themselves.
        let urgent =
            visit.lane.codes.iter().take(2).any(|code| code == visit.code) && visit.lane.codes.len() > 2;
        if visit.stage == Begun::Joined && !urgent {
            self.leave(voice, at, number, "unseen");
        }
    }

    /// Takes in as many as there are places and rooms for: the most urgent first, then who came first.
    pub(super) fn take_in(&mut self, voice: &mut Voice, at: i64) {
        while self.has_room() {
            let next = self
                .visits
                .iter()
                .filter(|(_, visit)| {
                    visit.stage == Begun::Joined && visit.triaged && self.has_place(visit.lane, at)
                })
                .min_by_key(|(number, visit)| {
                    (visit.lane.codes.iter().position(|code| code == visit.code), visit.joined, **number)
                });
            let Some((number, _)) = next else { return };
            let number = *number;
            self.begin_care(voice, at, number);
        }
    }

    fn has_room(&self) -> bool {
        let cleaning: u32 = self.cleaning.values().sum();
        self.plan.rooms.as_ref().is_none_or(|rooms| self.occupied(None) + cleaning < rooms.staffed)
    }

    fn has_place(&self, lane: &Lane, at: i64) -> bool {
        let [day, evening, night] = lane.places;
        let places = match self.local.hour(at) {
            8..16 => day,
            16..22 => evening,
            _ => night,
        };
        let cleaning = self.cleaning.get(lane.id).copied().unwrap_or(0);
        self.occupied(Some(lane.id)) + cleaning < places
    }

    fn begin_care(&mut self, voice: &mut Voice, at: i64, number: u64) {
        let Some(code) = self.start_care(voice, at, number) else { return };
        let length = self.dice.around(code.care_min);
        self.book(at + length, Happening::CareEnds(number));
    }

    fn start_care(&mut self, voice: &mut Voice, at: i64, number: u64) -> Option<&'static Code> {
        let visit = self.visits.get_mut(&number)?;
        visit.stage = Begun::Care;
        let code = visit.code;
        self.step(voice, at, number, "queue.care_started", json!({}));
        Some(code)
    }

    pub(super) fn end_care(&mut self, voice: &mut Voice, at: i64, number: u64) {
        let Some(visit) = self.visits.get(&number).filter(|visit| visit.stage == Begun::Care) else { return };
        let admitted = visit.code.admitted;
        if self.plan.boards_in.is_some() && self.dice.percent(admitted) {
            self.board(voice, at, number);
            let wait = self.dice.around(60);
            return self.book(at + wait, Happening::BedFound(number));
        }
        let outcome =
            self.dice.pick(&OUTCOMES, |(_, share)| *share).map_or("treated", |(outcome, _)| *outcome);
        self.leave(voice, at, number, outcome);
    }

    /// From care to the lane of those who wait for a bed; they keep their room.
    fn board(&mut self, voice: &mut Voice, at: i64, number: u64) {
        let lanes = self.plan.lanes;
        let Some(lane) = lanes.iter().find(|lane| Some(lane.id) == self.plan.boards_in) else { return };
        let Some(visit) = self.visits.get_mut(&number) else { return };
        visit.lane = lane;
        visit.stage = Begun::Boarding;
        self.step(voice, at, number, "queue.moved", json!({ "lane": lane.id }));
        self.step(voice, at, number, "queue.waiting_for", json!({ "what": { "bed": true } }));
    }

    pub(super) fn leave(&mut self, voice: &mut Voice, at: i64, number: u64, outcome: &str) {
        self.step(voice, at, number, "queue.left", json!({ "outcome": outcome }));
        let Some(visit) = self.visits.remove(&number) else { return };
        if visit.stage != Begun::Joined {
            *self.cleaning.entry(visit.lane.id).or_default() += 1;
            let after = self.dice.minutes(2, 6);
            self.book(at + after, Happening::Ready(visit.lane.id));
        }
    }

    /// The doors close for good: care ends now, and who still waits is sent to another station.
    pub(super) fn send_away(&mut self, voice: &mut Voice, at: i64) {
        let everybody: Vec<_> = self.visits.iter().map(|(number, visit)| (*number, visit.stage)).collect();
        for (number, stage) in everybody {
            self.leave(voice, at, number, if stage == Begun::Joined { "redirected" } else { "treated" });
        }
    }

    /// Tells a step of a visit that is here, where the lane tells steps. Returns the event's id.
    fn step(&self, voice: &mut Voice, at: i64, number: u64, kind: &str, mut data: Value) -> Option<String> {
        self.visits.get(&number).filter(|visit| visit.lane.tickets)?;
        data.as_object_mut()?.insert("ticket".to_owned(), voice.ticket(number).into());
        Some(voice.say(at, self.plan.feed, self.plan.station, kind, data))
    }
}
