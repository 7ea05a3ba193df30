//! What looks like an identity code and is none: it must pass.

use acceptance::events::{event, now};
use serde_json::{Value, json};

use super::sound;

/// Dates, serial numbers, and codes of which one sign is wrong.
const IDS: [&str; 12] = [
    "20250101-0615",
    "131052-308S",  // the check character is wrong
    "321052-308T",  // no such day
    "131352-308T",  // no such month
    "x131052-308T", // a letter before
    "131052-308T1", // a digit after
    "9131052-308T", // a digit before
    "131052_308T",
    "131052-30-8T",
    "131052308T",
    "131052/308T",
    "010125-1234567",
];

pub fn table() -> Vec<Value> {
    let mut events: Vec<Value> = IDS.into_iter().map(sound).collect();
    for (at, ticket) in
        ["131052-308X", "20261126-1705", "c-13105-2308T", "300225-123A"].into_iter().enumerate()
    {
        let data = json!({"lane": "kiire", "ticket": ticket});
        events.push(event(
            &format!("ticket-{at}"),
            "/feeds/porvoo",
            "porvoo-paivystys",
            "queue.joined",
            now(),
            &data,
        ));
    }
    for (at, reason) in
        ["auki 010125-310125", "soita 019-5482345", "ä131052-308T", "131052-308Tä"].into_iter().enumerate()
    {
        let data = json!({"reason": reason});
        events.push(event(
            &format!("reason-{at}"),
            "/feeds/sipoo",
            "sipoo-sote",
            "station.status",
            now(),
            &data,
        ));
    }
    events
}
