//! The stations, and how busy they are. Every figure is invented.

use super::PLACES;
use crate::demo::hours::{Days, Hours};
use crate::demo::plan::{Begun, Code, First, Lane, Plan, Rooms};

/// The share of a day's arrivals that each hour brings, in percent.
type ByHour = [u32; 24];
const EMERGENCY: ByHour = [2, 2, 1, 1, 1, 1, 2, 3, 4, 6, 7, 7, 6, 6, 5, 5, 6, 7, 7, 6, 5, 4, 3, 3];
const OFFICE: ByHour = [0, 0, 0, 0, 0, 0, 0, 0, 14, 14, 12, 11, 10, 11, 11, 9, 6, 2, 0, 0, 0, 0, 0, 0];
const RECEPTION: ByHour = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 30, 25, 15, 0, 0, 0, 0];
const LONG_DAY: ByHour = [0, 0, 0, 0, 0, 0, 0, 4, 8, 9, 9, 8, 7, 7, 7, 7, 8, 8, 7, 6, 5, 0, 0, 0];

const fn code(code: &'static str, share: u32, care_min: u32, admitted: u32) -> Code {
    Code { code, share, care_min, admitted }
}

const fn waiting(minutes_ago: u32, code: &'static str) -> First {
    First { minutes_ago, code, begun: Begun::Joined }
}

const fn in_care(minutes_ago: u32, code: &'static str) -> First {
    First { minutes_ago, code, begun: Begun::Care }
}

const fn boarding(minutes_ago: u32, code: &'static str) -> First {
    First { minutes_ago, code, begun: Begun::Boarding }
}

const PORVOO: Plan = Plan {
    name: "po",
    station: "porvoo-paivystys",
    feed: "/feeds/porvoo",
    status_feed: "/feeds/porvoo-capacity",
    rooms: Some(Rooms { feed: "/feeds/porvoo-capacity", total: 14, staffed: 12 }),
    hours: &[],
    extends: false,
    boards_in: Some("jatkopaikat"),
    lanes: &[
        Lane {
            id: "kiire",
            tickets: true,
            codes: &[code("B", 5, 70, 10), code("C", 25, 60, 3), code("D", 45, 45, 0), code("E", 25, 25, 0)],
            a_day: 66,
            by_hour: &EMERGENCY,
            places: [5, 4, 2],
            moves_to: Some("erikois"),
            first: &[
                waiting(131, "E"),
                waiting(104, "E"),
                waiting(58, "E"),
                waiting(93, "D"),
                waiting(71, "D"),
                waiting(40, "D"),
                waiting(22, "D"),
                waiting(47, "C"),
                waiting(26, "C"),
                in_care(95, "D"),
                in_care(80, "C"),
                in_care(52, "D"),
                in_care(35, "B"),
            ],
        },
        Lane {
            id: "erikois",
            tickets: true,
            codes: &[
                code("A", 4, 150, 70),
                code("B", 16, 130, 45),
                code("C", 50, 100, 30),
                code("D", 30, 70, 5),
            ],
            a_day: 38,
            by_hour: &EMERGENCY,
            places: [5, 5, 4],
            moves_to: None,
            first: &[
                waiting(49, "C"),
                waiting(33, "D"),
                in_care(140, "C"),
                in_care(90, "B"),
                in_care(66, "C"),
                in_care(45, "C"),
                boarding(260, "C"),
            ],
        },
        Lane {
            id: "lapset",
            tickets: true,
            codes: &[code("B", 5, 60, 15), code("C", 25, 50, 5), code("D", 50, 40, 0), code("E", 20, 25, 0)],
            a_day: 14,
            by_hour: &EMERGENCY,
            places: [2, 2, 1],
            moves_to: None,
            first: &[waiting(37, "D"), in_care(44, "C")],
        },
        Lane {
            id: "mielenterveys",
            tickets: true,
            codes: &[code("B", 10, 110, 40), code("C", 50, 90, 20), code("D", 40, 70, 5)],
            a_day: 6,
            by_hour: &EMERGENCY,
            places: [1, 1, 1],
            moves_to: None,
            first: &[in_care(85, "C")],
        },
        // Nobody comes here from the door: people are moved here from the other lanes.
        Lane {
            id: "jatkopaikat",
            tickets: true,
            codes: &[],
            a_day: 0,
            by_hour: &EMERGENCY,
            places: [0, 0, 0],
            moves_to: None,
            first: &[],
        },
    ],
};

pub(super) const LOVIISA: Plan = Plan {
    name: "lo",
    station: "loviisa-iltavastaanotto",
    feed: "/feeds/loviisa",
    status_feed: PLACES,
    rooms: Some(Rooms { feed: PLACES, total: 3, staffed: 3 }),
    hours: &[Hours {
        days: Days::MonToThu,
        opens: 16 * 60,
        intake_until: 19 * 60 + 30,
        doors_until: 20 * 60,
    }],
    extends: true,
    boards_in: None,
    lanes: &[Lane {
        id: "kiire",
        tickets: true,
        codes: &[code("B", 3, 40, 0), code("C", 20, 32, 0), code("D", 57, 24, 0), code("E", 20, 14, 0)],
        a_day: 15,
        by_hour: &RECEPTION,
        places: [2, 2, 2],
        moves_to: None,
        first: &[
            waiting(38, "D"),
            waiting(24, "D"),
            waiting(16, "C"),
            waiting(9, "D"),
            in_care(44, "D"),
            in_care(51, "C"),
        ],
    }],
};

const GENERAL: &[Code] = &[code("C", 20, 28, 0), code("D", 50, 22, 0), code("E", 30, 14, 0)];
const NURSED: &[Code] = &[code("D", 45, 20, 0), code("E", 55, 14, 0)];

/// The general lane of a health station.
const fn general(codes: &'static [Code], a_day: u32, places: u32, first: &'static [First]) -> Lane {
    Lane {
        id: "kiire",
        tickets: false,
        codes,
        a_day,
        by_hour: &OFFICE,
        places: [places, places, places],
        moves_to: None,
        first,
    }
}

const fn weekdays(opens: u16, intake_until: u16, doors_until: u16) -> Hours {
    Hours { days: Days::Weekdays, opens, intake_until, doors_until }
}

const fn every_day(opens: u16, intake_until: u16, doors_until: u16) -> Hours {
    Hours { days: Days::Every, opens, intake_until, doors_until }
}

pub(super) const SIPOO_HOURS: &[Hours] = &[
    Hours { days: Days::MonToThu, opens: 8 * 60, intake_until: 18 * 60, doors_until: 18 * 60 },
    Hours { days: Days::Fri, opens: 8 * 60, intake_until: 15 * 60 + 30, doors_until: 16 * 60 },
];
pub(super) const TO_FOUR: &[Hours] = &[weekdays(8 * 60, 15 * 60 + 30, 16 * 60)];
pub(super) const TO_HALF_PAST_THREE: &[Hours] = &[weekdays(8 * 60, 15 * 60, 15 * 60 + 30)];
pub(super) const PUKKILA_HOURS: &[Hours] = &[weekdays(8 * 60 + 30, 15 * 60, 15 * 60 + 30)];
pub(super) const HOME_HOURS: &[Hours] = &[every_day(7 * 60, 20 * 60, 22 * 60)];
pub(super) const MOBILE_HOURS: &[Hours] = &[every_day(8 * 60, 21 * 60, 22 * 60)];
pub(super) const REMOTE_HOURS: &[Hours] = &[every_day(8 * 60, 20 * 60 + 30, 21 * 60)];

/// A station that tells counts and has no rooms of its own to tell of.
const fn counted(
    name: &'static str,
    station: &'static str,
    feed: &'static str,
    hours: &'static [Hours],
    lanes: &'static [Lane],
) -> Plan {
    Plan {
        name,
        station,
        feed,
        status_feed: PLACES,
        rooms: None,
        hours,
        extends: false,
        boards_in: None,
        lanes,
    }
}

pub(in crate::demo) const PLANS: &[Plan] = &[
    PORVOO,
    LOVIISA,
    counted("si", "sipoo-sote", "/feeds/sipoo", SIPOO_HOURS, &[general(GENERAL, 34, 2, SIPOO_FIRST)]),
    counted("pt", "porvoo-sote", "/feeds/porvoo-sote", TO_FOUR, &[general(GENERAL, 60, 4, &[])]),
    counted("as", "askola-sote", "/feeds/askola", TO_FOUR, &[general(GENERAL, 22, 2, &[])]),
    counted(
        "la",
        "lapinjarvi-sote",
        "/feeds/lapinjarvi",
        TO_HALF_PAST_THREE,
        &[general(GENERAL, 14, 1, &[])],
    ),
    counted("my", "myrskyla-sote", "/feeds/myrskyla", TO_HALF_PAST_THREE, &[general(NURSED, 9, 1, &[])]),
    counted("pu", "pukkila-sote", "/feeds/pukkila", PUKKILA_HOURS, &[general(NURSED, 9, 1, &[])]),
    counted("hh", "kotisairaala", "/feeds/kotisairaala", HOME_HOURS, &[HOME_VISITS]),
    counted("mu", "liikkuva-yksikko", "/feeds/liikkuva-yksikko", MOBILE_HOURS, &[TASKS]),
    counted("rd", "etavastaanotto", "/feeds/etavastaanotto", REMOTE_HOURS, &[REMOTE]),
    counted("ph", "paivystysapu-116117", "/feeds/116117", &[], &[CALLBACKS]),
    counted("cr", "kriisipaivystys", "/feeds/kriisipaivystys", &[], &[CRISIS]),
];

const SIPOO_FIRST: &[First] =
    &[waiting(41, "D"), waiting(28, "E"), waiting(13, "D"), in_care(47, "D"), in_care(36, "C")];

const HOME_VISITS: Lane = Lane {
    id: "kotikaynnit",
    tickets: false,
    codes: &[code("", 100, 42, 0)],
    a_day: 22,
    by_hour: &LONG_DAY,
    places: [2, 2, 1],
    moves_to: None,
    first: &[waiting(35, ""), in_care(62, ""), in_care(48, "")],
};

const TASKS: Lane = Lane {
    id: "d-tehtavat",
    tickets: false,
    codes: &[code("C", 25, 45, 0), code("D", 75, 40, 0)],
    a_day: 9,
    by_hour: &LONG_DAY,
    places: [1, 1, 1],
    moves_to: None,
    first: &[in_care(33, "D")],
};

const REMOTE: Lane = Lane {
    id: "kiire",
    tickets: false,
    codes: &[code("D", 60, 14, 0), code("E", 40, 10, 0)],
    a_day: 44,
    by_hour: &LONG_DAY,
    places: [1, 1, 1],
    moves_to: None,
    first: &[waiting(17, "D"), waiting(8, "E"), in_care(24, "D")],
};

const CALLBACKS: Lane = Lane {
    id: "takaisinsoitot",
    tickets: false,
    codes: &[code("K", 30, 11, 0), code("N", 70, 9, 0)],
    a_day: 300,
    by_hour: &EMERGENCY,
    places: [4, 4, 2],
    moves_to: None,
    first: &[
        waiting(22, "N"),
        waiting(20, "N"),
        waiting(18, "N"),
        waiting(15, "N"),
        waiting(14, "N"),
        waiting(11, "N"),
        waiting(9, "N"),
        waiting(7, "K"),
        waiting(5, "N"),
        waiting(3, "K"),
        waiting(1, "N"),
        in_care(24, "K"),
        in_care(25, "N"),
        in_care(27, "N"),
        in_care(29, "K"),
    ],
};

const CRISIS: Lane = Lane {
    id: "sosiaali",
    tickets: false,
    codes: &[code("1", 30, 75, 0), code("2", 70, 50, 0)],
    a_day: 14,
    by_hour: &EMERGENCY,
    places: [2, 2, 1],
    moves_to: None,
    first: &[waiting(18, "2"), in_care(70, "2")],
};
