//! Files short enough to read, names that say something, nothing of one machine.

use std::process::Command;

use acceptance::program::{Said, root};

use crate::PROGRAM;

const MOST_LINES: usize = 500;
/// Names of drawers into which anything fits.
const DRAWERS: [&str; 5] = ["utils", "util", "common", "helpers", "misc"];
/// Where one machine keeps things.
const PLACES: [&str; 4] = ["/root/", "/home/", "/work/", "/tmp/"];
/// Itself, which has to name them.
const THIS_FILE: &str = "tests/it/arrows/tidy.rs";

/// The tracked files, or none, aloud, where this is not a clone.
fn tracked() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else {
        eprintln!("skipped: this is not a clone, or git is not there");
        return Vec::new();
    };
    String::from_utf8(listed.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

fn text(file: &str) -> Option<String> {
    std::fs::read(root().join(file)).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

#[test]
fn every_source_file_can_be_read_at_one_sitting() {
    let (mut files, mut all) = (0, 0);
    for file in tracked().iter().filter(|file| file.ends_with(".rs")) {
        let lines = text(file).map_or(0, |text| text.lines().count());
        assert!(lines <= MOST_LINES, "{file} has {lines} lines");
        let name = file.trim_end_matches(".rs").rsplit('/').find(|part| *part != "mod").unwrap_or_default();
        assert!(!DRAWERS.contains(&name), "{file}: name it by what it does");
        (files, all) = (files + 1, all + lines);
    }
    eprintln!("tidy: {files} source files, {all} lines");
}

#[test]
fn nothing_names_a_place_on_one_machine() {
    for file in tracked().iter().filter(|file| !["Cargo.lock", THIS_FILE].contains(&file.as_str())) {
        for (line, written) in text(file).unwrap_or_default().lines().enumerate() {
            for place in PLACES {
                assert!(!written.contains(place), "{file}:{}: {written}", line + 1);
            }
        }
    }
}

#[test]
fn the_readme_names_only_commands_that_exist() {
    let Some(readme) = text("README.md") else {
        eprintln!("skipped: there is no README yet");
        return;
    };
    let mut known = 0;
    for line in readme.lines().map(|line| line.trim().trim_start_matches("$ ")) {
        let mut words = line.split_whitespace();
        let program = words.next().unwrap_or_default();
        if let Some(script) = program.strip_prefix("./").or(Some(program)).filter(|it| it.starts_with("ops/"))
        {
            assert!(root().join(script).exists(), "{line}");
            known += 1;
        }
        // A command line, not a sentence that begins with the name.
        let Some(command) = words.next().filter(|_| program == "tilanne" || program.ends_with("/tilanne"))
        else {
            continue;
        };
        if command.chars().all(|it| it.is_ascii_lowercase()) && !["is", "has", "does"].contains(&command) {
            Said::by(PROGRAM, &[command, "--help"]).with_code(0);
            known += 1;
        }
    }
    assert!(known > 0, "the README shows how to begin");
}
