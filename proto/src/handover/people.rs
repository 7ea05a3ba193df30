//! Who came, waited and left, as JSON. People are counted, and never told of one by one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use situation::area::{Area, Station};
use situation::event::Outcome;
use situation::handover::{ClosingReport, WaitsReport};
use situation::name::{LaneId, UrgencyCode};

use crate::board::trilingual;
use crate::time::format;

/// The key of those of whom nobody said how they left.
const UNTOLD: &str = "not_told";

/// How people left: the words are those of the events.
pub(super) fn left(left: &BTreeMap<Option<Outcome>, u32>) -> Value {
    let left = left.iter().map(|(outcome, count)| (word(*outcome).to_owned(), (*count).into()));
    Value::Object(left.collect::<Map<_, _>>())
}

pub(super) const fn word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Treated) => "treated",
        Some(Outcome::Unseen) => "unseen",
        Some(Outcome::Booked) => "booked",
        Some(Outcome::Advised) => "advised",
        Some(Outcome::Redirected) => "redirected",
        Some(Outcome::Remote) => "remote",
        Some(Outcome::Admitted) => "admitted",
        Some(Outcome::Transferred) => "transferred",
        Some(Outcome::NoShow) => "no_show",
        Some(Outcome::Emergency) => "emergency",
        Some(Outcome::Died) => "died",
        None => UNTOLD,
    }
}

/// Of those who were inside some may have left unseen: a zero says that nobody has, where somebody is known to have left.
pub(super) fn closing(closing: &ClosingReport) -> Value {
    let ClosingReport { inside, empty, went, still } = closing;
    let unseen = went.get(&Some(Outcome::Unseen)).copied();
    let unseen = unseen.or_else(|| (*inside == Some(0) || !went.is_empty()).then_some(0));
    json!({"inside": inside, "empty_at": empty.map(format), "left": left(went), "unseen": unseen, "still": (*still > 0).then_some(still)})
}

/// Waits by lane, and in each by urgency.
pub(super) fn lanes(
    area: &Area,
    station: &Station,
    waits: &BTreeMap<(LaneId, UrgencyCode), WaitsReport>,
) -> Value {
    let mut lanes: BTreeMap<&LaneId, Map<String, Value>> = BTreeMap::new();
    for ((lane, code), waits) in waits {
        lanes.entry(lane).or_default().insert(code.as_str().to_owned(), row(waits));
    }
    let lanes = lanes.into_iter().map(|(id, waits)| {
        let lane = station.lanes.get(id);
        let rank = |code: &str| {
            let urgencies = lane.map_or(&[][..], |lane| area.urgencies(lane));
            urgencies.iter().position(|urgency| urgency.code.as_str() == code)
        };
        let waits = waits.into_iter().map(|(code, mut row)| {
            if let (Value::Object(members), Some(rank)) = (&mut row, rank(&code)) {
                members.insert("rank".into(), (rank + 1).into());
            }
            (code, row)
        });
        let name = lane.map(|lane| trilingual(&lane.name));
        let waits: Map<_, _> = waits.collect();
        (id.as_str().to_owned(), json!({"name": name, "waits": waits}))
    });
    Value::Object(lanes.collect::<Map<_, _>>())
}

fn row(waits: &WaitsReport) -> Value {
    let WaitsReport { target, seen, within, longest, waiting, waiting_longest, overdue } = waits;
    let seconds = |span: &Option<std::time::Duration>| span.map(|span| span.as_secs());
    json!({
        "target_s": seconds(target),
        "seen": seen,
        "within": target.map(|_| within),
        "longest_s": seconds(longest),
        "waiting": waiting,
        "waiting_longest_s": seconds(waiting_longest),
        "overdue": target.map(|_| overdue),
    })
}
