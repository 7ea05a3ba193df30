//! Who is on duty, and who can be called.

use std::collections::BTreeMap;

use serde_json::json;

use super::Actor;
use super::dice::Dice;
use super::hours::{Hours, Local, opening};
use super::voice::{Voice, rfc3339};

/// The shifts of those who are always there begin at these hours.
const SHIFTS: [u16; 3] = [8 * 60, 16 * 60, 22 * 60];
/// In so many percent of shifts of two or more somebody is missing at first.
const ABSENCES: u32 = 12;

/// A role at a station.
#[derive(Debug)]
pub(super) struct Post {
    pub station: &'static str,
    pub feed: &'static str,
    pub role: &'static str,
    pub shift: Shift,
}

#[derive(Debug)]
pub(super) enum Shift {
    /// How many by day, evening and night.
    RoundTheClock([u32; 3]),
    /// How many while the station is open.
    WhileOpen(&'static [Hours], u32),
}

impl Shift {
    /// The shift that holds at a moment, or else the next one: from, to, how many.
    fn at(&self, local: &Local, at: i64) -> Option<(i64, i64, u32)> {
        match self {
            Self::WhileOpen(hours, needed) => {
                opening(hours, local, at).map(|opening| (opening.opens, opening.doors_until, *needed))
            }
            Self::RoundTheClock([day, evening, night]) => {
                let today = local.date(at);
                let [morning, afternoon, late] = SHIFTS.map(|minute| local.moment(today, minute));
                let next_morning = local.moment(local.days_after(today, 1), SHIFTS[0]);
                let last_late = local.moment(local.days_after(today, -1), SHIFTS[2]);
                let shifts = [
                    (last_late, morning, *night),
                    (morning, afternoon, *day),
                    (afternoon, late, *evening),
                    (late, next_morning, *night),
                ];
                shifts.into_iter().find(|(_, to, _)| at < *to)
            }
        }
    }
}

enum Change {
    Begins { to: i64, needed: u32 },
    Called { needed: u32 },
    Replaced { needed: u32 },
    Ends,
}

/// Everybody's shifts.
pub(super) struct Roster {
    local: Local,
    dice: Dice,
    agenda: BTreeMap<(i64, u64), (&'static Post, Change)>,
    booked: u64,
}

impl Roster {
    pub fn begin(posts: &'static [Post], voice: &mut Voice, local: &Local, dice: Dice, at: i64) -> Self {
        let mut roster = Self { local: local.clone(), dice, agenda: BTreeMap::new(), booked: 0 };
        for post in posts {
            let Some((from, to, needed)) = post.shift.at(local, at) else { continue };
            plan(voice, at, post, from, to, needed);
            if from <= at {
                tell(voice, at, post, needed, 0, 0);
                roster.book(to, post, Change::Ends);
            } else {
                tell(voice, at, post, 0, 0, 0);
                roster.book(from, post, Change::Begins { to, needed });
            }
        }
        roster
    }

    fn book(&mut self, at: i64, post: &'static Post, change: Change) {
        self.agenda.insert((at, self.booked), (post, change));
        self.booked += 1;
    }

    fn shift_begins(&mut self, voice: &mut Voice, at: i64, post: &'static Post, to: i64, needed: u32) {
        let missing = needed > 1 && self.dice.percent(ABSENCES);
        self.book(to, post, Change::Ends);
        if !missing {
            return tell(voice, at, post, needed, 0, 0);
        }
        tell(voice, at, post, needed - 1, 0, 1);
        let called = at + self.dice.minutes(8, 25);
        let replaced = called + self.dice.minutes(25, 70);
        if replaced < to {
            self.book(called, post, Change::Called { needed });
            self.book(replaced, post, Change::Replaced { needed });
        }
    }
}

impl Actor for Roster {
    fn due(&self) -> i64 {
        self.agenda.first_key_value().map_or(i64::MAX, |((at, _), _)| *at)
    }

    fn act(&mut self, voice: &mut Voice) {
        let Some(((at, _), (post, change))) = self.agenda.pop_first() else { return };
        match change {
            Change::Begins { to, needed } => self.shift_begins(voice, at, post, to, needed),
            Change::Called { needed } => tell(voice, at, post, needed.saturating_sub(1), 1, 1),
            Change::Replaced { needed } => tell(voice, at, post, needed, 0, 1),
            Change::Ends => {
                let Some((from, to, needed)) = post.shift.at(&self.local, at) else { return };
                plan(voice, at, post, from, to, needed);
                if from <= at {
                    self.shift_begins(voice, at, post, to, needed);
                } else {
                    tell(voice, at, post, 0, 0, 0);
                    self.book(from, post, Change::Begins { to, needed });
                }
            }
        }
    }
}

fn plan(voice: &mut Voice, at: i64, post: &Post, from: i64, to: i64, needed: u32) {
    let data = json!({
        "role": post.role, "from": rfc3339(from), "to": rfc3339(to), "required": needed, "planned": needed,
    });
    voice.say(at, post.feed, post.station, "staffing.planned", data);
}

fn tell(voice: &mut Voice, at: i64, post: &Post, on_duty: u32, called: u32, absent: u32) {
    let data = json!({
        "role": post.role, "on_duty": on_duty, "called": called, "arriving": called, "absent": absent,
    });
    voice.say(at, post.feed, post.station, "staffing.observed", data);
}

/// Who can be called from the afternoon to the morning: station, feed, duty, role, contact, languages.
type Duty = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);
const DUTIES: [Duty; 3] = [
    (
        "porvoo-paivystys",
        "/feeds/porvoo-staff",
        "takapaivystys",
        "takapaivystaja",
        "sisäinen 5512",
        &["fi", "sv"],
    ),
    (
        "porvoo-paivystys",
        "/feeds/porvoo-staff",
        "tulkkaus",
        "tulkki",
        "sisäinen 5540",
        &["en", "uk", "ar", "et"],
    ),
    ("kriisipaivystys", "/feeds/county-staff", "johto", "koordinaattori", "sisäinen 4101", &["fi", "sv"]),
];
/// The list for the coming night is made up at half past three.
const LIST_AT: u16 = 15 * 60 + 30;
const ON_CALL_FROM: u16 = 16 * 60;
const ON_CALL_TO: u16 = 8 * 60;

/// The list of those on call, once a day.
pub(super) struct Duties {
    local: Local,
    due: i64,
}

impl Duties {
    pub fn begin(voice: &mut Voice, local: &Local, at: i64) -> Self {
        let mut duties = Self { local: local.clone(), due: at };
        let today = local.date(at);
        // Before today's list is made up, last night's holds.
        let day = if at < local.moment(today, LIST_AT) { local.days_after(today, -1) } else { today };
        duties.list(voice, at, day);
        duties
    }

    fn list(&mut self, voice: &mut Voice, at: i64, day: jiff::civil::Date) {
        let next_day = self.local.days_after(day, 1);
        let from = rfc3339(self.local.moment(day, ON_CALL_FROM));
        let to = rfc3339(self.local.moment(next_day, ON_CALL_TO));
        for (station, feed, duty, role, contact, languages) in DUTIES {
            let data = json!({
                "duty": duty, "role": role, "from": from, "to": to, "contact": contact, "languages": languages,
            });
            voice.say(at, feed, station, "staffing.on_call", data);
        }
        self.due = self.local.moment(next_day, LIST_AT);
    }
}

impl Actor for Duties {
    fn due(&self) -> i64 {
        self.due
    }

    fn act(&mut self, voice: &mut Voice) {
        let at = self.due;
        self.list(voice, at, self.local.date(at));
    }
}
