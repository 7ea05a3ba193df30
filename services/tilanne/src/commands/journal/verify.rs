//! `tilanne journal verify`: is every fact as it was written?

use std::path::Path;
use std::process::{Command, Stdio};

use ::journal::{Damage, Place, Report};
use proto::fact::hex;
use serde_json::json;

use super::directory::read;
use super::expected::{Expected, text};
use super::progress::Bar;
use super::{count, tell};
use crate::Error;
use crate::output::say;

/// Checks in a process of its own: whatever a damaged store does to it, the verdict is told in order.
pub fn in_a_child(dir: &Path, against: Option<&Expected>, json: bool) -> Result<(), Error> {
    let program =
        std::env::current_exe().map_err(|source| Error::Io { doing: "finding this program", source })?;
    let mut command = Command::new(program);
    command.args(["journal", "verify", "--in-this-process"]).arg(dir).stdin(Stdio::null());
    if json {
        command.arg("--json");
    }
    if let Some(against) = against {
        command.arg("--against").arg(against.to_string());
    }
    let status =
        command.status().map_err(|source| Error::Io { doing: "starting the checking process", source })?;
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(runtime::exit::DONE) => Ok(()),
        // The child has said why on standard error.
        Some(code @ (runtime::exit::USAGE | runtime::exit::FAILED | runtime::exit::BAD)) => {
            std::process::exit(i32::from(code))
        }
        // Ended from outside, or for want of memory: that says nothing about the journal.
        Some(_) | None => {
            Err(Error::Failed(format!("the checking process was ended ({status}): no verdict")))
        }
    }
}

/// After any damage. A salvage comes first: what it gives is newer than a backup.
const WHAT_TO_DO: &str = "keep the store as it is, then salvage it or restore a backup";

/// After damage that touches no fact. A backup of such a journal is refused, and nothing is to be salvaged.
const HOW_ANEW: &str = "leave it, or make the journal anew: stop the process, `tilanne journal export DIR --sealed > FILE`, \
                        then `tilanne journal import NEW_DIR FILE`";

/// Damage that is met when the journal is opened is a verdict, too.
fn verdict(error: Error) -> Error {
    let Error::Journal(::journal::Error::Damaged { sequence, why }) = error else { return error };
    let sound = sequence.saturating_sub(1);
    Error::Bad(format!("damaged at sequence {sequence}: {why}; sound up to sequence {sound}; {WHAT_TO_DO}"))
}

pub fn verify(dir: &Path, against: Option<&Expected>, json: bool) -> Result<(), Error> {
    let journal = read(dir).map_err(verdict)?;
    let mut bar = Bar::of("facts");
    let report = journal.verify(&mut |progress| bar.show(progress.sequence, progress.of))?;
    drop(bar);
    let damage = place(&report);
    for remains in &report.remains {
        let known = if report.unwitnessed.is_none() { "never acknowledged, no damage: " } else { "" };
        tell(&format!("{known}{remains}"));
    }
    if let Some(unwitnessed) = &report.unwitnessed {
        tell(unwitnessed);
    }
    let expected = match (against, &damage) {
        (Some(expected), None) => expected.check(journal.as_ref(), report.sound),
        (_, _) => Ok(()),
    };
    if json {
        let line = json!({
            "sound": damage.is_none(), "facts": report.sound.sequence, "blocks": report.blocks,
            "head": hex(&report.sound.hash), "position": text(report.sound), "damage": damage,
            "remains": report.remains, "unwitnessed": report.unwitnessed,
            "expected": against.map(|_| damage.is_none() && expected.is_ok()),
        });
        say(&line.to_string())?;
    } else if damage.is_none() && expected.is_ok() {
        let (facts, blocks) = (count(report.sound.sequence, "fact"), count(report.blocks, "block"));
        say(&format!("sound: {facts} in {blocks}, head {}", text(report.sound)))?;
    }
    let Some(place) = damage else { return expected };
    let sound = report.sound.sequence;
    Err(Error::Bad(match report.damage {
        Some(Damage { place: Place::Store, .. }) => format!(
            "damaged {place}; no fact is touched: all {sound} facts are sound, and a start reads past it; {HOW_ANEW}"
        ),
        _ => format!("damaged {place}; sound up to sequence {sound}; {WHAT_TO_DO}"),
    }))
}

/// Where the first damage is and what it is; `None` if there is none.
pub fn place(report: &Report) -> Option<String> {
    report.damage.as_ref().map(|Damage { place, why }| match place {
        Place::Sequence(sequence) => format!("at sequence {sequence}: {why}"),
        Place::Store => format!("store header: {why}"),
    })
}
