//! The decider's state, put away and taken out again.

use std::path::Path;

use journal::{Head, Journal};
use proto::snapshot::{MAX_FILE, read_decisions, write_decisions};
use runtime::snapshots::Shelf;
use situation::decide::{Decider, DeciderState};

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
    match head_at(journal, sequence)? {
        // The head covers every fact up to it, the log's beginning and its epoch among them.
        Some(head) if head.hash == stand.head => Ok(state),
        Some(_) => Err(format!("the journal holds other facts up to {sequence}")),
        None => Err(format!("the journal ends at fact {}, before it", journal.head().sequence)),
    }
}

/// The journal's head as it was at a sequence.
fn head_at(journal: &dyn Journal, sequence: u64) -> Result<Option<Head>, String> {
    let Some(before) = sequence.checked_sub(1) else { return Ok(None) };
    let page = journal.read_from(before, 1).map_err(|error| error.to_string())?;
    Ok(page.heads().map(|(head, _)| head).find(|head| head.sequence == sequence))
}

/// The file of a state at its journal's head. Takes its time: make it on a thread that may.
pub(crate) async fn write(state: DeciderState, head: Head) -> Result<Vec<u8>, String> {
    let encode = move || write_decisions(&state, &head.hash).map_err(|error| error.to_string());
    tokio::task::spawn_blocking(encode).await.map_err(|error| error.to_string())?
}
