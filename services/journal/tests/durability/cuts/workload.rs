//! Work that is recorded: groups appended, bound and merged, processes killed and started again.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use journal::{Decision, Journal, Options, open_on};

use super::recorder::{BUILDING, LeftOut, Recorder, WITNESS};
use super::shadow::Shadow;
use super::tape::{Change, Event, below};
use crate::dice::Dice;
use crate::records::{Kind, flat, group};

/// A process that is killed is started again; one that can't be is a finding of its own.
const MOST_STARTS: u64 = 50;
/// As many attempts as records tell apart.
const ATTEMPTS: u64 = 1 << 15;
/// So often everything is bound at once, so that a short run has volumes whatever the scheduler does.
const SETTLE_PERCENT: u64 = 15;
/// Calls within which a kill comes: a few appends, or one binding.
const KILL_WITHIN: usize = 60;

/// What is done.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub kind: Kind,
    /// Records in a group.
    pub group: usize,
    pub groups: usize,
    /// The tail is bound at this size.
    pub bind_bytes: u64,
    pub kills: u64,
    pub left_out: LeftOut,
}

/// What happened.
pub struct Run {
    /// What was durable when it began.
    pub base: Vec<(std::path::PathBuf, Option<Bytes>)>,
    pub tape: Vec<Event>,
}

pub fn options(bind_bytes: u64) -> Options {
    // Without pauses between appends binding would wait for ever: it is to be cut beside them.
    Options { bind_bytes, give_way: Duration::ZERO, ..Options::default() }
}

/// Appends to the journal in `root`: a new one, or what a cut left of one.
pub fn run(plan: Plan, root: &Path, dice: &mut Dice) -> Run {
    let recorder = Arc::new(Recorder::new(root, plan.left_out, dice.number()));
    let open = || open_on(root, &options(plan.bind_bytes), Arc::clone(&recorder) as _);
    // What a new journal begins with is taken for durable; what is done to one that is there already is cut.
    let mut base = if root.exists() { Some(recorder.begin()) } else { None };
    let mut journal = open().expect("a journal");
    let base = base.take().unwrap_or_else(|| recorder.begin());
    recorder.note(Event::Opened(journal.head()));
    let mut starts = 1;
    let mut attempt = dice.number() % ATTEMPTS;
    let mut done = 0;
    while done < plan.groups {
        if plan.kills >= starts && dice.chance(20) {
            recorder.kill_after(dice.index(KILL_WITHIN));
        }
        let group = group(plan.kind, dice.seed, journal.head().sequence, plan.group, attempt);
        if append(&*journal, &recorder, &group) {
            done += 1;
            if !dice.chance(SETTLE_PERCENT) || journal.settle().is_ok() {
                continue;
            }
        }
        // Killed. Starting again may be killed, too.
        drop(journal);
        journal = loop {
            starts += 1;
            attempt = (attempt + 1) % ATTEMPTS;
            assert!(starts < MOST_STARTS, "the journal does not open again");
            recorder.revive();
            if plan.kills >= starts {
                recorder.kill_after(dice.index(2 * KILL_WITHIN));
            }
            match open() {
                Ok(journal) => break journal,
                Err(error) => assert!(plan.kills >= starts, "after a kill: {error}"),
            }
        };
        recorder.note(Event::Opened(journal.head()));
    }
    recorder.kill();
    drop(journal);
    let run = Run { base, tape: recorder.tape() };
    run.check(root);
    run
}

fn append(journal: &dyn Journal, recorder: &Recorder, group: &[Decision]) -> bool {
    recorder.note(Event::Submitted(flat(group).cloned().collect()));
    match journal.append(group) {
        Ok(head) => {
            recorder.note(Event::Acknowledged(head));
            true
        }
        Err(_) => false,
    }
}

impl Run {
    /// How often something was put into its place: volumes that were bound.
    pub fn bindings(&self) -> usize {
        self.tape.iter().filter(|event| matches!(event, Event::Changed(Change::Rename(..)))).count()
    }

    /// Holds the model against the directory: where they differ, something went past the port, and a
    /// verdict of the harness would be worth nothing.
    fn check(&self, root: &Path) {
        let mut shadow = Shadow::over(&self.base);
        for event in &self.tape {
            shadow.apply(event);
        }
        let model = shadow.now();
        // What an unfinished step leaves is cleared away past the port at the next start.
        let unfinished =
            |path: &Path| path.starts_with(BUILDING) || path.extension().is_some_and(|it| it == "copy");
        let ignored = |path: &Path| path == Path::new(WITNESS) || unfinished(path);
        let mut found = 0;
        for (path, bytes) in below(root) {
            let Some(bytes) = bytes.filter(|_| !ignored(&path)) else { continue };
            let known = model.files.get(&path);
            assert!(known.is_some_and(|known| *known == bytes), "the harness is blind: {}", path.display());
            found += 1;
        }
        let known = model.files.keys().filter(|path| !ignored(path));
        assert_eq!(known.count(), found, "the harness is blind: files went past the port");
    }
}
