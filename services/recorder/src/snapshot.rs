//! The decider's state, put away and taken out again.

use std::path::Path;

use journal::{Head, Journal};
use proto::fact::hex;
use proto::snapshot::{MAX_FILE, read_decisions, write_decisions};
use runtime::snapshots::{Keeper, Shelf};
use situation::decide::{Decider, DeciderState};

use crate::desk::Desk;

/// Puts the state away, if it is time. Only copying it happens here, which shares most of it; what is said of a station
/// while the copy is being written copies that station.
pub(crate) fn keep(desk: &mut Desk, keeper: &mut Keeper) {
    let head = desk.journal.head();
    if keeper.is_due(head.sequence) && desk.decider.sequence() == head.sequence {
        keeper.put(head.sequence, write(desk.decider.state(), head));
    }
}

/// The decider of the newest snapshot that verifies, if there is one. Whatever is wrong with the others is
/// said aloud and keeps nobody from starting.
pub(crate) fn newest(journal: &dyn Journal, shelf: &Shelf) -> Option<Decider> {
    shelf.newest_first().into_iter().find_map(|path| match read(journal, &path) {
        Ok(state) => Some(Decider::of(state)),
        Err(why) => {
            shelf.ignore(&path, &why);
            None
        }
    })
}

fn read(journal: &dyn Journal, path: &Path) -> Result<DeciderState, String> {
    let file = Shelf::read(path, MAX_FILE).map_err(|error| error.to_string())?;
    let (stand, state) = read_decisions(&file).map_err(|error| error.to_string())?;
    let sequence = stand.sequence;
    match head_at(journal, sequence).map_err(|error| error.to_string())? {
        // The head covers every fact up to it, the log's beginning and its epoch among them.
        Some(head) if head == hex(&stand.head) => Ok(state),
        Some(_) => Err(format!("the journal holds other facts up to {sequence}")),
        None => Err(format!("the journal ends at fact {}, before it", journal.head().sequence)),
    }
}

/// The journal's head as it was at a sequence, in hex; `None` if it does not go as far.
pub(crate) fn head_at(journal: &dyn Journal, sequence: u64) -> Result<Option<String>, journal::Error> {
    let Some(before) = sequence.checked_sub(1) else { return Ok(None) };
    let page = journal.read_from(before, 1)?;
    Ok(page.heads().map(|(head, _)| head).find(|head| head.sequence == sequence).map(|head| hex(&head.hash)))
}

/// The file of a state at its journal's head. Takes its time: make it on a thread that may.
pub(crate) async fn write(state: DeciderState, head: Head) -> Result<Vec<u8>, String> {
    let encode = move || write_decisions(&state, &head.hash).map_err(|error| error.to_string());
    tokio::task::spawn_blocking(encode).await.map_err(|error| error.to_string())?
}
