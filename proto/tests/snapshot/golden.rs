//! Snapshots that were stored are read, and what is stored of the same facts is the same for ever.

use std::fs;
use std::path::PathBuf;

use proto::snapshot::{boards_hash, decisions_hash, read_boards, read_decisions};
use situation::event::{Amendment, OnCall, Said, Slots, StaffingPlanned, Told};

use situation::fact::{Body, Fact, Restored};

use super::log::Log;
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
    let stored = |name: &str| {
        fs::read(folder().join(name))
            .unwrap_or_else(|_| panic!("{name} is new: {WRITE}=1 cargo test -p proto --test snapshot golden"))
    };
    let (stand, state) = read_decisions(&stored(decisions)).unwrap();
    assert_eq!(stand.sequence, log.decider.sequence());
    assert_eq!(stand.head, log.head());
    assert_eq!(decisions_hash(&state), decisions_hash(&log.decider.state()), "decisions");
    let (stand, projection) = read_boards(&stored(boards)).unwrap();
    assert_eq!(stand.epoch, "0123456789abcdef");
    assert_eq!(boards_hash(&projection), boards_hash(&log.projection()), "boards");
    let (_, taken_out) = Log::taken_out(&(stored(decisions), stored(boards)));
    assert_eq!(taken_out.boards_shown(), log.boards_shown());
}

#[test]
fn version_1_is_read_for_ever() {
    keeps_its_bytes(&log(), "v1-decisions.bin", "v1-boards.bin");
}

#[test]
fn version_2_keeps_the_stream() {
    let mut log = log();
    let body = Body::StreamChanged { identity: "stream@2026-11-22T10:00:00Z".into() };
    log.fold(Fact { sequence: log.decider.sequence() + 1, received: at("17:05"), body });
    keeps_its_bytes(&log, "v2-decisions.bin", "v1-boards-with-stream.bin");
    let (_, state) = read_decisions(&fs::read(folder().join("v2-decisions.bin")).unwrap()).unwrap();
    let stream = state.stream.unwrap();
    assert_eq!((&*stream.identity, stream.since), ("stream@2026-11-22T10:00:00Z", log.decider.sequence()));
}
