use std::time::Duration;

use super::COUNTS;
use crate::Error;
use crate::tabular::{Place, Spec};

fn error(toml: &str) -> Error {
    Spec::from_toml(toml, "test.toml").expect_err(toml)
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_nearest() {
    let changed = |from: &str, to: &str| COUNTS.replacen(from, to, 1);
    for (toml, key, nearest) in [
        (changed("time_zone", "tme_zone"), "time.tme_zone", "time.time_zone"),
        (changed("shape =", "shaped ="), "shaped", "shape"),
        (changed("[complete]", "[compleet]"), "compleet", "complete"),
        (changed("equals =", "equal ="), "complete.last_row.equal", "complete.last_row.equals"),
        (changed("starts_with", "start_with"), "leave_out.start_with", "leave_out.starts_with"),
        (changed("count =", "counts ="), "event.counts", "event.count"),
        (changed("[limits]", "[poll]\nevry = \"5m\"\n[limits]"), "poll.evry", "poll.every"),
    ] {
        let error = error(&toml);
        let expected = format!("test.toml: unknown key `{key}`; the nearest known one is `{nearest}`");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_description_that_cannot_be_followed_is_refused_with_what_to_write() {
    let code = "[map.urgency]\n\"1\" = \"A\"\n[[event]]\nname = \"x\"\ntype = \"queue.triaged\"\n";
    for (from, to, sentence) in [
        ("windows-1252", "windows-9999", "encoding `windows-9999` is not known"),
        ("delimiter = \";\"", "delimiter = \";;\"", "must be one ASCII character"),
        ("America/Toronto", "America/Torronto", "neither a zone such as Europe/Helsinki nor an offset"),
        ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%Q", "is not a pattern that gives a date and an hour"),
        ("%Y-%m-%dT%H:%M", "%Y-%m-%d", "is not a pattern that gives a date and an hour"),
        ("{event}", "x", "id must contain {event}"),
        ("{time}", "x", "must contain {station} and {time}"),
        ("{time}", "{tme}", "names the part `tme`; write one of station, time, event, column:NAME"),
        ("{time}", "{time", "opens a brace"),
        ("name = \"stretcher\"", "name = \"main\"", "two events have the name `main`"),
        ("lane = \"main\" }", "present = 1 }", "gives the member `present` twice"),
        ("blank = true", "blank = false", "exactly one of equals, starts_with, blank = true"),
        (
            "[[event]]",
            &format!("{code}code = {{ urgency = {{ column = \"P\", map = \"urgncy\" }} }}\n[[event]]"),
            "there is no [map.urgncy]; the nearest map is `urgency`",
        ),
        ("[limits]", "[poll]\nevery = \"5m\"\n[limits]", "exactly one of url and file"),
        (
            "[limits]",
            "[poll]\nevery = \"often\"\nfile = \"x\"\n[limits]",
            "poll.every `often` is not a duration",
        ),
        ("[limits]", "[poll]\nevery = \"10ms\"\nfile = \"x\"\n[limits]", "too often"),
        ("[limits]", "[poll]\nevery = \"5m\"\nurl = \"ftp://x\"\n[limits]", "must begin with http"),
    ] {
        let error = error(&COUNTS.replacen(from, to, 1));
        assert!(matches!(error, Error::FeedRule { .. }), "{from} -> {to}: {error}");
        assert!(error.to_string().contains(sentence), "{from} -> {to}: {error}");
    }
}

#[test]
fn what_is_missing_or_of_the_wrong_type_is_named_with_its_place() {
    let missing = error(&COUNTS.replacen("source = \"/feeds/test\"", "", 1)).to_string();
    assert!(missing.contains("missing field `source`"), "{missing}");
    let wrong = error(&COUNTS.replacen("rows = 6", "rows = \"six\"", 1)).to_string();
    assert!(wrong.contains("rows = \"six\""), "{wrong}");
    assert!(matches!(error("source = "), Error::FeedSyntax { .. }));
}

#[test]
fn a_place_to_poll_is_read_with_its_durations() {
    let toml = format!("{COUNTS}\n[poll]\nurl = \"https://feeds.example/x.csv\"\nevery = \"5m\"\n");
    let poll = Spec::from_toml(&toml, "test.toml").unwrap().poll.unwrap();
    assert_eq!(poll.place, Place::Url("https://feeds.example/x.csv".to_owned()));
    assert_eq!((poll.every, poll.timeout), (Duration::from_secs(300), Duration::from_secs(30)));
}

#[test]
fn the_shipped_descriptions_can_be_followed() {
    for (name, text) in [
        ("quebec", include_str!("../../../../../config/feeds/quebec.toml")),
        ("quebec-week", include_str!("../../../../../config/feeds/quebec-week.toml")),
        ("skane", include_str!("../../../../../config/feeds/skane.toml")),
    ] {
        let spec = Spec::from_toml(text, name).unwrap();
        assert!(spec.attribution.is_some_and(|text| text.contains("CC BY 4.0")), "{name}");
    }
}
