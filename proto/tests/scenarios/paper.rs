//! Boards as somebody reads them: a line for what belongs together.

use std::path::PathBuf;

use serde_json::Value;

/// What fits on a line that is read at one glance.
const WIDTH: usize = 150;

/// What changes with every happening that is added anywhere: it would bury what a reader looks for.
const OF_THE_LOG: [&str; 4] = ["epoch", "hash", "revision", "sequence"];

/// A board without what the log alone decides.
pub fn readable(mut board: Value) -> Value {
    let members = board.as_object_mut().expect("a board is an object");
    members.retain(|name, _| !OF_THE_LOG.contains(&name.as_str()));
    board
}

/// Compares a board with the file that is expected, or writes it there if told to.
pub fn compare(scenario: &str, name: &str, board: &Value) {
    let mut text = String::new();
    write(board, 0, 0, &mut text);
    text.push('\n');
    compare_text(scenario, &format!("{name}.json"), &text);
}

/// Compares a text with the file that is expected, or writes it there if told to.
pub fn compare_text(scenario: &str, name: &str, text: &str) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios").join(scenario);
    let file = root.join("expected").join(name);
    if std::env::var_os("TILANNE_WRITE_GOLDEN").is_some() {
        std::fs::write(&file, text).expect("written");
    }
    let expected = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{name}: {error}; write it with TILANNE_WRITE_GOLDEN=1 and read it"));
    if expected != text {
        let other = expected.lines().zip(text.lines()).zip(1..).find(|((old, new), _)| old != new);
        panic!("{name} is not what was expected; first here: {other:#?}");
    }
}

/// Members on lines of their own where they don't fit on one. `taken` is what stands before on the line.
fn write(value: &Value, depth: usize, taken: usize, out: &mut String) {
    let line = value.to_string();
    let Value::Object(members) = value else { return out.push_str(&line) };
    if taken + line.len() <= WIDTH {
        return out.push_str(&line);
    }
    let indent = "  ".repeat(depth + 1);
    out.push('{');
    for (number, (name, member)) in members.iter().enumerate() {
        let head = format!("{indent}{}: ", Value::from(name.as_str()));
        out.push_str(if number == 0 { "\n" } else { ",\n" });
        out.push_str(&head);
        write(member, depth + 1, head.chars().count(), out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push('}');
}
