//! Snapshots that were stored are read, and what is stored of the same facts is the same for ever.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use proto::snapshot::{boards_hash, decisions_hash, read_boards, read_decisions};
use situation::decide::Intake;
use situation::event::{
    Amendment, OnCall, Part, Said, Slots, StaffingPlanned, TaskKind, TaskStage, Told, UnitState,
};

use situation::fact::{Body, Fact, Restored};
use situation::fold::Situation;
use situation::fold::state::Hourly;
use situation::time::Hour;

use super::log::{Log, area_with_alarms, area_with_levels};
use situation::strain::Level;

use super::sayings::*;
use super::story::*;

/// Set to write the files of a new version. A file that is there is never written again.
const WRITE: &str = "TILANNE_WRITE_GOLDEN";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/snapshot")
}

/// A log with something of every kind in it, one event ahead of its time.
fn log() -> Log {
    let mut log = Log::begun();
    let (from, to) = (at("16:00"), at("22:00"));
    let first = joined("17:00", "t", "kiire", Some("A"));
    let plan = StaffingPlanned {
        role: word("laakari"),
        lane: Some("kiire".into()),
        from,
        to,
        required: Some(3),
        planned: Some(2),
    };
    let duty = OnCall {
        duty: word("sosiaali"),
        role: word("paivystaja"),
        from,
        to,
        contact: Some("+358 19 000 0000".to_owned()),
        languages: vec![word("sv"), word("fi")],
    };
    let slots = Slots {
        profession: word("laakari"),
        urgency: word("urgent"),
        next_free: [(1, at("18:00"))].into_iter().collect(),
    };
    let waits = situation::event::Step::WaitingFor {
        what: [(situation::event::Need::Doctor, true), (situation::event::Need::Bed, false)]
            .into_iter()
            .collect(),
    };
    let set = Amendment { lane: Some("hammas".into()), urgency: Some("B".into()), ..Amendment::default() };
    let mut said = vec![
        first.clone(),
        triaged("17:01", "t", "B"),
        moved("17:01", "t", "hammas"),
        step("17:01", "t", waits),
        care_started("17:02", "t"),
        joined("17:02", "u", "kiire", None),
        left("17:02", "u"),
        corrected("17:03", "t", &first, Some(false), set),
        counted("17:03", |it| {
            it.waiting = Told::Value(4);
            it.waiting_by_urgency = by_urgency(&[("A", 1), ("untriaged", 3)]);
            it.in_care = Told::Withdrawn;
            it.longest_wait_s = Told::Value(600);
            it.by = Some(word("vastaava"));
            it.valid_until = Some(at("18:00"));
        }),
        on_duty("17:03", "laakari", 2),
        places("17:03", "crisis_place", |it| it.total = Told::Value(10)),
        says("17:03", |it| {
            it.open = Told::Value(true);
            it.reason = Told::Value("vesivahinko".to_owned());
            it.until = Some(at("21:00"));
            it.services =
                [(word("labra"), Some(situation::event::ServiceState::Limited)), (word("rtg"), None)]
                    .into_iter()
                    .collect();
        }),
        event(at("17:03"), Said::StaffingPlanned(plan)),
        event(at("17:03"), Said::OnCall(duty)),
        event(at("17:03"), Said::Slots(slots)),
        heartbeat(at("17:03"), minutes(2)),
        whole_heartbeat(at("17:03"), minutes(2)),
    ];
    // Ahead of its time.
    said.push(joined("17:06", "v", "kiire", None));
    for event in said {
        let now = event.time.min(at("17:03"));
        assert!(matches!(log.hear(event, now), situation::decide::Decision::Record(_)));
    }
    assert_eq!(log.boards.held(), 1);
    let restored = Restored { to: at("17:03"), at: at("17:04") };
    let body = Body::LogRestored { epoch: "0123456789abcdef".into(), simulated: false, restored };
    log.fold(Fact { sequence: log.decider.sequence() + 1, received: at("17:04"), body });
    log
}

/// The same, and what came with the Valvomo's views.
fn later_log() -> Log {
    let mut log = log();
    let said = [
        called("17:01", |it| {
            it.language = Some(word("sv"));
            it.callbacks_waiting = Told::Value(11);
            it.oldest_callback = Told::Value(at("16:38"));
            it.agents = Told::Withdrawn;
            it.coverage = Told::Value(word("uusimaa"));
            it.by = Some(word("koordinaattori"));
            it.valid_until = Some(at("18:00"));
        }),
        task("17:01", "d", TaskStage::Received, |it| {
            it.kind = Some(TaskKind::SafetyPhone);
            it.urgency = Some("A".into());
            it.zone = Some(word("lapinjarvi"));
        }),
        assigned("17:02", "d", "mu-1"),
        on_scene("17:03", "d"),
        received("17:01", "done"),
        closed("17:03", "done"),
        assigned("17:03", "early", "mu-2"),
        unit("17:03", "mu-1", UnitState::Travelling, |it| {
            it.zone = Told::Value(word("lapinjarvi"));
            it.competence = Told::Withdrawn;
            it.until = Some(at("20:00"));
        }),
        posted("17:01", "tie", |it| {
            it.from = Some(at("17:30"));
            it.until = Some(at("19:00"));
        }),
        withdrawn("17:02", "muu"),
        for_all(posted("17:02", "myrsky", |it| it.text.sv = Some("Storm".to_owned()))),
        // Ahead of its time.
        for_all(withdrawn("17:08", "myrsky")),
    ];
    for event in said {
        let now = event.time.min(at("17:05"));
        assert!(matches!(log.hear(event, now), situation::decide::Decision::Record(_)));
    }
    assert_eq!(log.boards.held(), 2);
    log
}

/// The same, and what came with alarms: two that were handled, one of which is over.
fn latest_log() -> Log {
    let mut log = later_log();
    let (area, document) = area_with_alarms();
    log.take(Intake::Area { document: document.into(), area: Arc::new(area) }, at("17:05"));
    let overdue = "late:porvoo:kiire:untriaged";
    let gap = "gap:porvoo:laakari";
    let said = [
        joined("16:40", "w", "kiire", None),
        joined("16:41", "x", "kiire", Some("C")),
        care_started("16:50", "x"),
        left("17:05", "x"),
        joined("16:42", "y", "kiire", Some("C")),
        care_started("16:50", "y"),
        left("17:05", "y"),
        on_duty("17:05", "laakari", 1),
        shelved("17:06", overdue, "18:00"),
        acknowledged("17:06", gap),
        on_duty("17:06", "laakari", 3),
        noted("17:06", "k-1", "20:00"),
        noted("17:06", "k-2", "21:00"),
        unnoted("17:07", "k-2"),
    ];
    for event in said {
        let now = event.time.max(at("17:05"));
        assert!(matches!(log.hear(event, now), situation::decide::Decision::Record(_)));
    }
    log
}

/// The same, and a shift that somebody handed over. The door would want the area to have such a shift.
fn signed_log() -> Log {
    let mut log = latest_log();
    let signed =
        by_desk("17:08", Said::HandoverSigned(signing(("08:00", "16:00"), Part::Given, "valvomo-1")));
    let body = Body::Event(Box::new(signed));
    log.fold(Fact { sequence: log.decider.sequence() + 1, received: at("17:08"), body });
    log
}

/// A log with a level that stands, one that stood, and one that is not known.
fn log_with_levels() -> Log {
    let mut log = Log::begun();
    let (area, document) = area_with_levels();
    log.take(Intake::Area { document: document.into(), area: Arc::new(area) }, at("15:59"));
    let boarding = |clock: &str, count| places(clock, "room", |it| it.boarding = Told::Value(count));
    for event in [boarding("16:00", 1), boarding("16:20", 3)] {
        let now = event.time;
        assert!(matches!(log.hear(event, now), situation::decide::Decision::Record(_)));
    }
    log
}

fn stored(name: &str) -> Vec<u8> {
    fs::read(folder().join(name))
        .unwrap_or_else(|_| panic!("{name} is new: {WRITE}=1 cargo test -p proto --test snapshot golden"))
}

/// What was stored of the same decisions by an earlier program is read for ever.
fn decides_as_it_did(log: &Log, decisions: &str) {
    let (stand, state) = read_decisions(&stored(decisions)).unwrap();
    assert_eq!(stand.sequence, log.decider.sequence());
    assert_eq!(stand.head, log.head());
    // What each hour was like, how long people waited and when the log began is younger than some of these files, and
    // decides nothing.
    let of = |mut state: situation::decide::DeciderState| {
        state.boards.situation = without_past(state.boards.situation);
        state.boards.begun = None;
        decisions_hash(&state)
    };
    assert_eq!(of(state), of(log.decider.state()), "decisions");
}

fn without_past(situation: Situation) -> Situation {
    let mut state = situation.state();
    for station in state.stations.values_mut().map(Arc::make_mut) {
        station.waits.clear();
        station.staff.values_mut().for_each(|staff| staff.by_hour.clear());
        for lane in station.lanes.values_mut() {
            lane.by_hour = Hourly::default();
            lane.present_by_hour = Hourly::default();
        }
        station.contacts.values_mut().for_each(|line| line.callbacks_by_hour = Hourly::default());
        station.feeds.values_mut().for_each(|feed| feed.spoke = Hourly::default());
    }
    state.beats.values_mut().for_each(|feed| feed.spoke = Hourly::default());
    Situation::of(state)
}

/// Boards of an earlier program lack what is shown now: they are left aside, and say so.
fn leaves_its_boards_aside(boards: &str, version: u8) {
    let error = read_boards(&stored(boards)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("its version {version} does not hold")), "{error}");
}

/// What is stored of the same facts is the same for ever: what a file holds is compared, not its compression.
fn keeps_its_bytes(log: &Log, decisions: &str, boards: &str) {
    let files = log.put_away();
    for (name, file) in [(decisions, &files.0), (boards, &files.1)] {
        let path = folder().join(name);
        if std::env::var_os(WRITE).is_some() && !path.exists() {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, file).unwrap();
        }
    }
    let (stand, state) = read_decisions(&stored(decisions)).unwrap();
    assert_eq!(stand.sequence, log.decider.sequence());
    assert_eq!(stand.head, log.head());
    assert_eq!(decisions_hash(&state), decisions_hash(&log.decider.state()), "decisions");
    let (stand, projection) = read_boards(&stored(boards)).unwrap();
    assert_eq!(Some(stand.epoch.as_str()), log.boards.epoch().map(|epoch| &**epoch));
    assert_eq!(boards_hash(&projection), boards_hash(&log.projection()), "boards");
    let (_, taken_out) = Log::taken_out(&(stored(decisions), stored(boards)));
    assert_eq!(taken_out.boards_shown(), log.boards_shown());
}

#[test]
fn version_1_is_read_for_ever() {
    decides_as_it_did(&log(), "v1-decisions.bin");
    leaves_its_boards_aside("v1-boards.bin", 1);
}

#[test]
fn version_2_keeps_the_stream() {
    let mut log = log();
    let body = Body::StreamChanged { identity: "stream@2026-11-22T10:00:00Z".into() };
    log.fold(Fact { sequence: log.decider.sequence() + 1, received: at("17:05"), body });
    decides_as_it_did(&log, "v2-decisions.bin");
    leaves_its_boards_aside("v1-boards-with-stream.bin", 1);
    let (_, state) = read_decisions(&stored("v2-decisions.bin")).unwrap();
    let stream = state.stream.unwrap();
    assert_eq!((&*stream.identity, stream.since), ("stream@2026-11-22T10:00:00Z", log.decider.sequence()));
}

#[test]
fn version_3_keeps_contacts_tasks_units_and_notices() {
    let log = later_log();
    decides_as_it_did(&log, "v3-decisions.bin");
    leaves_its_boards_aside("v3-boards.bin", 3);
    let (_, state) = read_decisions(&stored("v3-decisions.bin")).unwrap();
    let now = situation::board::Boards::of(state.boards);
    let figures = now.look(&"porvoo".into()).unwrap().0.figures.clone();
    assert_eq!(figures.tasks.keys().map(|id| id.as_str()).collect::<Vec<_>>(), ["d"]);
    assert_eq!(figures.units["mu-1"].state, Some(UnitState::Travelling));
    assert_eq!(figures.contacts["116117.sv"].coverage, Some(word("uusimaa")));
}

#[test]
fn version_4_is_read_for_ever() {
    decides_as_it_did(&latest_log(), "v4-decisions.bin");
    leaves_its_boards_aside("v4-boards.bin", 4);
}

#[test]
fn version_5_is_read_for_ever() {
    decides_as_it_did(&latest_log(), "v5-decisions.bin");
    decides_as_it_did(&log_with_levels(), "v5-decisions-with-levels.bin");
    leaves_its_boards_aside("v5-boards.bin", 5);
    leaves_its_boards_aside("v5-boards-with-levels.bin", 5);
    let (_, state) = read_decisions(&stored("v5-decisions.bin")).unwrap();
    let station = state.boards.situation.station(&"porvoo".into()).unwrap();
    assert_eq!(station.lanes["kiire"].by_hour.get(Hour::of(at("16:00"))).map(|hour| hour.arrived), Some(3));
}

#[test]
fn version_6_is_read_for_ever() {
    decides_as_it_did(&latest_log(), "v6-decisions.bin");
    decides_as_it_did(&log_with_levels(), "v6-decisions-with-levels.bin");
    leaves_its_boards_aside("v6-boards.bin", 6);
    leaves_its_boards_aside("v6-boards-with-levels.bin", 6);
    let (_, state) = read_decisions(&stored("v6-decisions.bin")).unwrap();
    assert!(!state.boards.situation.station(&"porvoo".into()).unwrap().waits.is_empty());
}

#[test]
fn version_7_keeps_departures_notes_alarms_hours_waits_and_signatures() {
    let log = signed_log();
    keeps_its_bytes(&log, "v7-decisions.bin", "v7-boards.bin");
    let (_, projection) = read_boards(&stored("v7-boards.bin")).unwrap();
    let station = projection.boards.situation.station(&"porvoo".into()).unwrap();
    let four = Hour::of(at("16:00"));
    assert_eq!(station.lanes["kiire"].by_hour.get(four).map(|hour| hour.arrived), Some(3));
    assert_eq!(station.feeds[FEED].spoke.get(four), Some(&true));
    // Two who came before 17 left after it; whoever is still there is counted once they have gone.
    let present = |situation: &Situation| {
        let lanes = situation.station(&"porvoo".into()).unwrap().lanes.clone();
        lanes["kiire"].present_by_hour.get(Hour::of(at("17:00"))).map(|hour| hour.counted)
    };
    assert_eq!(present(&projection.boards.situation), Some(2));
    assert_eq!(present(&projection.kept[0].situation), Some(2));
    assert_eq!(projection.boards.situation.state().notes.0.len(), 2);
    assert_eq!(projection.boards.situation.station(&"porvoo".into()).unwrap().departures.len(), 2);
    let alarms = &projection.boards.alarms;
    let hours = &projection.boards.situation.station(&"porvoo".into()).unwrap().staff;
    assert!(hours.values().all(|staff| staff.by_hour.len() == 1));
    assert_eq!((alarms.standing.len(), alarms.ended.len()), (1, 1));
    assert!(alarms.standing.values().all(|alarm| alarm.shelved.is_some()));
    let waits = |situation: &Situation| {
        let waits = situation.station(&"porvoo".into()).unwrap().waits.values();
        let days = waits.flat_map(|waits| waits.days().cloned().collect::<Vec<_>>());
        days.flat_map(|day| day.iter().map(|past| past.wait).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let now = waits(&projection.boards.situation);
    // Three were seen; one left unseen.
    assert_eq!((now.len(), now.iter().filter(|wait| wait.seen).count()), (4, 3));
    assert_eq!(waits(&projection.kept[0].situation), now);
    let signed = |situation: &Situation| situation.signed().of(at("08:00"), at("16:00")).cloned().unwrap();
    let signatures = signed(&projection.boards.situation);
    assert_eq!(signatures.given.as_ref().map(|given| given.by.actor.as_str()), Some("valvomo-1"));
    assert_eq!(signatures.received, None);
    assert_eq!(signed(&projection.kept[0].situation), signatures);
    assert_eq!(projection.boards.begun, log.projection().boards.begun);
}

#[test]
fn version_7_keeps_levels() {
    let log = log_with_levels();
    keeps_its_bytes(&log, "v7-decisions-with-levels.bin", "v7-boards-with-levels.bin");
    let (_, projection) = read_boards(&stored("v7-boards-with-levels.bin")).unwrap();
    let strain = &projection.boards.strain;
    let standing = strain.stations["porvoo"];
    assert_eq!((standing.level, standing.since), (Some(Level::Loaded), at("16:20")));
    assert_eq!(strain.area.and_then(|area| area.level), Some(Level::Loaded));
    let over: Vec<_> = strain.ended.iter().map(|(place, it)| (place.clone(), it.level, it.to)).collect();
    assert_eq!(
        over,
        [(Some("porvoo".into()), Level::Normal, at("16:20")), (None, Level::Normal, at("16:20"))]
    );
}

#[test]
fn boards_never_had_a_version_2() {
    let mut file = fs::read(folder().join("v1-boards.bin")).unwrap();
    file[4] = 2;
    let end = file.len() - 32;
    let sum = blake3::hash(&file[..end]);
    file[end..].copy_from_slice(sum.as_bytes());
    assert_eq!(read_boards(&file).unwrap_err().to_string(), "its version 2 is not known to this program");
}
