//! What the adapter promises, on small bodies written here and on the real files where they are present.

mod clock;
mod observation;
mod real;
mod refusal;
mod spec;
mod visit;

use serde_json::Value;

use super::{Adapter, Detail, Event, Reading, Refusal, Spec};

/// A small feed of counts with everything an observation can have.
const COUNTS: &str = r#"
source = "/feeds/test"
shape = "observation"
attribution = "Source: a test"
id = "{station}-{time}-{event}"
[format]
encoding = "windows-1252"
delimiter = ";"
[limits]
rows = 6
field_bytes = 40
body_bytes = 2000
[complete]
final_line_end = true
last_row = { column = "Name", equals = "All of it" }
[[leave_out]]
column = "Name"
starts_with = "Total"
[[leave_out]]
column = "Station"
blank = true
[cells]
not_reported = ["pas d'information disponible"]
[time]
column = "Updated"
formats = ["%Y-%m-%dT%H:%M"]
time_zone = "America/Toronto"
ambiguous = "earlier"
skipped = "forward"
[station]
column = "Station"
[[event]]
name = "main"
type = "queue.observed"
set = { lane = "main" }
count = { present = "Present", waiting = "Waiting now" }
[[event]]
name = "stretcher"
type = "capacity.observed"
set = { resource = "stretcher" }
count = { occupied = "Occupied" }
"#;

const HEADER: &str = "Name;Station;Present;Waiting now;Occupied;Updated\n";

fn feed(toml: &str) -> Adapter {
    Adapter::new(Spec::from_toml(toml, "test.toml").unwrap())
}

/// A whole body of the small feed.
fn body(rows: &str) -> Vec<u8> {
    windows_1252(&format!("{HEADER}{rows}All of it;;9;9;9;2024-03-10T3:45\n"))
}

fn windows_1252(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(toml: &str, body: &[u8]) -> Result<Reading, Refusal> {
    feed(toml).read(body, Detail::Cells)
}

fn events(reading: Reading) -> Vec<Value> {
    reading.into_events().iter().map(Event::to_value).collect()
}
