//! The power cuts, and the same with the protection off.

use std::path::Path;

use super::recorder::LeftOut;
use super::shadow::{Cut, Remains, Shadow};
use super::story::Story;
use super::workload::{Plan, Run, run};
use crate::dice::{Dice, full, zero};
use crate::inspection::{End, Failure, inspect};
use crate::records::Kind;
use crate::scratch;

/// Crash states for each workload.
const STATES: usize = 10;
const STATES_IN_FULL: usize = 56;
/// One of so many states is worked on after it was opened, and cut again.
const CUT_AGAIN: usize = 4;

/// So many are closed as they should be after they were looked at: what was found is then bound.
const CLOSED_PERCENT: u64 = 25;

/// How many states came to what.
#[derive(Debug, Default)]
struct Tally {
    states: usize,
    torn: usize,
    reported: usize,
    ahead: usize,
    again: usize,
    bindings: usize,
    failures: Vec<Failure>,
}

impl Tally {
    fn count(&self, kind: impl Fn(&Failure) -> bool) -> usize {
        self.failures.iter().filter(|failure| kind(failure)).count()
    }

    fn lost(&self) -> usize {
        self.count(|failure| matches!(failure, Failure::Lost(_)))
    }

    fn figure(&self, seed: u64) -> String {
        let zero = |count, of: &str| zero(count, of, self.states);
        format!(
            "power cuts: {} states ({} of them a second cut), {}, {}, {}, {}, {}, {}, {}; {} torn tails reported of {}, \
             {} with the unacknowledged group; {} bindings in the runs; seed {seed}",
            self.states,
            self.again,
            zero(self.lost(), "acknowledged lost"),
            zero(self.count(|it| matches!(it, Failure::Closed(_))), "not opening"),
            zero(self.count(|it| matches!(it, Failure::Silent(_))), "silent"),
            zero(self.count(|it| matches!(it, Failure::Unsound(_))), "unsound"),
            zero(self.count(|it| matches!(it, Failure::Unreported(_))), "unreported"),
            zero(self.count(|it| matches!(it, Failure::Blobs(_))), "blobs"),
            zero(self.count(|it| matches!(it, Failure::Stuck(_))), "stuck"),
            self.reported,
            self.torn,
            self.ahead,
            self.bindings,
        )
    }
}

/// Cuts a run at random moments.
struct Cutter<'a> {
    run: &'a Run,
    /// What is promised before the run.
    before: Story,
    tally: &'a mut Tally,
    dice: &'a mut Dice,
    /// Whether states are worked on and cut again.
    again: bool,
    plan: Plan,
}

impl Cutter<'_> {
    fn cut(&mut self, states: usize) {
        let mut moments: Vec<usize> = (0..states).map(|_| self.dice.index(self.run.tape.len() + 1)).collect();
        moments.sort_unstable();
        let mut shadow = Shadow::over(&self.run.base);
        let mut story = self.before.clone();
        let mut tape = self.run.tape.iter();
        let mut at = 0;
        for (number, moment) in moments.into_iter().enumerate() {
            for event in tape.by_ref().take(moment - at) {
                shadow.apply(event);
                story.apply(event);
            }
            at = moment;
            let cut = self.dice.pick(&[
                Cut::Dropped,
                Cut::Emptied,
                Cut::Torn(512),
                Cut::Torn(512),
                Cut::Torn(4_096),
            ]);
            let remains = shadow.cut(cut, self.dice);
            self.judge(&remains, &story, &format!("{:?} {cut:?} at {moment}", self.plan));
            if self.again && number % CUT_AGAIN == 0 {
                self.work_on(&remains, &story);
            }
        }
    }

    fn judge(&mut self, remains: &Remains, story: &Story, what: &str) {
        let scratch = scratch::directory();
        remains.materialise(scratch.path());
        self.tally.states += 1;
        self.tally.torn += usize::from(remains.torn);
        let end = if self.dice.chance(CLOSED_PERCENT) { End::Closed } else { End::Killed };
        match inspect(scratch.path(), story, remains.torn, end) {
            Ok(sound) => {
                self.tally.reported += usize::from(remains.torn && sound.reported);
                self.tally.ahead += usize::from(sound.ahead);
            }
            Err(failure) => {
                if self.plan.left_out == LeftOut::Nothing {
                    let name = format!("cut-{}-{}", self.dice.seed, self.tally.states);
                    let kept = scratch::kept(&name);
                    remains.materialise(&kept);
                    eprintln!("{failure:?}\n  {what}\n  kept in {}", kept.display());
                }
                self.tally.failures.push(failure);
            }
        }
    }

    /// The same disk with a new process on it: opens, appends, is cut while it does.
    fn work_on(&mut self, remains: &Remains, story: &Story) {
        let scratch = scratch::directory();
        remains.materialise(scratch.path());
        let plan = Plan { groups: 6, kills: 0, ..self.plan };
        let run = run(plan, scratch.path(), self.dice);
        let before = self.tally.states;
        let mut cutter = Cutter {
            run: &run,
            before: story.clone(),
            tally: &mut *self.tally,
            dice: &mut *self.dice,
            again: false,
            plan,
        };
        cutter.cut(2);
        self.tally.again += self.tally.states - before;
    }
}

/// Groups of each size, bound so often that a run has several volumes and merges.
fn plans(left_out: LeftOut) -> Vec<Plan> {
    let mut plans = Vec::new();
    for kind in Kind::all() {
        for (group, groups, bind_bytes) in
            [(1, 60, 2 << 10), (7, 40, 16 << 10), (64, 24, 48 << 10), (1_024, 6, 256 << 10)]
        {
            // A large record is as big as sixty others.
            let group = if kind == Kind::Large { group.min(64) } else { group };
            let kills = if group == 7 || full() { 4 } else { 0 };
            plans.push(Plan { kind, group, groups, bind_bytes, kills, left_out });
        }
    }
    plans
}

fn cut_all(left_out: LeftOut, plans: &[Plan], states: usize, dice: &mut Dice) -> Tally {
    let mut tally = Tally::default();
    for &plan in plans {
        let scratch = scratch::directory();
        let root = scratch.path().join("journal");
        let run = run(plan, &root, dice);
        tally.bindings += run.bindings();
        let again = left_out == LeftOut::Nothing;
        let before = Story::default();
        Cutter { run: &run, before, tally: &mut tally, dice, again, plan }.cut(states);
        keep_going(&root);
    }
    tally
}

/// The run's own journal, which met no cut but its kills, is sound.
fn keep_going(root: &Path) {
    let journal = journal::open(root, &super::workload::options(1 << 30)).expect("a journal");
    let report = journal.verify(&mut |_| {}).expect("a verdict");
    assert_eq!(report.damage, None);
}

#[test]
fn a_loss_of_power_takes_nothing_that_was_acknowledged() {
    let mut dice = Dice::thrown();
    let states = if full() { STATES_IN_FULL } else { STATES };
    let tally = cut_all(LeftOut::Nothing, &plans(LeftOut::Nothing), states, &mut dice);
    eprintln!("{}", tally.figure(dice.seed));
    assert_eq!(tally.failures, []);
    assert!(tally.bindings > 0, "some cut may have met a binding");
    assert!(tally.torn > 0, "some cut went through a commit");
    assert!(tally.ahead > 0, "some cut came between a sync and its receipt");
}

#[test]
fn without_syncing_files_the_harness_counts_losses() {
    reports(LeftOut::FileSync);
}

#[test]
fn without_syncing_directories_the_harness_counts_losses() {
    reports(LeftOut::DirectorySync);
}

fn reports(left_out: LeftOut) {
    let mut dice = Dice::thrown();
    let plan = Plan { kind: Kind::Random, group: 7, groups: 20, bind_bytes: 8 << 10, kills: 0, left_out };
    let tally = cut_all(left_out, &[plan], STATES, &mut dice);
    eprintln!("power cuts, {left_out:?} left out: {} of {} states lose", tally.failures.len(), tally.states);
    assert!(tally.lost() > 0, "{:?}", tally.failures);
}
