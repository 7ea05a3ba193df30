//! The commands that need no server, and how mistakes are answered.

use acceptance::program::{Said, root};
use serde_json::Value;

use crate::PROGRAM;

fn tilanne(arguments: &[&str]) -> Said {
    Said::by(PROGRAM, arguments)
}

#[test]
fn mistakes_in_usage_and_configuration_exit_64_with_a_sentence() {
    let scratch = tempfile::tempdir().expect("a directory");
    let file = |name: &str, text: &str| {
        let path = scratch.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let unknown = file("unknown.toml", "[server]\nlisten_on = \"127.0.0.1:1\"\n");
    let broken = file("broken.toml", "[server\n");
    let wrong = file("wrong.toml", "[intake]\nbody_bytes = \"much\"\n");
    let area = file("area.toml", "id = \"x\"\n");
    let here = scratch.path().display().to_string();
    let nowhere = scratch.path().join("nowhere.toml").display().to_string();
    let absent = format!("{nowhere} can't be read");
    let cases: [(&[&str], &str); 19] = [
        (&["up", "--sideways"], "--sideways"),
        (&["dance"], "dance"),
        (&[], "Usage"),
        (&["up", "--config", &unknown], "listen"),
        (&["up", "--config", &broken], "broken.toml"),
        (&["up", "--config", &wrong], "body_bytes"),
        (&["config", "check", "--area", &area], "area.toml"),
        (&["up", "--demo", "--nats", "nats://127.0.0.1:4222"], "embedded bus"),
        (&["run", "kitchen"], "recorder, projector or gateway"),
        (&["up", "--listen", "0.0.0.0:8080"], "loopback"),
        (&["up", "--listen", "here"], "listen"),
        (
            &["replay", "x.csv", "--feed", "config/feeds/skane.toml", "--to", "nowhere", "--speed", "max"],
            "URL",
        ),
        (&["calendar", "--from", "2026-12-01", "--to", "2026-11-01"], "--to"),
        (&["journal", "verify", &here], "no journal"),
        (&["up", "--area", &nowhere], &absent),
        (&["up", "--config", &nowhere], &nowhere),
        (&["replay", "x.csv", "--feed", &nowhere, "--dry-run", "--speed", "max"], &absent),
        (&["send", &nowhere, "--to", "http://127.0.0.1:1"], &absent),
        (&["journal", "import", &nowhere, &here], &here),
    ];
    for (arguments, says) in cases {
        let said = tilanne(arguments);
        assert_eq!(said.code, 64, "{arguments:?}: {said:?}");
        assert!(said.err.contains(says), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn every_shipped_file_is_sound() {
    for area in ["itauusimaa", "quebec", "skane"] {
        let file = format!("config/areas/{area}.toml");
        let said = tilanne(&["config", "check", "--area", &file]).with_code(0);
        assert!(said.out.starts_with("sound: "), "{}", said.out);
    }
    tilanne(&["config", "check", "--config", "config/default.toml"]).with_code(0);
}

#[test]
fn config_show_names_every_key_and_where_its_value_comes_from() {
    let said = tilanne(&["config", "show", "--area", "config/areas/skane.toml"]).with_code(0);
    let text = std::fs::read_to_string(root().join("config/default.toml")).expect("the defaults");
    let defaults: toml::Table = text.parse().expect("TOML");
    let keys = defaults.iter().flat_map(|(section, keys)| {
        keys.as_table().into_iter().flatten().map(move |(key, _)| (section, key))
    });
    for (section, key) in keys {
        assert!(said.out.contains(key.as_str()), "{section}.{key} in {}", said.out);
    }
    assert!(said.out.contains("skane.toml") && said.out.contains("--area"), "{}", said.out);
}

#[test]
fn the_calendar_has_a_line_a_day_a_window_and_a_shift() {
    let said = tilanne(&["calendar", "--from", "2026-12-23", "--to", "2026-12-28", "--json"]).with_code(0);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let days: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "day").collect();
    let dates: Vec<_> = days.iter().map(|day| day["date"].as_str().expect("a date")).collect();
    assert_eq!(dates, ["2026-12-23", "2026-12-24", "2026-12-25", "2026-12-26", "2026-12-27", "2026-12-28"]);
    let kinds: Vec<_> =
        days.iter().map(|day| (day["public_holiday"] == true, day["customary_closed"] == true)).collect();
    let (work, eve, holiday) = ((false, false), (false, true), (true, false));
    assert_eq!(kinds, [work, eve, holiday, holiday, work, work], "{}", said.out);
    assert!(days[2]["name"]["sv"].as_str().is_some_and(|name| name == "juldagen"), "{}", days[2]);
    for line in lines.iter().filter(|line| line["kind"] != "day") {
        let kind = line["kind"].as_str().expect("a kind");
        assert!(["office", "evening", "night", "weekend", "holiday", "shift"].contains(&kind), "{line}");
        for edge in ["from", "to"] {
            assert!(line[edge].as_str().is_some_and(|edge| edge.ends_with("+02:00")), "local time: {line}");
        }
    }
    assert!(lines.len() > days.len(), "windows too");
}
