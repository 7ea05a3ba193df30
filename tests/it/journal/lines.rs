//! Lines that prove themselves.

use std::path::Path;

use acceptance::program::Said;
use acceptance::server::{Plan, Server};
use serde_json::Value;

use super::{AREA, exported, head, journal, tell, text};
use crate::PROGRAM;

/// A stopped server with some hundred facts of the demo's kind.
async fn stopped() -> Server {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    tell(&server.door(AREA), "told", 300).await;
    server.interrupt().await;
    server
}

#[tokio::test]
async fn what_is_exported_is_imported_to_the_same_head() {
    let server = stopped().await;
    let lines = exported(&server.data());
    let last = head(lines.last().expect("facts"));
    let (file, again) = (server.scratch("facts.ndjson"), server.scratch("deep/er/again"));
    std::fs::write(&file, lines.join("\n") + "\n").expect("written");
    let imported = journal("import", &[text(&again), text(&file), "--against", &last]).with_code(0);
    assert_eq!(imported.out.trim(), last, "the head is what a script gets");
    assert_eq!(exported(&again), lines);
    journal("verify", &[text(&again), "--against", &last]).with_code(0);

    let (piped, here) = (server.scratch("piped"), server.data());
    let pipe = format!(
        "'{PROGRAM}' journal export '{}' --sealed | '{PROGRAM}' journal import '{}'",
        text(&here),
        text(&piped)
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &pipe]);
    assert_eq!(Said::within(shell, std::time::Duration::from_secs(60)).with_code(0).out.trim(), last);

    // A reader that has seen enough is no failure.
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("'{PROGRAM}' journal export '{}' | head -n 1", text(&here))]);
    let cut = Said::within(shell, std::time::Duration::from_secs(60)).with_code(0);
    assert_eq!((cut.out.trim(), cut.err.as_str()), (lines[0].as_str(), ""));
}

#[tokio::test]
async fn a_line_that_is_not_as_it_was_is_refused_by_its_number() {
    let server = stopped().await;
    let lines = exported(&server.data());
    let changed = |at: usize, from: &str, to: &str| {
        let mut lines = lines.clone();
        assert!(lines[at].contains(from), "{}", lines[at]);
        lines[at] = lines[at].replacen(from, to, 1);
        lines
    };
    let without = |at: usize| [&lines[..at], &lines[at + 1..]].concat();
    let mut swapped = lines.clone();
    swapped.swap(70, 71);
    let doubled = [&lines[..90], &lines[89..]].concat();
    let cases: [(&str, Vec<String>, usize); 10] = [
        ("a number", changed(100, "\"waiting\":", "\"waiting\":1"), 101),
        ("a member added", changed(100, "\"waiting\":", "\"in_care\":1,\"waiting\":"), 101),
        ("an unknown member", changed(100, "{\"data\"", "{\"comment\":1,\"data\""), 101),
        ("the time", changed(150, "\"received_time\":\"2", "\"received_time\":\"3"), 151),
        ("an own fact's name", changed(0, "\"id\":\"log-", "\"id\":\"log+"), 1),
        ("the head", changed(200, "\"head\":\"", "\"head\":\"f"), 201),
        ("not JSON", changed(120, "{", "["), 121),
        ("missing", without(50), 51),
        ("reordered", swapped, 71),
        ("doubled", doubled, 91),
    ];
    for (what, lines, number) in cases {
        let (file, dir) = (server.scratch("changed.ndjson"), server.scratch("refused"));
        std::fs::write(&file, lines.join("\n")).expect("written");
        let refused = journal("import", &[text(&dir), text(&file)]).with_code(2);
        assert!(refused.err.contains(&format!("line {number}: ")), "{what}: {}", refused.err);
        assert!(!dir.exists(), "{what}: nothing is left behind");
    }
}

#[tokio::test]
async fn an_export_that_was_cut_off_is_noticed() {
    let server = stopped().await;
    let lines = exported(&server.data());
    let sealed = journal("export", &[text(&server.data()), "--sealed"]).with_code(0).out;
    let end = format!(
        r#"{{"end":{{"facts":{},"head":{},"sequence":{}}}}}"#,
        lines.len(),
        serde_json::from_str::<Value>(lines.last().expect("facts")).expect("JSON")["head"],
        lines.len()
    );
    assert_eq!(sealed.lines().collect::<Vec<_>>(), [&lines[..], &[end]].concat());
    let (file, dir) = (server.scratch("short.ndjson"), server.scratch("short"));
    let import = |bytes: &str, flags: &[&str]| {
        std::fs::write(&file, bytes).expect("written");
        journal("import", &[&[text(&dir), text(&file)], flags].concat())
    };
    // Within a line, and within the one that ends it.
    let between = sealed.match_indices('\n').nth(199).expect("lines").0 + 1;
    let last_line = format!("line {}: ", lines.len() + 1);
    for (cut, why) in [(between + 40, "line 201: "), (sealed.len() - 9, last_line.as_str())] {
        let refused = import(&sealed[..cut], &[]).with_code(2);
        assert!(refused.err.contains(why), "cut at {cut}: {}", refused.err);
        assert!(!dir.exists(), "nothing is left behind");
    }
    // Between two lines it looks like plain lines, which are taken: only the head tells, so that is said.
    let taken = import(&sealed[..between], &[]).with_code(0);
    assert!(taken.err.contains("nothing says that fact 200 is the last"), "{}", taken.err);
    assert_eq!(taken.out.trim(), head(&lines[199]));
    std::fs::remove_dir_all(&dir).expect("removed");
    let middle: Vec<&str> = sealed.lines().take(200).chain(sealed.lines().last()).collect();
    let refused = import(&middle.join("\n"), &[]).with_code(2);
    assert!(refused.err.contains("line 201: ") && refused.err.contains("missing"), "{}", refused.err);
    let behind = format!("{sealed}{}\n", lines[0]);
    assert!(import(&behind, &[]).with_code(2).err.contains("follows the line that ends"));
    let whole = head(lines.last().expect("facts"));
    let short = import(&sealed[..between], &["--against", &whole]).with_code(2);
    assert!(short.err.contains("200:") && !dir.exists(), "{}", short.err);

    let taken = import(&sealed[..between + 40], &["--cut-off"]).with_code(0);
    assert_eq!(taken.out.trim(), head(&lines[199]));
    assert!(taken.err.contains("line 201 was cut off"), "{}", taken.err);
    std::fs::remove_dir_all(&dir).expect("removed");
    assert_eq!(import(&sealed, &[]).with_code(0).out.trim(), whole);
}

#[tokio::test]
async fn a_head_is_held_against_the_journal() {
    let server = stopped().await;
    let lines = exported(&server.data());
    let data = server.data();
    let against = |head: &str| journal("verify", &[text(&data), "--against", head]);
    for at in [0, 17, lines.len() - 1] {
        against(&head(&lines[at])).with_code(0);
    }
    let hash = head(lines.last().expect("facts"));
    let (_, hash) = hash.split_once(':').expect("two parts");
    against(hash).with_code(0);
    let other = against(&format!("17:{hash}")).with_code(2);
    assert!(other.err.contains("another journal"), "{}", other.err);
    let longer = against(&format!("{}:{hash}", lines.len() + 1)).with_code(2);
    assert!(longer.err.contains("shorter"), "{}", longer.err);
    assert_eq!(against("17").code, 64);
}

#[tokio::test]
async fn nothing_is_made_where_something_is() {
    let server = stopped().await;
    let data = server.data();
    let file = server.scratch("facts.ndjson");
    std::fs::write(&file, exported(&data).join("\n")).expect("written");
    for (action, arguments) in [
        ("import", vec![text(&data), text(&file)]),
        ("backup", vec![text(&data), text(&data)]),
        ("restore", vec![text(&data), text(&data)]),
        ("salvage", vec![text(&data), text(&data)]),
    ] {
        assert_eq!(journal(action, &arguments).code, 64, "{action}");
    }
    let nowhere = server.scratch("nowhere");
    for action in ["verify", "stat", "export"] {
        assert_eq!(journal(action, &[text(&nowhere)]).code, 64, "{action}");
    }
    let missing = journal("import", &[text(&nowhere), text(Path::new("no-such-file"))]);
    assert!(missing.code == 64 && missing.err.contains("no-such-file can't be read"), "{missing:?}");
    let empty = server.scratch("empty.ndjson");
    for (lines, why) in [("", "it is empty"), ("\n", "none of its lines is one")] {
        std::fs::write(&empty, lines).expect("written");
        let refused = journal("import", &[text(&nowhere), text(&empty)]).with_code(2);
        let says = format!("there are no facts in {}, {why}", empty.display());
        assert!(refused.err.contains(&says), "{}", refused.err);
    }
    assert!(!nowhere.exists());
    // A disk that was just made is empty, too.
    let fresh = server.scratch("fresh");
    std::fs::create_dir_all(fresh.join("lost+found")).expect("a directory");
    journal("import", &[text(&fresh), text(&file)]).with_code(0);
    let after = journal("export", &[text(&data), "--after", "100"]).with_code(0);
    let first: Value = serde_json::from_str(after.out.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["sequence"], 101);
    for action in ["verify", "stat", "export", "import", "backup", "restore", "salvage"] {
        let help = journal(action, &["--help"]).with_code(0);
        assert!(help.out.contains("Example: tilanne journal"), "{action}: {}", help.out);
    }
}
