use serde_json::json;

use super::*;

fn fact(kind: &str, id: &str, time: &str, data: Value) -> Value {
    json!({
        "sequence": 1, "head": "", "id": id, "source": "/f", "type": format!("fi.tilanne.{kind}.v1"),
        "subject": "c", "event_time": format!("2025-01-01T{time}Z"), "received_time": "2025-01-02T00:00:00Z",
        "data": data,
    })
}

fn at(facts: &[Value], time: &str) -> Station {
    let lanes = TicketLanes::from([(("c".into(), "main".into()), SignedDuration::from_hours(10))]);
    let moment: Timestamp = format!("2025-01-01T{time}Z").parse().unwrap();
    // Walking past an earlier moment changes nothing at this one.
    let moments = BTreeSet::from([moment - SignedDuration::from_mins(40), moment]);
    let mut seen = stations_at(facts, &lanes, &moments).unwrap();
    seen.remove(&moment).unwrap().remove("c").unwrap_or_default()
}

#[test]
fn a_visit_is_counted_from_the_door_to_the_door_in_any_order() {
    let facts = [
        fact("queue.left", "4", "12:00:00", json!({"ticket": "t"})),
        fact("queue.care_started", "3", "11:00:00", json!({"ticket": "t"})),
        fact("queue.triaged", "2", "10:00:00", json!({"ticket": "t", "urgency": "3"})),
        fact("queue.joined", "1", "10:00:00", json!({"ticket": "t", "lane": "main"})),
        json!({"sequence": 9, "type": "fi.tilanne.clock.reached.v1", "event_time": "2025-01-01T10:30:00Z"}),
    ];
    assert_eq!(at(&facts, "09:59:59"), Station::default());
    let lane = &at(&facts, "10:00:00").lanes["main"];
    assert_eq!((lane.present, lane.waiting), (Some(1), Some(1)));
    assert_eq!(lane.waiting_by_urgency, Some(BTreeMap::from([("3".into(), 1)])));
    let lane = &at(&facts, "11:59:59").lanes["main"];
    assert_eq!((lane.present, lane.waiting), (Some(1), Some(0)));
    assert_eq!(at(&facts, "12:00:00").lanes["main"], empty());
    assert_eq!(at(&facts[3..], "19:59:59").lanes["main"].present, Some(1));
    assert_eq!(at(&facts[3..], "20:00:00").lanes["main"].present, Some(0), "silent for ten hours");
}

#[test]
fn corrections_stand_where_the_wrong_event_stood() {
    let void = json!({"ticket": "t", "corrects": "2", "void": true});
    let mut facts = vec![
        fact("queue.corrected", "3", "18:00:00", void),
        fact("queue.joined", "1", "10:00:00", json!({"ticket": "t", "lane": "side"})),
        fact("queue.left", "2", "11:00:00", json!({"ticket": "t"})),
        fact(
            "queue.corrected",
            "4",
            "18:00:00",
            json!({"ticket": "t", "corrects": "1", "set": {"lane": "main", "urgency": "2"}}),
        ),
    ];
    let lane = &at(&facts, "11:30:00").lanes["main"];
    assert_eq!((lane.present, lane.waiting_by_urgency.as_ref().unwrap()["2"]), (Some(1), 1));
    facts.push(fact(
        "queue.corrected",
        "5",
        "18:01:00",
        json!({"ticket": "t", "corrects": "3", "void": true}),
    ));
    assert_eq!(at(&facts, "11:30:00").lanes["main"].present, Some(0));
}

#[test]
fn counts_and_places_show_what_was_told_last() {
    let facts = [
        fact("queue.observed", "1", "10:00:00", json!({"lane": "door", "waiting": 4, "present": 9})),
        fact("queue.observed", "2", "11:00:00", json!({"lane": "door", "waiting": null})),
        fact("queue.observed", "5", "11:00:00", json!({"lane": "main", "waiting": 4})),
        fact(
            "capacity.observed",
            "3",
            "10:00:00",
            json!({"resource": "stretcher", "total": 5, "occupied": 7}),
        ),
        fact("capacity.observed", "4", "11:00:00", json!({"resource": "stretcher", "total": null})),
    ];
    assert_eq!(at(&facts, "10:00:00").lanes["door"].waiting, Some(4));
    let later = at(&facts, "11:00:00");
    assert_eq!((later.lanes["door"].waiting, later.lanes["door"].present), (None, Some(9)));
    assert_eq!(later.capacity["stretcher"], BTreeMap::from([("occupied".into(), 7)]));
    assert!(!later.lanes.contains_key("main"), "counts say nothing of a lane of tickets");
}
