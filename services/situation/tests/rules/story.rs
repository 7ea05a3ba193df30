//! The words in which these tests are written: an area, moments of one evening, what feeds say, and a
//! log that hears it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use situation::alarm::AlarmRules;
use situation::area::{Area, Authority, Feed, Lane, Pace, Scheme, Station, Urgency};
use situation::board::{Boards, LaneFigures, StationFigures, View};
use situation::calendar::{Calendar, Days, Hours, When, WindowKind, WindowRule};
use situation::decide::{Decider, Decision, Intake, Refusal};
use situation::event::{
    Amendment, CapacityObserved, Correction, Digest, Event, QueueObserved, Said, StaffingObserved,
    StationStatus, Step, Told,
};
use situation::fact::{Body, Fact};
use situation::fold::Situation;
use situation::name::{Trilingual, UrgencyCode, Word};
use situation::time::Instant;

pub const FEED: &str = "/feeds/porvoo";
pub const HOUR: Duration = Duration::from_secs(3600);

/// A moment of Thursday 26 November 2026, local time (UTC+2): `at("17:05")`, `at("17:05:30")`.
pub fn at(clock: &str) -> Instant {
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    on(&format!("2026-11-26T{clock}{seconds}+02:00"))
}

pub fn on(moment: &str) -> Instant {
    Instant::from(moment.parse::<jiff::Timestamp>().unwrap())
}

pub fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub fn minutes(n: u64) -> Duration {
    secs(60 * n)
}

/// Porvoo counts tickets (`kiire`, `hammas`) and is told counts (`ovi`); it has a timetable, and a feed
/// that speaks every minute. Loviisa is told counts and has neither. Kallo never closes.
pub fn area() -> Area {
    let lane = |authority, scheme: &str| Lane {
        rank: None,
        name: Trilingual::default(),
        scheme: Some(scheme.into()),
        authority,
        unresolved_after: 24 * HOUR,
    };
    let station = Station {
        rank: None,
        name: Trilingual { fi: "Porvoo".into(), sv: "Borgå".into(), en: "Porvoo".into() },
        kind: "joint_ed".into(),
        organisation: None,
        counted: true,
        always_open: false,
        hours: vec![hours(Days::ALL, time(8, 0, 0, 0), time(20, 0, 0, 0), time(22, 0, 0, 0))],
        exceptions: Vec::new(),
        lanes: BTreeMap::from([
            ("kiire".into(), lane(Authority::Tickets, "abc")),
            ("hammas".into(), lane(Authority::Tickets, "hammas")),
            ("ovi".into(), lane(Authority::Counts, "abc")),
        ]),
        feeds: vec![FEED.into()],
        services: BTreeMap::new(),
        languages: vec!["fi".into()],
        travel_minutes: BTreeMap::new(),
        required: BTreeMap::from([("laakari".into(), 2)]),
    };
    let loviisa = Station {
        rank: None,
        name: Trilingual::default(),
        hours: Vec::new(),
        lanes: BTreeMap::from([("ovi".into(), lane(Authority::Counts, "abc"))]),
        feeds: Vec::new(),
        required: BTreeMap::new(),
        ..station.clone()
    };
    let kallo = Station { always_open: true, ..loviisa.clone() };
    let urgency = |code: &str, target| Urgency { code: code.into(), name: Trilingual::default(), target };
    let abc = Scheme {
        urgencies: vec![
            urgency("A", Some(Duration::ZERO)),
            urgency("B", Some(minutes(30))),
            urgency("C", None),
        ],
        untriaged_target: Some(minutes(10)),
    };
    let hammas = Scheme { urgencies: vec![urgency("särky", None)], untriaged_target: None };
    Area {
        alarms: AlarmRules::default(),
        strain: None,
        roles: BTreeMap::new(),
        words: BTreeMap::new(),
        id: "testi".into(),
        name: Trilingual { fi: "Testi".into(), sv: "Test".into(), en: "Test".into() },
        calendar: Calendar::of_zone(helsinki()),
        languages: vec!["fi".into()],
        organisations: BTreeMap::new(),
        schemes: BTreeMap::from([("abc".into(), abc), ("hammas".into(), hammas)]),
        windows: week(),
        shifts: Vec::new(),
        stations: BTreeMap::from([
            ("porvoo".into(), station),
            ("loviisa".into(), loviisa),
            ("kallo".into(), kallo),
        ]),
        feeds: BTreeMap::from([(
            FEED.into(),
            Feed {
                organisation: None,
                family: "queue".into(),
                pace: Pace::of_interval(minutes(1)),
                copies_plan: false,
            },
        )]),
        default_pace: Pace::of_interval(minutes(10)),
        attribution: None,
    }
}

pub fn helsinki() -> TimeZone {
    TimeZone::get("Europe/Helsinki").unwrap()
}

pub fn hours(days: Days, opens: Time, intake_until: Time, doors_until: Time) -> Hours {
    Hours { days, opens, intake_until, last_care_until: None, doors_until }
}

/// Weekend from Friday 17 to Monday 7; on the other days office 7-17, evening 17-22, night 22-7.
pub fn week() -> Vec<WindowRule> {
    let weekdays = days(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday]);
    let rule = |kind, days, from, to, to_day| WindowRule {
        kind,
        name: Trilingual::default(),
        when: When::On { days, to_day },
        from: time(from, 0, 0, 0),
        to: time(to, 0, 0, 0),
    };
    vec![
        rule(WindowKind::Weekend, days(&[Weekday::Friday]), 17, 7, Some(Weekday::Monday)),
        rule(WindowKind::Evening, weekdays, 17, 22, None),
        rule(WindowKind::Night, weekdays, 22, 7, None),
        rule(WindowKind::Office, weekdays.with(Weekday::Friday), 7, 17, None),
    ]
}

pub fn days(days: &[Weekday]) -> Days {
    days.iter().fold(Days::default(), |set, day| set.with(*day))
}

/// An event of Porvoo's feed about Porvoo. Its id follows from what it says, so that two that say the
/// same are one.
pub fn event(time: Instant, said: Said) -> Event {
    let id = format!("{:x}", number(&told(&format!("{time:?} {said:?}"))));
    let event = Event {
        id: id.as_str().into(),
        source: FEED.into(),
        station: Some("porvoo".into()),
        time,
        said,
        key: Digest::default(),
        digest: Digest::default(),
        corrects: None,
    };
    event.sealed()
}

/// Changes of an event's envelope.
pub trait Envelope: Sized {
    fn sealed(self) -> Self;
    fn named(self, id: &str) -> Self;
    fn by_feed(self, source: &str) -> Self;
    fn about(self, station: &str) -> Self;
}

impl Envelope for Event {
    /// With the digests that the reader of bytes would give it.
    fn sealed(mut self) -> Self {
        let key = |id| digest(&format!("{:?}", (&self.source, id)));
        self.corrects = match &self.said {
            Said::Corrected(correction) => Some(key(&correction.corrects)),
            _ => None,
        };
        self.key = key(&self.id);
        self.digest = digest(&told(&format!("{:?}", (&self.station, &self.time, &self.said))));
        self
    }
    fn named(mut self, id: &str) -> Self {
        self.id = id.into();
        self.sealed()
    }
    fn by_feed(mut self, source: &str) -> Self {
        self.source = source.into();
        self.sealed()
    }
    fn about(mut self, station: &str) -> Self {
        self.station = Some(station.into());
        let id = format!("{}-{station}", self.id);
        self.named(&id)
    }
}

/// Golden files hold ids and digests of before a person could say some things: what nobody says changes none.
fn told(said: &str) -> String {
    said.replace(", by: None, valid_until: None", "")
}

/// FNV-1a, 64 bits: the tests need no more of a digest than that equal texts have equal ones.
fn number(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn digest(text: &str) -> Digest {
    let mut digest = Digest::default();
    digest[..8].copy_from_slice(&number(text).to_be_bytes());
    digest
}

pub fn step(clock: &str, ticket: &str, step: Step) -> Event {
    event(at(clock), Said::Ticket(ticket.into(), step))
}

pub fn joined(clock: &str, ticket: &str, lane: &str, urgency: Option<&str>) -> Event {
    let urgency = urgency.map(UrgencyCode::new);
    step(clock, ticket, Step::Joined { lane: lane.into(), urgency, channel: None })
}

pub fn triaged(clock: &str, ticket: &str, urgency: &str) -> Event {
    step(clock, ticket, Step::Triaged { urgency: urgency.into() })
}

pub fn moved(clock: &str, ticket: &str, lane: &str) -> Event {
    step(clock, ticket, Step::Moved { lane: lane.into() })
}

pub fn care_started(clock: &str, ticket: &str) -> Event {
    step(clock, ticket, Step::CareStarted)
}

pub fn left(clock: &str, ticket: &str) -> Event {
    step(clock, ticket, Step::Left { outcome: None })
}

pub fn corrected(clock: &str, ticket: &str, corrects: &Event, void: Option<bool>, set: Amendment) -> Event {
    let correction = Correction { ticket: ticket.into(), corrects: corrects.id.clone(), void, set };
    event(at(clock), Said::Corrected(correction))
}

pub fn counted(clock: &str, change: impl FnOnce(&mut QueueObserved)) -> Event {
    let mut observed = QueueObserved { lane: Some("ovi".into()), ..QueueObserved::default() };
    change(&mut observed);
    event(at(clock), Said::QueueObserved(observed))
}

pub fn by_urgency(counts: &[(&str, u32)]) -> Told<BTreeMap<UrgencyCode, u32>> {
    Told::Value(counts.iter().map(|(code, count)| (UrgencyCode::new(code), *count)).collect())
}

pub fn on_duty(clock: &str, role: &str, count: u32) -> Event {
    let (called, arriving, absent) = (Told::Unsaid, Told::Unsaid, Told::Unsaid);
    let on_duty = Told::Value(count);
    event(
        at(clock),
        Said::StaffingObserved(StaffingObserved {
            role: role.into(),
            lane: None,
            on_duty,
            called,
            arriving,
            absent,
            by: None,
            valid_until: None,
        }),
    )
}

pub fn places(clock: &str, resource: &str, change: impl FnOnce(&mut CapacityObserved)) -> Event {
    let mut observed = CapacityObserved {
        resource: resource.into(),
        total: Told::Unsaid,
        staffed: Told::Unsaid,
        occupied: Told::Unsaid,
        reserved: Told::Unsaid,
        boarding: Told::Unsaid,
        planned_discharges: Told::Unsaid,
        by: None,
        valid_until: None,
    };
    change(&mut observed);
    event(at(clock), Said::CapacityObserved(observed))
}

pub fn says(clock: &str, change: impl FnOnce(&mut StationStatus)) -> Event {
    let mut status = StationStatus::default();
    change(&mut status);
    event(at(clock), Said::StationStatus(status))
}

pub fn heartbeat(time: Instant, interval: Duration) -> Event {
    event(time, Said::Heartbeat { interval })
}

/// A heartbeat that speaks for the whole feed.
pub fn whole_heartbeat(time: Instant, interval: Duration) -> Event {
    let beat = heartbeat(time, interval);
    let id = format!("{}-whole", beat.id);
    Event { station: None, ..beat }.named(&id)
}

/// A log of an area, as the recorder keeps it and the projector folds it.
#[derive(Clone)]
pub struct Log {
    pub boards: Boards,
    pub decider: Decider,
    pub sequence: u64,
    pub facts: Vec<Fact>,
}

impl Log {
    pub fn of(area: Area) -> Self {
        let (boards, decider) = (Boards::default(), Decider::default());
        let mut log = Self { boards, decider, sequence: 0, facts: Vec::new() };
        log.record(Body::LogBegun { epoch: "e".into(), simulated: false }, at("00:00"));
        log.reconfigure(area, at("00:00"));
        log
    }

    pub fn given(events: impl IntoIterator<Item = Event>) -> Self {
        let mut log = Self::of(area());
        for event in events {
            log.hear(event);
        }
        log
    }

    pub fn record(&mut self, body: Body, received: Instant) {
        self.sequence += 1;
        let received = self.decider.stamp(received);
        let fact = Fact { sequence: self.sequence, received, body };
        self.decider.evolve(&fact);
        self.boards.apply(&fact);
        self.facts.push(fact);
    }

    pub fn reconfigure(&mut self, area: Area, received: Instant) {
        let area = Arc::new(area);
        let document = format!("{area:?}").into();
        if let Decision::Record(body) = self.decider.decide(Intake::Area { document, area }, received) {
            self.record(body, received);
        }
    }

    pub fn offer(&self, event: Event, received: Instant) -> Decision {
        self.decider.decide(Intake::Event(Box::new(event)), self.decider.stamp(received))
    }

    /// Offers an event that expects its station's stream at a version.
    pub fn offer_at(&self, version: u64, event: Event, received: Instant) -> Decision {
        self.decider.decide(Intake::Expecting(Box::new(event), version), self.decider.stamp(received))
    }

    /// Hears an event that must be recorded, at the moment it tells of.
    pub fn hear(&mut self, event: Event) {
        let received = event.time;
        self.hear_at(event, received);
    }

    pub fn hear_at(&mut self, event: Event, received: Instant) {
        match self.offer(event, received) {
            Decision::Record(body) => self.record(body, received),
            other => panic!("not recorded: {other:?}"),
        }
    }

    pub fn refusal(&self, event: Event, received: Instant) -> Refusal {
        match self.offer(event, received) {
            Decision::Refuse(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub fn reach(&mut self, due: Instant) {
        match self.decider.decide(Intake::Clock { due }, due) {
            Decision::Record(body) => self.record(body, due),
            Decision::Nothing => {}
            other => panic!("the clock is neither recorded nor past: {other:?}"),
        }
    }

    pub fn figures(&self, station: &str) -> &StationFigures {
        &self.boards.look(&station.into()).unwrap().0.figures
    }

    pub fn porvoo(&self) -> &StationFigures {
        self.figures("porvoo")
    }

    pub fn lane(&self, lane: &str) -> &LaneFigures {
        &self.porvoo().lanes[lane]
    }

    /// Waiting, in care, present of a lane.
    pub fn counts(&self, lane: &str) -> (Option<u32>, Option<u32>, Option<u32>) {
        let lane = self.lane(lane);
        (lane.waiting, lane.in_care, lane.present)
    }

    pub fn revision(&self, view: &View) -> u64 {
        self.boards.view(view).unwrap().1.sequence
    }
}

/// The figures of every station of a situation that was folded in some order, at a moment.
pub fn figures_of(situation: Situation, clock: Instant) -> BTreeMap<String, StationFigures> {
    let boards = Boards::of_moment(&Boards::default(), Arc::new(area()), situation, clock, 1);
    all_figures(&boards)
}

/// Under the area's id, what is said to everybody.
pub fn all_figures(boards: &Boards) -> BTreeMap<String, StationFigures> {
    let ids = ["porvoo", "loviisa", "kallo"].iter();
    let stations = ids.map(|id| ((*id).to_owned(), boards.look(&(*id).into()).unwrap().0.figures.clone()));
    let notices = boards.view(&View::Situation).unwrap().0.notices;
    let area = ("testi".to_owned(), StationFigures { notices, ..StationFigures::default() });
    stations.chain([area]).collect()
}

/// Folds events as they come, without a log.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Situation {
    let mut situation = Situation::default();
    for (event, sequence) in events.into_iter().zip(1..) {
        situation.absorb(event, sequence, at("00:00"));
    }
    situation
}

pub fn word(text: &str) -> Word {
    text.into()
}
