//! The effective configuration, fit for a terminal and a bug report.

use std::collections::BTreeMap;
use std::fmt::Write;

use toml::Value;

/// Last words of keys whose values are never shown.
const SECRET: [&str; 5] = ["token", "secret", "password", "credentials", "nkey"];

pub(super) fn show(mut leaves: Vec<(Vec<String>, Value)>, places: &BTreeMap<String, String>) -> String {
    // A section's own keys must stand together, before those of the sections inside it.
    leaves.sort_by(|(left, _), (right, _)| {
        left.split_last().map(|(_, s)| s).cmp(&right.split_last().map(|(_, s)| s))
    });
    let mut out = String::new();
    let mut open: &[String] = &[];
    for (path, value) in &leaves {
        let Some((name, section)) = path.split_last() else { continue };
        if section != open {
            let gap = if out.is_empty() { "" } else { "\n" };
            let names: Vec<String> = section.iter().map(|name| bare_or_quoted(name)).collect();
            let _ = writeln!(out, "{gap}[{}]", names.join("."));
            open = section;
        }
        let hidden = Value::String("(hidden)".into());
        let shown = if is_secret(path) && !is_empty(value) { &hidden } else { value };
        let _ = write!(out, "{} = {shown}", bare_or_quoted(name));
        if let Some(place) = places.get(&path.join(".")) {
            let _ = write!(out, "  # from {place}");
        }
        out.push('\n');
    }
    out
}

fn bare_or_quoted(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare { name.to_owned() } else { Value::String(name.to_owned()).to_string() }
}

fn is_secret(path: &[String]) -> bool {
    path.iter().any(|name| {
        let last = name.rsplit(['_', '-']).next().unwrap_or(name);
        let singular = last.strip_suffix('s').unwrap_or(last);
        // A bare `seed` begins a simulation; a `…_seed` is half of a key pair.
        SECRET.contains(&last) || SECRET.contains(&singular) || name.ends_with("_seed")
    })
}

fn is_empty(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_empty) || value.as_table().is_some_and(toml::Table::is_empty)
}
