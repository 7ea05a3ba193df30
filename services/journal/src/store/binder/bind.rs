//! One binding: some tail files become a volume, in their place.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use crate::run::{self, Source};
use crate::shelf::Keyed;
use crate::store::Desk;
use crate::store::backlog::{Shared, give_way, lock};
use crate::store::shelves::Held;
use crate::tail::Segment;
use crate::volume::{Builder, MERGE_BELOW, Volume};
use crate::{Error, Head};

/// Makes a volume of tail files, puts it in their place and removes them.
pub(super) fn bind(held: &(Desk, Held), segments: &[Arc<Segment>], shared: &Shared) -> Result<(), Error> {
    let (desk, shelves) = held;
    let last = shelves.now().volumes.last().cloned();
    let merged = last.as_ref().filter(|volume| volume.content_bytes() < MERGE_BELOW);
    let head = match (merged, &last) {
        (Some(merged), _) => merged.before(),
        (None, Some(last)) => last.head(),
        (None, None) => Head::START,
    };
    let sources: Vec<&dyn Source> = merged
        .iter()
        .map(|volume| &***volume as &dyn Source)
        .chain(segments.iter().map(|s| &**s as _))
        .collect();
    let volume = build(desk, head, &sources, shared).inspect_err(|_| clear(desk))?;
    // The volume has its name, and the next start finds that it covers these files.
    unless_stopped(shared)?;
    let mut replaced: Vec<PathBuf> = segments.iter().map(|segment| segment.file().1.to_owned()).collect();
    replaced.extend(merged.map(|volume| volume.directory().to_owned()));
    shelves.change(|shelves| {
        if merged.is_some() {
            shelves.volumes.pop();
        }
        shelves.volumes.extend(volume);
        shelves.segments.retain(|kept| !segments.iter().any(|bound| Arc::ptr_eq(bound, kept)));
    });
    for path in replaced {
        desk.disk.remove(&path).map_err(Error::io("removing", &path))?;
    }
    Ok(())
}

/// Takes away what a failed build has left: on a full disk it would be most of what is missing.
fn clear(desk: &Desk) {
    let building = desk.directory.layout.building();
    if building.exists()
        && let Err(error) = fs::remove_dir_all(&building)
    {
        tracing::warn!(%error, "a volume that could not be built is left lying until the next start");
    }
}

fn build(
    desk: &Desk,
    head: Head,
    sources: &[&dyn Source],
    shared: &Shared,
) -> Result<Option<Arc<Volume>>, Error> {
    let mut biggest = 0;
    for source in sources {
        let mut next = source.first();
        loop {
            let placed = source.from(next);
            let Some(last) = placed.last() else { break };
            biggest = biggest.max(placed.iter().map(|placed| placed.stored as usize).max().unwrap_or(0));
            next = last.first + 1;
        }
    }
    let mut builder = Builder::new(&desk.directory.layout, &*desk.disk, head, biggest);
    for source in sources {
        let mut failed = None;
        let shown = run::show(*source, 0, &mut |key, bytes| {
            give_way(shared);
            let taken = builder.take(&Keyed { key, block: Bytes::copy_from_slice(bytes) });
            failed = taken.err();
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let (ControlFlow::Break(()), Some(error)) = (shown, failed) {
            return Err(error);
        }
    }
    unless_stopped(shared)?;
    builder.finish()
}

/// After a failed append nothing more is named or removed on that disk.
fn unless_stopped(shared: &Shared) -> Result<(), Error> {
    lock(shared).stopped.map_or(Ok(()), |why| Err(Error::NotBound(why.to_owned())))
}
