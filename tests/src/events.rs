//! Events to send.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A CloudEvent; `kind` without prefix and version, such as `queue.joined`.
#[must_use]
pub fn event(id: &str, source: &str, subject: &str, kind: &str, time: Timestamp, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": format!("fi.tilanne.{kind}.v1"),
        "subject": subject,
        "time": time.to_string(),
        "data": data,
    })
}

/// Now, for tests whose events must be recent. Rounded down, so that its text is short.
#[must_use]
pub fn now() -> Timestamp {
    let since_the_epoch = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    Timestamp::from_second(i64::try_from(since_the_epoch).expect("before the end of time")).expect("a time")
}

/// A time written as text.
#[must_use]
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}
