//! A journal of the first format: one sled store, written in place at every append. It is read once,
//! made into volumes, and kept aside.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use bytes::Bytes;

use crate::directory::{Directory, entries};
use crate::shelf::Keyed;
use crate::volume::{BIG_SEGMENT, Builder, TREE, attempt, config};
use crate::{Disk, Error, Head};

/// Bytes of blocks in a volume made of an old store.
const VOLUME_BYTES: u64 = 32 * 1024 * 1024;

/// Makes volumes of the old store's blocks. If it is cut off, it begins anew at the next start: the
/// marker changes last.
pub(crate) fn upgrade(directory: &mut Directory, disk: &dyn Disk) -> Result<(), Error> {
    let layout = directory.layout.clone();
    let store = layout.first_store();
    tracing::info!(directory = %layout.root.display(), "the journal has the first format: making volumes of it");
    for begun in entries(&layout.volumes())? {
        fs::remove_dir_all(&begun).map_err(Error::io("removing", &begun))?;
    }
    if store.is_dir() {
        let unopenable =
            |error: Error| Error::Unopenable { directory: layout.root.clone(), why: error.to_string() };
        let db = attempt(|| config(&store, BIG_SEGMENT).open()).map_err(unopenable)?;
        let tree = attempt(|| db.open_tree(TREE)).map_err(unopenable)?;
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
        refuse_shorter(directory, head)?;
    }
    directory.mark(disk)?;
    if store.is_dir() {
        let aside: PathBuf = directory.set_aside(&store, disk)?;
        tracing::info!(aside = %aside.display(), "the old store is kept aside");
    }
    Ok(())
}

/// An old store that sled opens as a shorter one has lost acknowledged facts.
fn refuse_shorter(directory: &Directory, head: Head) -> Result<(), Error> {
    let noted = crate::witness::Witness::open(&directory.layout.witness())?.noted();
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
