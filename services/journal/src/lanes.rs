//! Work on every core, and its results in the order of what was given.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::Error;

/// Pieces on their way to and from each worker: one being worked on, one waiting, so that nobody idles
/// and memory stays bounded.
const AHEAD: usize = 2;

/// Cores that are used at the most: beyond this the thread that feeds and takes is the slowest, and memory grows
/// with every one.
const MOST_CORES: usize = 8;

/// The way to a worker, and back.
type Lane<I, O> = (SyncSender<I>, Receiver<O>);

/// Where pieces go in. After a break nothing more is wanted.
pub(crate) type Intake<'a, I> = dyn FnMut(I) -> ControlFlow<()> + 'a;

/// Lets `feed` hand out pieces, has each worked on by some core, and hands the results to `take` in the order
/// of the pieces. `feed` and `take` stay on the calling thread.
///
/// # Errors
/// What `feed` ends with. The results of all pieces given before that are taken first.
pub(crate) fn in_order<I: Send, O: Send>(
    feed: impl FnOnce(&mut Intake<'_, I>) -> Result<(), Error>,
    work: impl Fn(I) -> O + Sync,
    mut take: impl FnMut(O) -> ControlFlow<()>,
) -> Result<(), Error> {
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_CORES);
    thread::scope(|scope| {
        let lanes: Vec<Lane<I, O>> = (0..workers)
            .map(|_| {
                let (give, given) = sync_channel(AHEAD);
                let (answer, answers) = sync_channel(AHEAD);
                let work = &work;
                scope.spawn(move || {
                    for piece in given {
                        if answer.send(work(piece)).is_err() {
                            return;
                        }
                    }
                });
                (give, answers)
            })
            .collect();
        let lane = |turn: usize| lanes.get(turn % workers);
        let (mut given, mut taken, mut ended) = (0, 0, false);
        let mut take_next = |taken: &mut usize| {
            let answer = lane(*taken).and_then(|(_, answers)| answers.recv().ok());
            *taken += 1;
            // Without an answer its worker has panicked, which goes on here when the scope ends.
            answer.map_or(ControlFlow::Break(()), &mut take)
        };
        let fed = feed(&mut |piece| {
            ended = ended
                || (given - taken == AHEAD * workers && take_next(&mut taken).is_break())
                || lane(given).is_none_or(|(give, _)| give.send(piece).is_err());
            given += 1;
            if ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        while !ended && taken < given {
            ended = take_next(&mut taken).is_break();
        }
        fed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_pieces() {
        let mut taken = Vec::new();
        let fed = in_order(
            |give| {
                for piece in 0..1_000_u64 {
                    assert!(give(piece).is_continue());
                }
                Err(Error::Poisoned)
            },
            // Uneven work, so that later pieces are done before earlier ones.
            |piece| (0..(piece * 7_919) % 10_000).fold(piece, |sum, n| std::hint::black_box(sum ^ n ^ n)),
            |piece| {
                taken.push(piece);
                ControlFlow::Continue(())
            },
        );
        assert!(matches!(fed, Err(Error::Poisoned)), "what ended the feeding is told, after all results");
        assert_eq!(taken, (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn a_taker_that_has_enough_ends_the_feeding() {
        let (mut given, mut taken) = (0_usize, 0_usize);
        let fed = in_order(
            |give| {
                while give(given).is_continue() {
                    given += 1;
                }
                Ok(())
            },
            |piece| piece,
            |_| {
                taken += 1;
                if taken == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert!(fed.is_ok());
        assert_eq!(taken, 10);
    }
}
