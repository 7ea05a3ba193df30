use serde_json::json;

use super::*;

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

fn board(revision: u64) -> Value {
    json!({"area": "a", "view": "v", "epoch": "e", "revision": revision, "sequence": revision,
           "hash": format!("h{revision}"), "waiting": {"x": 1}})
}

fn change(prev: u64, revision: u64, mut patch: Value) -> BoardChange {
    let hash = format!("h{revision}");
    patch["revision"] = json!(revision);
    patch["sequence"] = json!(revision);
    patch["hash"] = json!(hash);
    BoardChange {
        projector: "1".to_owned(),
        area: "a".into(),
        view: "v".into(),
        epoch: "e".into(),
        prev,
        revision,
        sequence: revision,
        event_time: None,
        received_time: Some(format!("t{revision}")),
        hash,
        patch: raw(&patch),
    }
}

fn at(revision: u64) -> Position {
    Position { epoch: "e".into(), revision, hash: format!("h{revision}") }
}

fn track(ring: usize) -> Track {
    Track::new(&raw(&board(10)), ring).unwrap()
}

fn newest(track: &mut Track) -> Value {
    serde_json::from_slice(&track.board().unwrap()).unwrap()
}

#[test]
fn a_change_that_does_not_follow_is_never_applied() {
    let mut track = track(8);
    assert_eq!(track.apply(change(10, 12, json!({"waiting": {"x": 2}}))), Applied::Moved);
    assert_eq!(track.apply(change(10, 12, json!({"waiting": {"x": 9}}))), Applied::Known);
    assert_eq!(track.apply(change(13, 14, json!({"waiting": {"x": 9}}))), Applied::Broken);
    let mut other = change(12, 14, json!({}));
    other.epoch = "f".into();
    assert_eq!(track.apply(other), Applied::Broken);
    let mut lying = change(12, 14, json!({"waiting": {"x": 9}}));
    lying.revision = 15;
    assert_eq!(track.apply(lying), Applied::Broken);
    assert_eq!(newest(&mut track)["waiting"], json!({"x": 2}));
    assert_eq!(track.head(), &at(12));
}

#[test]
fn a_position_is_judged_by_epoch_revision_and_hash() {
    let mut track = track(2);
    for (prev, revision) in [(10, 12), (12, 13), (13, 17)] {
        track.apply(change(prev, revision, json!({})));
    }
    assert_eq!(track.judge(&at(10)), Err(ResetReason::TooOld), "fallen out of the ring");
    assert_eq!(track.judge(&at(12)), Ok(()), "the ring starts here");
    assert_eq!(track.judge(&at(13)), Ok(()));
    assert_eq!(track.judge(&at(15)), Err(ResetReason::TooOld), "between two changes");
    assert_eq!(track.judge(&at(17)), Ok(()));
    assert_eq!(track.judge(&at(18)), Err(ResetReason::Ahead));
    assert_eq!(track.judge(&Position { hash: "x".into(), ..at(13) }), Err(ResetReason::HashMismatch));
    assert_eq!(track.judge(&Position { hash: "x".into(), ..at(12) }), Err(ResetReason::HashMismatch));
    assert_eq!(track.judge(&Position { epoch: "x".into(), ..at(13) }), Err(ResetReason::EpochChanged));
}

#[test]
fn one_behind_shares_the_delta_and_further_behind_gets_one_merged() {
    let mut track = track(8);
    track.apply(change(10, 12, json!({"waiting": {"x": 2, "y": 1}})));
    track.apply(change(12, 13, json!({"waiting": {"y": null}})));
    assert!(track.since(13).is_empty());
    assert_eq!(track.since(12), vec![track.ring[1].frame.clone()]);
    let frames = track.since(10);
    let merged: Value = serde_json::from_str(&frames[0]).unwrap();
    assert_eq!(frames.len(), 1);
    assert_eq!((&merged["prev"], &merged["revision"]), (&json!(10), &json!(13)));
    assert_eq!(merged["patch"]["waiting"], json!({"x": 2, "y": null}));
    assert_eq!((&merged["hash"], &merged["received_time"]), (&json!("h13"), &json!("t13")));
}

#[test]
fn patches_without_a_sum_are_sent_one_after_the_other() {
    let mut track = track(8);
    track.apply(change(10, 12, json!({"waiting": null})));
    track.apply(change(12, 13, json!({"waiting": {"z": 1}})));
    track.apply(change(13, 14, json!({"waiting": {"z": 2}})));
    let mut seen = board(10);
    for frame in track.since(10) {
        let frame: Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(frame["prev"], seen["revision"]);
        merge::apply(&mut seen, &frame["patch"]);
    }
    assert_eq!(seen["waiting"], json!({"z": 2}));
    assert_eq!(seen, newest(&mut track));
}

#[test]
fn asking_for_the_whole_board_forgets_only_what_no_longer_leads_there() {
    let mut track = track(8);
    track.apply(change(10, 12, json!({})));
    track.replace(&raw(&board(12))).unwrap();
    assert_eq!(track.judge(&at(10)), Ok(()), "nothing had been missed");
    track.replace(&raw(&board(20))).unwrap();
    assert_eq!(track.judge(&at(12)), Err(ResetReason::TooOld));
    assert_eq!(track.judge(&at(20)), Ok(()));
    assert!(track.replace(&raw(&json!({"error": "x"}))).is_none());
}

#[test]
fn another_projectors_later_board_is_one_change_away() {
    let mut track = track(8);
    track.apply(change(10, 12, json!({"waiting": {"x": 2}})));
    let mut later = board(20);
    later["waiting"] = json!({"y": 1});
    track.renew(&raw(&later)).unwrap();
    assert_eq!((newest(&mut track), track.head()), (later.clone(), &at(20)));
    assert_eq!(track.judge(&at(10)), Ok(()));
    let frames = track.since(12);
    let delta: Value = serde_json::from_str(&frames[0]).unwrap();
    assert_eq!((frames.len(), &delta["prev"], &delta["revision"]), (1, &json!(12), &json!(20)));
    assert_eq!(delta["patch"]["waiting"], json!({"x": null, "y": 1}));
    // An earlier one, one of another log, or one that differs where they should be equal, is no change of this one.
    for (renewed, position, reason) in [
        (board(15), at(20), ResetReason::Ahead),
        (
            json!({"area": "a", "view": "v", "epoch": "f", "revision": 30, "hash": "h"}),
            at(15),
            ResetReason::EpochChanged,
        ),
    ] {
        track.renew(&raw(&renewed)).unwrap();
        assert_eq!(newest(&mut track), renewed);
        assert_eq!(track.judge(&position), Err(reason));
    }
}

#[test]
fn a_heartbeat_confirms_a_board_on_which_nothing_changed() {
    let document = r#"{"epoch":"e","hash":"h","revision":3,"sequence":3,"stations":{}}"#;
    let board = serde_json::value::RawValue::from_string(document.to_owned()).unwrap();
    let mut track = Track::new(&board, 4).unwrap();
    let elsewhere = Position { revision: 2, ..track.head().clone() };
    track.confirm(&elsewhere, 9);
    let shown =
        |track: &mut Track| serde_json::from_slice::<serde_json::Value>(&track.board().unwrap()).unwrap();
    assert_eq!(shown(&mut track)["sequence"], 3, "of another position it says nothing");
    let here = track.head().clone();
    track.confirm(&here, 9);
    assert_eq!((&shown(&mut track)["sequence"], &shown(&mut track)["revision"]), (&9.into(), &3.into()));
    track.confirm(&here, 8);
    assert_eq!(shown(&mut track)["sequence"], 9, "it never goes back");
}
