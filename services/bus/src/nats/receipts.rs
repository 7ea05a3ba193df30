//! Whether enough recorders have said the same of one event.

use std::sync::Arc;

use bytes::Bytes;
use proto::receipt::{Position, Receipt, Status, Unavailable};

use crate::delivery::LastWord;

/// Recorders whose answers to one event are kept: several times as many as a house has. One more would be
/// something that makes up names.
const RECORDERS: usize = 16;

/// The answers to one event until enough of them agree.
pub(super) struct Tally {
    wanted: usize,
    /// Whose answers count; empty: anybody's.
    of: Arc<[String]>,
    /// The newest of each recorder, in the order of their first.
    told: Vec<Told>,
    unavailable: LastWord,
}

struct Told {
    recorder: String,
    said: Said,
    recorded: bool,
    answer: Bytes,
}

/// What must be the same in two receipts that agree. Whether an event was recorded or known already may differ:
/// a recorder that is asked again knows it by then, and another may still be about to record it.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    At(Position),
    Whole(Box<Receipt>),
}

impl Tally {
    /// Wants as many recorders of those, and leaves in `unavailable` what one says that can record nothing.
    pub(super) fn new(wanted: usize, of: Arc<[String]>, unavailable: LastWord) -> Self {
        Self { wanted, of, told: Vec::new(), unavailable }
    }

    /// Adds what a recorder says. The receipt to give out, as soon as enough agree.
    pub(super) fn add(&mut self, recorder: &str, answer: Bytes) -> Option<Bytes> {
        // What a stranger has written is on no disk that a majority is counted of.
        if !self.of.is_empty() && !self.of.iter().any(|known| known == recorder) {
            tracing::error!(
                recorder,
                "an answer of a recorder that is not in recorder.all does not count: name it there, or stop it"
            );
            return None;
        }
        if Unavailable::read(&answer).is_some() {
            *self.unavailable.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(answer);
            return None;
        }
        if self.wanted <= 1 {
            return Some(answer);
        }
        let Ok(receipt) = serde_json::from_slice::<Receipt>(&answer) else {
            tracing::error!(
                recorder,
                "an answer to an event is no receipt and does not count: look at that recorder"
            );
            return None;
        };
        self.keep(recorder, receipt, answer);
        self.agreed(recorder)
    }

    fn keep(&mut self, recorder: &str, receipt: Receipt, answer: Bytes) {
        let recorded = receipt.status == Status::Recorded;
        let said = match receipt {
            Receipt { status: Status::Recorded | Status::Duplicate, position: Some(position), .. } => {
                Said::At(position)
            }
            whole => Said::Whole(Box::new(whole)),
        };
        if let Some(told) = self.told.iter_mut().find(|told| told.recorder == recorder) {
            // Of two like ones of one recorder the first says more: that it was recorded just now.
            if told.said != said {
                *told = Told { recorder: recorder.to_owned(), said, recorded, answer };
            }
        } else if self.told.len() < RECORDERS {
            self.told.push(Told { recorder: recorder.to_owned(), said, recorded, answer });
        }
    }

    fn agreed(&self, newest: &str) -> Option<Bytes> {
        let said = &self.told.iter().find(|told| told.recorder == newest)?.said;
        if let Some(other) = self.told.iter().find(|told| told.said != *said) {
            tracing::error!(
                recorder = newest,
                says = ?said,
                other = other.recorder,
                other_says = ?other.said,
                "two recorders disagree about an event: compare their journals' heads",
            );
        }
        let agree = || self.told.iter().filter(|told| told.said == *said);
        if agree().count() < self.wanted {
            return None;
        }
        let given = agree().find(|told| told.recorded).or_else(|| agree().next())?;
        Some(given.answer.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(status: Status, sequence: Option<u64>, reason: Option<&str>) -> Bytes {
        let position = sequence.map(|sequence| Position { epoch: "e".to_owned(), sequence });
        let (id, source, reason) =
            (Some("1".to_owned()), Some("/feeds/x".to_owned()), reason.map(str::to_owned));
        serde_json::to_vec(&Receipt { id, source, status, position, reason }).unwrap().into()
    }

    fn recorded(sequence: u64) -> Bytes {
        receipt(Status::Recorded, Some(sequence), None)
    }

    fn known(sequence: u64) -> Bytes {
        receipt(Status::Duplicate, Some(sequence), None)
    }

    fn tally(wanted: usize) -> Tally {
        Tally::new(wanted, Arc::default(), Arc::default())
    }

    #[test]
    fn one_recorder_is_enough_where_one_is_wanted() {
        assert_eq!(tally(1).add("a", recorded(7)), Some(recorded(7)));
        assert_eq!(tally(0).add("", Bytes::from_static(b"any")), Some(Bytes::from_static(b"any")));
    }

    #[test]
    fn who_is_not_one_of_all_does_not_count() {
        let all = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let mut tally = Tally::new(2, Arc::from(all), Arc::default());
        assert_eq!(tally.add("a", recorded(7)), None);
        assert_eq!(tally.add("x", recorded(7)), None);
        assert_eq!(tally.add("b", recorded(7)), Some(recorded(7)));
    }

    #[test]
    fn one_recorder_that_answers_twice_is_one() {
        let mut tally = tally(2);
        assert_eq!(tally.add("a", recorded(7)), None);
        assert_eq!(tally.add("a", known(7)), None);
        assert_eq!(tally.add("b", known(7)), Some(recorded(7)), "it was recorded by this sending");
    }

    #[test]
    fn who_differs_does_not_count_whoever_came_first() {
        let mut tally = tally(2);
        assert_eq!(tally.add("a", recorded(8)), None);
        assert_eq!(tally.add("b", recorded(7)), None);
        assert_eq!(tally.add("c", known(7)), Some(recorded(7)));
    }

    #[test]
    fn a_recorder_may_mend_what_it_said() {
        let mut tally = tally(2);
        assert_eq!(tally.add("a", recorded(8)), None);
        assert_eq!(tally.add("b", recorded(7)), None);
        assert_eq!(tally.add("a", known(7)), Some(recorded(7)));
    }

    #[test]
    fn refusals_agree_only_as_a_whole() {
        let mut tally = tally(2);
        assert_eq!(tally.add("a", receipt(Status::Rejected, None, Some("too old"))), None);
        assert_eq!(tally.add("b", receipt(Status::Rejected, None, Some("unknown station"))), None);
        let same = receipt(Status::Rejected, None, Some("too old"));
        assert_eq!(tally.add("c", same.clone()), Some(same));
    }

    #[test]
    fn neither_what_is_unavailable_nor_what_is_unreadable_counts() {
        let word = LastWord::default();
        let mut tally = Tally::new(2, Arc::default(), Arc::clone(&word));
        let full = Bytes::from_static(b"{\"unavailable\":\"the disk is full\"}");
        assert_eq!(tally.add("a", full.clone()), None);
        assert_eq!(tally.add("b", Bytes::from_static(b"?")), None);
        assert_eq!(tally.add("c", recorded(7)), None);
        assert_eq!(word.lock().unwrap().as_ref(), Some(&full));
        assert_eq!(tally.add("a", recorded(7)), Some(recorded(7)));
    }

    #[test]
    fn made_up_recorders_take_no_memory() {
        let mut tally = tally(usize::MAX);
        for name in 0..10 * RECORDERS {
            tally.add(&name.to_string(), recorded(7));
        }
        assert_eq!(tally.told.len(), RECORDERS);
    }
}
