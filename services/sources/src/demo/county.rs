//! Who acts in the simulation: the stations of `config/areas/itauusimaa.toml` with invented figures.

mod stations;

use super::Actor;
use super::beats::Beats;
use super::capacity::{Stock, Ward};
use super::dice::Dice;
use super::hours::{Days, Hours, Local, Silence};
use super::place::Place;
use super::roster::{Duties, Post, Roster, Shift};
use super::slots::{Reception, Slots};
use super::voice::Voice;
use stations::{
    HOME_HOURS, LOVIISA, MOBILE_HOURS, PLANS, PUKKILA_HOURS, REMOTE_HOURS, SIPOO_HOURS, TO_FOUR,
    TO_HALF_PAST_THREE,
};

/// The feed that falls silent for twenty minutes and returns with all it had to tell: long enough to be lost.
pub(super) const SILENCE: Silence =
    Silence { feed: "/feeds/sipoo", days: Days::MonToThu, from: 17 * 60 + 4, to: 17 * 60 + 24 };

const STAFF: &str = "/feeds/county-staff";
const PLACES: &str = "/feeds/county-capacity";

/// Every feed of the area. Their heartbeats are spread over the minute, so that the board moves every few
/// seconds and not once a minute.
const FEEDS: [&str; 17] = [
    "/feeds/porvoo",
    "/feeds/county-staff",
    "/feeds/loviisa",
    "/feeds/porvoo-staff",
    "/feeds/116117",
    "/feeds/sipoo",
    "/feeds/county-capacity",
    "/feeds/askola",
    "/feeds/kriisipaivystys",
    "/feeds/lapinjarvi",
    "/feeds/porvoo-capacity",
    "/feeds/myrskyla",
    "/feeds/etavastaanotto",
    "/feeds/pukkila",
    "/feeds/kotisairaala",
    "/feeds/porvoo-sote",
    "/feeds/liikkuva-yksikko",
];

/// How many of a role, by day (8-16), evening and night (22-8).
const fn round_the_clock(
    station: &'static str,
    feed: &'static str,
    role: &'static str,
    needed: [u32; 3],
) -> Post {
    Post { station, feed, role, shift: Shift::RoundTheClock(needed) }
}

const fn while_open(station: &'static str, role: &'static str, hours: &'static [Hours], needed: u32) -> Post {
    Post { station, feed: STAFF, role, shift: Shift::WhileOpen(hours, needed) }
}

const PO_STAFF: &str = "/feeds/porvoo-staff";
const POSTS: &[Post] = &[
    round_the_clock("porvoo-paivystys", PO_STAFF, "laakari", [2, 2, 1]),
    round_the_clock("porvoo-paivystys", PO_STAFF, "sairaanhoitaja", [7, 7, 4]),
    round_the_clock("porvoo-paivystys", PO_STAFF, "triagehoitaja", [1, 1, 1]),
    round_the_clock("kriisipaivystys", STAFF, "kriisityontekija", [2, 2, 2]),
    while_open("loviisa-iltavastaanotto", "laakari", LOVIISA.hours, 1),
    while_open("loviisa-iltavastaanotto", "sairaanhoitaja", LOVIISA.hours, 2),
    while_open("sipoo-sote", "laakari", SIPOO_HOURS, 2),
    while_open("sipoo-sote", "sairaanhoitaja", SIPOO_HOURS, 3),
    while_open("porvoo-sote", "laakari", TO_FOUR, 4),
    while_open("porvoo-sote", "sairaanhoitaja", TO_FOUR, 6),
    while_open("askola-sote", "laakari", TO_FOUR, 1),
    while_open("askola-sote", "sairaanhoitaja", TO_FOUR, 2),
    while_open("lapinjarvi-sote", "laakari", TO_HALF_PAST_THREE, 1),
    while_open("lapinjarvi-sote", "sairaanhoitaja", TO_HALF_PAST_THREE, 2),
    while_open("myrskyla-sote", "sairaanhoitaja", TO_HALF_PAST_THREE, 1),
    while_open("pukkila-sote", "sairaanhoitaja", PUKKILA_HOURS, 1),
    while_open("kotisairaala", "sairaanhoitaja", HOME_HOURS, 2),
    while_open("liikkuva-yksikko", "sairaanhoitaja", MOBILE_HOURS, 1),
    while_open("etavastaanotto", "laakari", REMOTE_HOURS, 1),
];

const fn reception(station: &'static str, profession: &'static str, hours: &'static [Hours]) -> Reception {
    Reception { station, feed: PLACES, profession, hours }
}

const RECEPTIONS: &[Reception] = &[
    reception("sipoo-sote", "laakari", SIPOO_HOURS),
    reception("porvoo-sote", "laakari", TO_FOUR),
    reception("askola-sote", "laakari", TO_FOUR),
    reception("lapinjarvi-sote", "laakari", TO_HALF_PAST_THREE),
    reception("myrskyla-sote", "sairaanhoitaja", TO_HALF_PAST_THREE),
    reception("pukkila-sote", "sairaanhoitaja", PUKKILA_HOURS),
    reception("etavastaanotto", "laakari", REMOTE_HOURS),
];

const fn stock(
    station: &'static str,
    feed: &'static str,
    resource: &'static str,
    [total, staffed, occupied]: [u32; 3],
    discharges: Option<u32>,
) -> Stock {
    Stock { station, feed, resource, total, staffed, occupied, discharges }
}

const PO_PLACES: &str = "/feeds/porvoo-capacity";
const STOCKS: &[Stock] = &[
    stock("porvoo-paivystys", PO_PLACES, "bed", [44, 40, 37], Some(5)),
    stock("porvoo-paivystys", PO_PLACES, "stretcher", [18, 18, 9], None),
    stock("porvoo-paivystys", PO_PLACES, "isolation", [2, 2, 1], None),
    stock("kotisairaala", PLACES, "home_visit", [14, 12, 9], None),
    stock("kriisipaivystys", PLACES, "crisis_place", [3, 3, 1], None),
];

/// Makes an actor that has said where it stands at the beginning.
pub(super) type Begin = Box<dyn FnOnce(&mut Voice, &Local, Dice, i64) -> Box<dyn Actor>>;

/// Everybody, under a name that is theirs for ever: it begins their events' ids and seeds their dice.
pub(super) fn cast() -> Vec<(&'static str, Begin)> {
    let mut cast: Vec<(&'static str, Begin)> = Vec::new();
    for plan in PLANS {
        cast.push((
            plan.name,
            Box::new(move |voice, local, dice, at| Box::new(Place::begin(plan, voice, local, dice, at))),
        ));
    }
    cast.push((
        "roster",
        Box::new(|voice, local, dice, at| Box::new(Roster::begin(POSTS, voice, local, dice, at))),
    ));
    cast.push(("duties", Box::new(|voice, local, _, at| Box::new(Duties::begin(voice, local, at)))));
    cast.push(("wards", Box::new(|voice, _, dice, at| Box::new(Ward::begin(STOCKS, voice, dice, at)))));
    cast.push((
        "slots",
        Box::new(|voice, local, dice, at| Box::new(Slots::begin(RECEPTIONS, voice, local, dice, at))),
    ));
    cast.push(("beats", Box::new(|_, _, _, at| Box::new(Beats::begin(&FEEDS, at)))));
    cast
}

#[cfg(test)]
pub(super) fn plans() -> &'static [super::plan::Plan] {
    PLANS
}
