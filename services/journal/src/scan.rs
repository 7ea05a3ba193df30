//! Everything from a sequence on, with every core.

use std::ops::ControlFlow;

use proto::block::{Block, frames};

use crate::lanes::{Intake, in_order};
use crate::{Error, Journal};

/// Bytes of blocks that one core works on at a time: enough that handing them over costs nothing beside it.
const BATCH_BYTES: usize = 256 * 1024;

/// Reads all blocks that hold records after `after`, has `work` done on each by some core, and hands the
/// results to `take` in order, until it breaks or the journal ends. The first block may begin before the
/// record asked for: see [`Block::records_from`].
///
/// Checksums and the order of sequences are checked; the chain is [`Journal::verify`]'s.
///
/// # Errors
/// [`Error::Damaged`], [`Error::Read`] at the first block that can't be trusted, once the results of all before
/// it were taken.
pub fn scan<T: Send>(
    journal: &dyn Journal,
    after: u64,
    work: impl Fn(&Block) -> T + Sync,
    mut take: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), Error> {
    let feed = |give: &mut Intake<'_, Vec<u8>>| {
        let mut batch = Vec::with_capacity(BATCH_BYTES);
        let walked = journal.walk(after, &mut |_, block| {
            batch.extend_from_slice(block);
            if batch.len() < BATCH_BYTES {
                return ControlFlow::Continue(());
            }
            give(std::mem::replace(&mut batch, Vec::with_capacity(BATCH_BYTES)))
        });
        let _ = give(batch);
        walked
    };
    let head = journal.head();
    let (mut next, mut damage, mut broken) = (after + 1, None, false);
    let fed = in_order(
        feed,
        |batch: Vec<u8>| work_on(&batch, &work),
        |worked| {
            for (first, last, result) in worked.done {
                // Only the first block of all may begin early.
                if first > next || (first < next && next != after + 1) || last < next {
                    let why = format!("a block for {first} to {last} follows");
                    damage = Some(Error::damaged(next, why));
                    return ControlFlow::Break(());
                }
                next = last + 1;
                if take(result).is_break() {
                    broken = true;
                    return ControlFlow::Break(());
                }
            }
            match worked.damage {
                None => ControlFlow::Continue(()),
                Some(why) => {
                    damage = Some(Error::damaged(next, why));
                    ControlFlow::Break(())
                }
            }
        },
    );
    if damage.is_none() && fed.is_ok() && !broken && next <= head.sequence {
        return Err(Error::damaged(
            next,
            format!("nothing holds it, and the journal goes to {}", head.sequence),
        ));
    }
    damage.map_or(fed, Err)
}

/// What became of a batch: a result a block, with its first and last sequence, up to the first damage.
struct Worked<T> {
    done: Vec<(u64, u64, T)>,
    damage: Option<proto::block::Error>,
}

fn work_on<T>(batch: &[u8], work: &impl Fn(&Block) -> T) -> Worked<T> {
    let mut worked = Worked { done: Vec::new(), damage: None };
    for frame in frames(batch) {
        match frame.and_then(Block::decode) {
            Ok(block) => {
                let result = work(&block);
                worked.done.push((block.first_sequence(), block.last_sequence(), result));
            }
            Err(error) => {
                worked.damage = Some(error);
                break;
            }
        }
    }
    worked
}
