//! The other processes of these tests: this very binary, started with a role.

use std::process::Command;

use crate::{blockdevice, rot};

/// Names the role and its arguments, one a line.
const ROLE: &str = "JOURNAL_TEST_ROLE";

/// This binary in a role. Its standard output has the test runner's words in it, too.
pub fn command(role: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "roles::plays_its_role", "--nocapture", "--test-threads=1", "-q"]);
    command.env(ROLE, [&[role], arguments].concat().join("\n"));
    command.env("RUST_BACKTRACE", "0");
    command
}

/// No test of its own: without a role there is nothing to do.
#[test]
fn plays_its_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<&str> = role.lines().collect();
    match *words {
        ["write", root, receipts, seed, left_out] => {
            blockdevice::writer::write(root.as_ref(), receipts.as_ref(), seed.parse().unwrap(), left_out);
        }
        ["write with sled", root, receipts, seed] => {
            blockdevice::bare_sled::write(root.as_ref(), receipts.as_ref(), seed.parse().unwrap());
        }
        ["read with sled", root, seed, acknowledged] => {
            blockdevice::bare_sled::read(root.as_ref(), seed.parse().unwrap(), acknowledged.parse().unwrap());
        }
        ["examine"] => rot::examiner::serve(),
        _ => panic!("there is no role {words:?}"),
    }
}
