//! `tilanne journal backup`: a copy of a journal that somebody may be writing.

use std::path::Path;

use super::copy::copy_live;
use super::directory::{Unfinished, existing, open_to_read, sound};
use super::expected::text;
use super::tell;
use crate::Error;
use crate::output::say;

pub fn backup(dir: &Path, dest: &Path) -> Result<(), Error> {
    let source = existing(dir)?;
    let unfinished = Unfinished::begin(dest)?;
    copy_live(&source, unfinished.path())?;
    let journal = open_to_read(unfinished.path())?;
    let head = sound(journal.as_ref()).map_err(|error| match error {
        Error::Bad(why) => Error::Bad(format!("the copy is {why}; verify {}", dir.display())),
        other => other,
    })?;
    drop(journal);
    unfinished.finish()?;
    tell(&format!("backed up {} facts into {}, verified", head.sequence, dest.display()));
    say(&text(head))
}
