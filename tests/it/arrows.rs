//! What may know what, and other promises about the sources themselves.

mod tidy;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use acceptance::program::root;

/// The crates of the house that each may depend on: data flows downward through this list.
const ARROWS: [(&str, &[&str]); 11] = [
    ("situation", &[]),
    ("proto", &["situation"]),
    ("bus", &["proto"]),
    ("journal", &["proto"]),
    ("runtime", &[]),
    ("sources", &["proto", "bus", "runtime", "situation"]),
    ("recorder", &["situation", "proto", "journal", "bus", "runtime"]),
    ("projector", &["situation", "proto", "bus", "runtime"]),
    ("gateway", &["proto", "bus", "runtime"]),
    (
        "tilanne",
        &["situation", "proto", "bus", "journal", "runtime", "sources", "recorder", "projector", "gateway"],
    ),
    ("acceptance", &["tilanne"]),
];

/// What the pure rules may use besides the house: time zones, cheap text, error types.
const PURE: [&str; 3] = ["jiff", "smol_str", "thiserror"];

/// The manifests by crate name.
fn manifests() -> BTreeMap<String, toml::Table> {
    let workspace = read(root().join("Cargo.toml"));
    let members = workspace["workspace"]["members"].as_array().expect("members");
    let manifest = |member: &toml::Value| {
        let manifest = read(root().join(member.as_str().expect("a path")).join("Cargo.toml"));
        (manifest["package"]["name"].as_str().expect("a name").to_owned(), manifest)
    };
    members.iter().map(manifest).collect()
}

fn read(path: PathBuf) -> toml::Table {
    std::fs::read_to_string(&path).expect("a manifest").parse().expect("TOML")
}

/// What ships with the crate: not what only its own tests use.
fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let tables = ["dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|table| manifest.get(table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn no_crate_knows_one_that_it_must_not() {
    let manifests = manifests();
    let named: BTreeSet<&str> = manifests.keys().map(String::as_str).collect();
    assert_eq!(named, ARROWS.iter().map(|(name, _)| *name).collect(), "every crate has its line here");
    for (name, allowed) in ARROWS {
        for known in dependencies(&manifests[name]).iter().filter(|known| named.contains(known.as_str())) {
            assert!(allowed.contains(&known.as_str()), "{name} must not know {known}");
        }
    }
}

#[test]
fn the_rules_know_neither_bytes_nor_threads() {
    for known in dependencies(&manifests()["situation"]) {
        assert!(PURE.contains(&known.as_str()), "situation must not use {known}");
    }
}

#[test]
fn only_the_recorder_and_the_program_know_the_journal() {
    let know: Vec<String> = manifests()
        .into_iter()
        .filter(|(_, manifest)| dependencies(manifest).contains("journal"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(know, ["recorder", "tilanne"]);
}
