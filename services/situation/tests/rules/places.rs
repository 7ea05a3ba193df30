//! People, places, appointments, duties.

use std::collections::BTreeMap;

use situation::event::{OnCall, Said, Slots, StaffingPlanned, Told};

use super::story::*;

fn plan(
    made: &str,
    from: &str,
    to: &str,
    required: Option<u32>,
    planned: Option<u32>,
) -> situation::event::Event {
    let (role, lane) = (word("laakari"), None);
    event(
        at(made),
        Said::StaffingPlanned(StaffingPlanned { role, lane, from: at(from), to: at(to), required, planned }),
    )
}

fn required(log: &Log) -> (Option<u32>, Option<u32>) {
    let staff = &log.porvoo().staff["laakari"];
    (staff.required, staff.planned)
}

#[test]
fn a_plan_holds_from_its_beginning_to_its_end_and_the_one_made_last_wins() {
    let mut log = Log::given([plan("12:00", "16:00", "22:00", Some(3), Some(4))]);
    assert_eq!(required(&log), (Some(2), None), "the area file's own, until the plan begins");
    log.hear(plan("12:30", "18:00", "20:00", Some(5), None));
    for (clock, expected) in [
        ("15:59:59", (Some(2), None)),
        ("16:00", (Some(3), Some(4))),
        ("18:00", (Some(5), Some(4))),
        ("20:00", (Some(3), Some(4))),
        ("22:00", (Some(2), None)),
    ] {
        log.reach(at(clock));
        assert_eq!(required(&log), expected, "{clock}");
    }
}

#[test]
fn a_plan_made_again_replaces_the_earlier_one_in_any_order() {
    let first = plan("12:00", "16:00", "22:00", Some(3), None);
    let second = plan("12:30", "16:00", "22:00", Some(4), None);
    for order in [[&first, &second], [&second, &first]] {
        assert_eq!(figures_of(fold(order), at("18:00"))["porvoo"].staff["laakari"].required, Some(4));
    }
}

#[test]
fn staff_is_shown_by_role_beside_what_is_required() {
    let log = Log::given([on_duty("17:00", "laakari", 1), on_duty("17:00", "hoitaja", 0)]);
    let staff = &log.porvoo().staff;
    assert_eq!((staff["laakari"].on_duty, staff["laakari"].required), (Some(1), Some(2)));
    assert_eq!((staff["hoitaja"].on_duty, staff["hoitaja"].required), (Some(0), None));
    assert_eq!(staff["laakari"].arriving, None);
    assert_eq!(staff["laakari"].feed, Some(FEED.into()));
}

#[test]
fn free_is_known_only_when_places_and_use_are_told() {
    let value = Told::Value;
    type Row = (Told<u32>, Told<u32>, Told<u32>, Told<u32>, Option<i64>);
    let rows: [Row; 7] = [
        (value(10), Told::Unsaid, value(4), Told::Unsaid, Some(6)),
        (value(10), value(8), value(4), Told::Unsaid, Some(4)),
        (value(10), value(8), value(4), value(3), Some(1)),
        (value(10), value(8), value(9), value(3), Some(-4)),
        (value(10), Told::Unsaid, Told::Unsaid, Told::Unsaid, None),
        (Told::Unsaid, Told::Unsaid, value(4), Told::Unsaid, None),
        (value(10), Told::Withdrawn, value(10), Told::Withdrawn, Some(0)),
    ];
    for (total, staffed, occupied, reserved, free) in rows {
        let log = Log::given([places("17:00", "bed", |it| {
            it.total = total;
            it.staffed = staffed;
            it.occupied = occupied;
            it.reserved = reserved;
        })]);
        assert_eq!(log.porvoo().capacity["bed"].free, free, "{:?}", log.porvoo().capacity["bed"]);
    }
}

#[test]
fn the_next_free_appointments_are_told_as_a_whole() {
    let slots = |clock: &str, next_free: &[(u32, &str)]| {
        let next_free = next_free.iter().map(|(rank, clock)| (*rank, at(clock))).collect();
        event(
            at(clock),
            Said::Slots(Slots { profession: word("laakari"), urgency: word("urgent"), next_free }),
        )
    };
    let mut log = Log::given([slots("17:00", &[(1, "18:00"), (2, "19:00")])]);
    log.hear(slots("17:05", &[(1, "18:30")]));
    assert_eq!(log.porvoo().slots["laakari.urgent"], BTreeMap::from([(1, at("18:30"))]));
}

#[test]
fn a_duty_is_shown_while_it_lasts() {
    let duty = |made: &str, from: &str, to: &str, contact: &str| {
        event(
            at(made),
            Said::OnCall(OnCall {
                duty: word("sosiaali"),
                role: word("paivystaja"),
                from: at(from),
                to: at(to),
                contact: Some(contact.into()),
                languages: vec![word("sv"), word("fi")],
            }),
        )
    };
    let mut log =
        Log::given([duty("12:00", "16:00", "22:00", "one"), duty("12:01", "18:00", "20:00", "two")]);
    for (clock, contact) in [
        ("15:59:59", None),
        ("16:00", Some("one")),
        ("18:00", Some("two")),
        ("20:00", Some("one")),
        ("22:00", None),
    ] {
        log.reach(at(clock));
        let shown = log.porvoo().on_call.get("sosiaali.paivystaja");
        assert_eq!(shown.and_then(|it| it.contact.as_deref()), contact, "{clock}");
    }
}

#[test]
fn a_persons_word_of_staff_and_places_holds_as_long_as_they_said() {
    let by_phone = |event: situation::event::Event| {
        let mut event = event;
        match &mut event.said {
            Said::StaffingObserved(observed) => {
                (observed.by, observed.valid_until) = (Some(word("vastaava")), Some(at("18:00")));
            }
            Said::CapacityObserved(observed) => {
                (observed.by, observed.valid_until) = (Some(word("vastaava")), Some(at("18:00")));
            }
            other => panic!("{other:?}"),
        }
        event.by_feed("/desk").named("by-phone")
    };
    let mut log =
        Log::given([on_duty("17:00", "laakari", 2), places("17:00", "room", |it| it.total = Told::Value(9))]);
    log.hear(by_phone(on_duty("17:10", "laakari", 1)).named("1"));
    log.hear(by_phone(places("17:10", "room", |it| it.total = Told::Value(8))).named("2"));
    let staff = log.porvoo().staff["laakari"].clone();
    assert_eq!((staff.on_duty, staff.observed_by), (Some(1), Some(word("vastaava"))));
    assert_eq!((staff.observed_at, staff.valid_until), (Some(at("17:10")), Some(at("18:00"))));
    let rooms = log.porvoo().capacity["room"].clone();
    assert_eq!((rooms.total, rooms.observed_by), (Some(8), Some(word("vastaava"))));
    assert_eq!((rooms.observed_at, rooms.valid_until), (Some(at("17:10")), Some(at("18:00"))));
    log.reach(at("18:00"));
    let staff = log.porvoo().staff["laakari"].clone();
    assert_eq!((staff.on_duty, staff.required, staff.observed_by), (None, Some(2), None));
    assert_eq!(log.porvoo().capacity["room"].total, None);
    log.hear(on_duty("18:01", "laakari", 2));
    assert_eq!(log.porvoo().staff["laakari"].on_duty, Some(2));
}
