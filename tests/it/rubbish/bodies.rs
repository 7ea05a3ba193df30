//! Bodies that are not what they claim to be.

use super::sound;

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
const LINES: &str = "application/x-ndjson";

/// A body, and how it is answered.
pub struct Case {
    pub name: &'static str,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    pub status: u16,
    pub says: &'static str,
}

pub fn table() -> Vec<Case> {
    let case = |name, content_type, body: &[u8], status, says| Case {
        name,
        content_type,
        body: body.to_vec(),
        status,
        says,
    };
    let text = sound("in-a-body").to_string();
    let sound = text.as_bytes();
    let spliced = |before: &[u8], after: &[u8]| [before, sound, after].concat();
    let bad_utf8 = text
        .replace("kiire", "ki\u{1}re")
        .into_bytes()
        .iter()
        .map(|byte| if *byte == 1 { 0xff } else { *byte })
        .collect::<Vec<_>>();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nested = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    vec![
        case("empty", ONE, b"", 400, "not JSON"),
        case("not JSON", ONE, b"waiting: 3", 400, "not JSON"),
        case("HTML", ONE, b"<html><body>503</body></html>", 400, "not JSON"),
        case("cut off", ONE, &sound[..sound.len() / 2], 400, "not JSON"),
        case("an array for one", ONE, &spliced(b"[", b"]"), 400, "not a JSON object"),
        case("a number for one", ONE, b"17", 400, "not a JSON object"),
        case("null for one", ONE, b"null", 400, "not a JSON object"),
        case("two for one", ONE, &spliced(sound, b""), 400, "not JSON"),
        case("a NUL behind it", ONE, &spliced(b"", b"\0"), 400, "not JSON"),
        case("only NUL", ONE, &[0; 64], 400, "not JSON"),
        case("a byte order mark", ONE, &spliced(b"\xef\xbb\xbf", b""), 400, "not JSON"),
        case("bad UTF-8", ONE, &bad_utf8, 400, "not JSON"),
        case("UTF-16", ONE, &utf16, 400, "not JSON"),
        case("NaN", ONE, text.replace("waiting\":3", "waiting\":NaN").as_bytes(), 400, "not JSON"),
        case("single quotes", ONE, text.replace('"', "'").as_bytes(), 400, "not JSON"),
        case("a comma too many", ONE, text.replace(":3}", ":3,}").as_bytes(), 400, "not JSON"),
        case("a lone surrogate", ONE, text.replace("kiire", "\\ud800").as_bytes(), 200, "rejected"),
        case("an object for a batch", BATCH, sound, 400, "not a JSON array"),
        case("a batch left open", BATCH, &spliced(b"[", b","), 400, "not a JSON array"),
        case("an empty body for a batch", BATCH, b"", 400, "not a JSON array"),
        case("a batch of no objects", BATCH, b"[1,\"a\",null,[]]", 200, "rejected"),
        case("a deep batch", BATCH, &nested, 200, "rejected"),
        case("one bad line", LINES, &spliced(b"", b"\nwaiting: 3\n"), 400, "line 2 is not JSON"),
        case("a line of a number", LINES, &spliced(b"", b"\n3\n"), 400, "line 2 is not a JSON object"),
        case("a line cut off", LINES, &spliced(b"", &sound[..40]), 400, "line 1 is not JSON"),
        case("10 MB of blanks", ONE, &vec![b' '; 10_000_000], 413, "send smaller bodies"),
        case("10 MB of text", ONE, &spliced(b"", &vec![b'x'; 10_000_000]), 413, "send smaller bodies"),
        case("30,000 events", LINES, "{}\n".repeat(30_000).as_bytes(), 413, "send smaller bodies"),
        case("no content type", "", sound, 415, "application/x-ndjson"),
        case("plain text", "text/plain", sound, 415, "application/x-ndjson"),
        case("plain JSON", "application/json", sound, 415, "application/x-ndjson"),
        case("a form", "application/x-www-form-urlencoded", b"waiting=3", 415, "application/x-ndjson"),
    ]
}
