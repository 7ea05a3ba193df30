//! Whether so many recorders take what comes in that a source gets its receipt.

use std::time::Duration;

use proto::live::Cause;
use runtime::health::Check;
use tokio::time::Instant;

/// Boards are told once fewer are there than a receipt needs for so long, after the time in which one that says nothing
/// still counts: an event waits for longer than both.
const LASTS: Duration = Duration::from_secs(2);

/// How many recorders there are for a receipt.
#[derive(Debug)]
pub(super) struct Company {
    /// How many a receipt needs.
    wanted: usize,
    /// Whether there were ever enough of them in the life of this process: before, they are on their way.
    has_met: bool,
    /// Since when there are fewer.
    short_since: Option<Instant>,
}

impl Company {
    pub fn new(wanted: usize) -> Self {
        Self { wanted: wanted.max(1), has_met: false, short_since: None }
    }

    /// Takes in how many are there, this one among them, and tells the check. Answers whether that is enough.
    pub fn count(&mut self, there: usize, check: &Check, now: Instant) -> bool {
        let Self { wanted, .. } = *self;
        if there >= wanted {
            (self.has_met, self.short_since) = (true, None);
            check.ok(format!("{there} recorders take events: a receipt needs {wanted}"));
            return true;
        }
        self.short_since.get_or_insert(now);
        let sentence = format!("{there} of the {wanted} recorders that a receipt needs take events");
        if self.has_met {
            check.failed(format!("{sentence}: no event gets its receipt; start the others"));
        } else {
            check.starting(format!("{sentence}: waiting for the others"));
        }
        false
    }

    /// This one takes nothing in itself, and says why elsewhere.
    pub fn rest(&mut self, check: &Check) {
        self.short_since = None;
        check.starting("not counted: this recorder takes nothing in (see the check intake)");
    }

    /// What boards are to be told. That those who begin are not all there yet is no news: boards were not live before.
    pub fn cause(&self, now: Instant) -> Option<Cause> {
        let since = self.short_since?;
        let lasts = !self.has_met || now.saturating_duration_since(since) >= LASTS;
        lasts.then_some(Cause::IntakeStopped)
    }
}

#[cfg(test)]
mod tests {
    use runtime::health::{Health, State};

    use super::*;

    struct Case {
        company: Company,
        health: Health,
        begun: Instant,
    }

    impl Case {
        fn of(wanted: usize) -> Self {
            Self { company: Company::new(wanted), health: Health::new(), begun: Instant::now() }
        }

        /// What is told at a second with so many there.
        fn at(&mut self, second: u64, there: usize) -> (State, Option<Cause>) {
            let now = self.begun + Duration::from_secs(second);
            self.company.count(there, &self.health.check("receipts"), now);
            (self.health.readiness().checks["receipts"].state, self.company.cause(now))
        }

        fn detail(&self) -> String {
            self.health.readiness().checks["receipts"].detail.clone()
        }
    }

    const STOPPED: Option<Cause> = Some(Cause::IntakeStopped);

    #[test]
    fn who_is_left_alone_says_so_and_boards_are_told_once_it_lasts() {
        let mut case = Case::of(2);
        assert_eq!(case.at(0, 3), (State::Ok, None));
        assert_eq!(case.at(10, 1), (State::Failed, None));
        assert!(case.detail().starts_with("1 of the 2 recorders that a receipt needs take events"));
        assert_eq!(case.at(11, 1), (State::Failed, None));
        assert_eq!(case.at(12, 1), (State::Failed, STOPPED));
        assert_eq!(case.at(13, 2), (State::Ok, None), "it is over as soon as another is there");
        assert_eq!(case.at(14, 1), (State::Failed, None), "and lasts anew");
    }

    #[test]
    fn those_who_begin_are_not_ready_yet_and_raise_no_alarm() {
        let mut case = Case::of(2);
        for second in 0..100 {
            assert_eq!(case.at(second, 1), (State::Starting, STOPPED), "boards do not look live in between");
        }
        assert!(case.detail().ends_with("waiting for the others"));
        assert_eq!(case.at(100, 2), (State::Ok, None));
    }

    #[test]
    fn one_is_enough_where_one_is_wanted() {
        assert_eq!(Case::of(1).at(0, 1), (State::Ok, None));
        assert_eq!(Case::of(0).at(0, 1), (State::Ok, None));
    }

    #[test]
    fn what_it_was_before_it_stood_still_counts_no_more() {
        let mut case = Case::of(2);
        case.at(0, 2);
        case.at(1, 1);
        case.company.rest(&case.health.check("receipts"));
        assert_eq!(case.health.readiness().checks["receipts"].state, State::Starting);
        assert_eq!(case.at(9, 1), (State::Failed, None));
    }
}
