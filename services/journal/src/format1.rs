//! A journal of the first format: one sled store, written in place at every append. It is read once,
//! made into volumes, and kept aside.

use std::fs;
use std::ops::ControlFlow;

use bytes::Bytes;

use crate::directory::{Directory, entries};
use crate::shelf::Keyed;
use crate::volume::{BIG_SEGMENT, Builder, TREE, attempt, config};
use crate::{Disk, Error, Head};

/// Bytes of blocks in a volume made of an old store.
const VOLUME_BYTES: u64 = 32 * 1024 * 1024;

/// Makes volumes of the old store's blocks, and marks the directory once all of them are durable. If it is cut
/// off before that, it begins anew at the next start; after it, [`put_away`] goes on.
///
/// # Errors
/// [`Error::Unopenable`] if the old store is not there or gives nothing: sled takes a file that was lost or
/// emptied for a new store, and an empty journal must not be made of one that held facts.
pub(crate) fn upgrade(directory: &mut Directory, disk: &dyn Disk) -> Result<(), Error> {
    let layout = directory.layout.clone();
    let store = layout.first_store();
    tracing::info!(directory = %layout.root.display(), "the journal has the first format: making volumes of it");
    for begun in entries(&layout.volumes())? {
        fs::remove_dir_all(&begun).map_err(Error::io("removing", &begun))?;
    }
    let unopenable = |why: String| Error::Unopenable { directory: layout.root.clone(), why };
    if !store.join("db").is_file() {
        return Err(unopenable("it has the first format, and the store in it is gone".to_owned()));
    }
    let db = attempt(|| config(&store, BIG_SEGMENT).open()).map_err(|error| unopenable(error.to_string()))?;
    let tree = attempt(|| db.open_tree(TREE)).map_err(|error| unopenable(error.to_string()))?;
    let mut head = Head::START;
    loop {
        let before = head;
        let mut builder = Builder::new(&layout, disk, head, proto::block::MAX_STORED);
        walk(&tree, head.sequence + 1, &mut |keyed| {
            builder.take(&keyed)?;
            let full = builder.bytes() >= VOLUME_BYTES;
            Ok(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if let Some(volume) = builder.finish()? {
            head = volume.head();
        }
        if head == before {
            break;
        }
    }
    if head == Head::START {
        let why = "it has the first format, and the store in it is empty (if nothing was ever recorded in it, \
                   remove the directory)";
        return Err(unopenable(why.to_owned()));
    }
    refuse_shorter(directory, head)?;
    directory.mark(disk)
}

/// Puts the old store out of sight, once everything in it was found in volumes.
pub(crate) fn put_away(directory: &Directory, disk: &dyn Disk) -> Result<(), Error> {
    let store = directory.layout.first_store();
    if store.is_dir() {
        let aside = directory.set_aside(&store, disk)?;
        tracing::info!(aside = %aside.display(), "the old store is kept aside");
    }
    Ok(())
}

/// An old store that sled opens as a shorter one has lost acknowledged facts.
fn refuse_shorter(directory: &Directory, head: Head) -> Result<(), Error> {
    let noted = crate::witness::Witness::open(&directory.layout.witness())?.noted().unwrap_or(0);
    if head.sequence < noted {
        let why = format!("the store ends at sequence {}, but {noted} had been acknowledged", head.sequence);
        return Err(Error::damaged(head.sequence + 1, why));
    }
    Ok(())
}

fn walk(
    tree: &sled::Tree,
    from: u64,
    visit: &mut dyn FnMut(Keyed) -> Result<ControlFlow<()>, Error>,
) -> Result<(), Error> {
    let mut blocks = tree.range(from.to_be_bytes()..);
    while let Some((key, block)) = attempt(|| blocks.next().transpose())? {
        let key = key.as_ref().try_into().map_err(|_| Error::Store("a key is not a sequence".to_owned()))?;
        let keyed = Keyed { key: u64::from_be_bytes(key), block: Bytes::copy_from_slice(&block) };
        if visit(keyed)?.is_break() {
            break;
        }
    }
    Ok(())
}
