//! Many mutations, each examined in another process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Mutex;

use super::base::Base;
use super::examiner::{ANSWER, Question, Verdict};
use super::mutation::Mutation;
use crate::dice::{Dice, full, zero};
use crate::{roles, scratch};

const MUTATIONS: usize = 200;
const MUTATIONS_IN_FULL: usize = 2_000;
/// The machines that run this have two cores.
const EXAMINERS: usize = 2;
/// What names a place: a sequence, or a part of the store.
const PLACES: [&str; 11] =
    ["sequence", "store", "format", "witness", "tail", "index", "volume", "marker", "conf", "snap", "db"];

/// An examining process, started again when it dies.
struct Examiner {
    child: Child,
    ask: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Examiner {
    fn start() -> Self {
        let mut command = roles::command("examine", &[]);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("an examiner");
        let ask = child.stdin.take().expect("its input");
        let answers = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, ask, answers }
    }

    fn examine(&mut self, question: &Question<'_>) -> Verdict {
        writeln!(self.ask, "{}", question.line()).expect("a question");
        for line in self.answers.by_ref() {
            if let Some(answer) = line.expect("text").strip_prefix(ANSWER) {
                return Verdict::read(answer);
            }
        }
        let ended = self.child.wait().expect("a state");
        *self = Self::start();
        Verdict::Died(ended.to_string())
    }
}

impl Drop for Examiner {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Spoils a base and asks what comes of it.
fn judge(base: &Base, mutation: &Mutation, examiner: &mut Examiner) -> Verdict {
    let scratch = scratch::directory();
    let root = scratch.path().join("journal");
    base.restore(&root);
    mutation.apply(&root);
    examiner.examine(&Question { root: &root, kind: base.kind, seed: base.seed, records: base.records })
}

#[test]
fn rot_is_found_or_makes_no_difference() {
    let mut dice = Dice::thrown();
    let seed = dice.seed;
    let bases = Base::all(seed);
    for base in &bases {
        let unspoilt = scratch::directory();
        base.restore(&unspoilt.path().join("journal"));
        let root = &unspoilt.path().join("journal");
        let question = Question { root, kind: base.kind, seed: base.seed, records: base.records };
        assert_eq!(Examiner::start().examine(&question), Verdict::Harmless, "{:?}", base.kind);
    }
    let count = if full() { MUTATIONS_IN_FULL } else { MUTATIONS };
    let mutations: Vec<_> = (0..count)
        .map(|_| {
            let base = &bases[dice.index(bases.len())];
            (base, Mutation::thrown(base, &mut dice))
        })
        .collect();
    let work = Mutex::new(mutations.iter());
    let found = Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for _ in 0..EXAMINERS {
            threads.spawn(|| {
                let mut examiner = Examiner::start();
                loop {
                    let Some((base, mutation)) = work.lock().expect("no panic").next() else { break };
                    let verdict = judge(base, mutation, &mut examiner);
                    found.lock().expect("no panic").push((*base, mutation, verdict));
                }
            });
        }
    });
    report(&found.into_inner().expect("no panic"), seed);
}

fn report(found: &[(&Base, &Mutation, Verdict)], seed: u64) {
    let mut harmless: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut detected, mut silent, mut deleted, mut died, mut vague) = (0, 0, 0, 0, 0);
    for (base, mutation, verdict) in found {
        let complain = || eprintln!("{verdict:?}: {:?}, {mutation:?}", base.kind);
        match verdict {
            Verdict::Harmless => *harmless.entry(part(mutation)).or_default() += 1,
            Verdict::Detected(text) if PLACES.iter().any(|place| text.contains(place)) => detected += 1,
            Verdict::Detected(_) => (vague += 1, complain()).0,
            Verdict::Silent(_) => (silent += 1, complain()).0,
            Verdict::Deleted(_) => (deleted += 1, complain()).0,
            Verdict::Died(_) => (died += 1, complain()).0,
        }
    }
    let zero = |count, of: &str| zero(count, of, found.len());
    let unharmed: usize = harmless.values().sum();
    eprintln!(
        "rot: {} mutations, {detected} detected with a place, {unharmed} harmless {harmless:?}, {}, {}, {}, {}; seed {seed}",
        found.len(),
        zero(silent, "silent"),
        zero(deleted, "deletions"),
        zero(died, "deaths of the opening process"),
        zero(vague, "without a place"),
    );
    assert_eq!((silent, deleted, died, vague), (0, 0, 0, 0));
    assert!(detected > 0 && unharmed < found.len(), "mutations hit something");
}

/// The part of the journal that a mutation hit.
fn part(mutation: &Mutation) -> &str {
    let name = mutation.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split_once('.') {
        Some((_, "tail")) => "tail",
        Some(("snap", _)) => "snap",
        Some(_) | None => name,
    }
}
