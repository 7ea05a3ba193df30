//! Where journals lie, and how a new one comes to lie there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::journal::{Journal, Options};

use super::progress::Bar;
use super::tell;
use crate::Error;
use crate::house::JOURNAL;

/// What a journal is called until it is whole.
const UNFINISHED: &str = "journal.unfinished";
/// What lies in a file system that was just made, and makes nothing of it taken.
const FRESH_DISK: &str = "lost+found";

/// For `map_err`: a system call on a path that failed.
pub fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Path { doing, path, source }
}

/// The journal below a data directory, if there is one: looking must not make a journal.
pub fn existing(data: &Path) -> Result<PathBuf, Error> {
    let there = data.join(JOURNAL);
    if there.is_dir() {
        return Ok(there);
    }
    let why = format!("there is no journal at {}", there.display());
    Err(Error::Usage(match above(data) {
        Some(above) => {
            format!(
                "{why}: {} is the journal itself, name the --data directory {}",
                data.display(),
                above.display()
            )
        }
        None => format!("{why}: name a --data directory"),
    }))
}

/// The data directory of what is a journal itself, one level too deep.
fn above(journal: &Path) -> Option<PathBuf> {
    // Its real name, whatever it was called: `.`, or by a link.
    let journal = fs::canonicalize(journal).ok()?;
    let named = journal.file_name().is_some_and(|name| name == JOURNAL);
    (named && journal.join("format").is_file()).then(|| journal.parent().map(Path::to_owned)).flatten()
}

/// Opens the journal below a data directory for reading, beside whoever writes it.
pub fn read(data: &Path) -> Result<Arc<dyn Journal>, Error> {
    open_to_read(&existing(data)?)
}

/// Whether a journal has the layout of the first version, which only a writer brings up to date.
pub fn has_first_format(journal: &Path) -> bool {
    fs::read_to_string(journal.join("format")).is_ok_and(|marker| marker.lines().nth(1) == Some("format 1"))
}

/// Opens a journal for reading.
pub fn open_to_read(journal: &Path) -> Result<Arc<dyn Journal>, Error> {
    if has_first_format(journal) {
        return Err(Error::Usage(format!(
            "{} has the layout of an earlier version: start this version on it once, then look again",
            journal.display()
        )));
    }
    Ok(::journal::open_to_read(journal)?)
}

/// Opens a journal that this process makes.
pub fn open_to_write(journal: &Path) -> Result<Arc<dyn Journal>, Error> {
    Ok(::journal::open(journal, &Options::default())?)
}

/// Checks everything in a journal.
///
/// # Errors
/// [`Error::Bad`] if it is damaged, with where.
pub fn sound(journal: &dyn Journal) -> Result<::journal::Head, Error> {
    let mut bar = Bar::of("facts verified");
    let report = journal.verify(&mut |progress| bar.show(progress.sequence, progress.of))?;
    drop(bar);
    if let Some(unwitnessed) = &report.unwitnessed {
        tell(unwitnessed);
    }
    match super::verify::place(&report) {
        None => Ok(report.sound),
        Some(place) => Err(Error::Bad(format!("damaged {place}"))),
    }
}

/// A journal on its way into an empty data directory. It has another name until it is whole, so that
/// nobody takes half of one for a journal; if it never gets there, nothing of it is left.
pub struct Unfinished {
    data: PathBuf,
    made_data: bool,
    path: PathBuf,
    whole: bool,
}

impl Unfinished {
    /// Takes a directory that is empty or not there yet.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is something in it.
    pub fn begin(data: &Path) -> Result<Self, Error> {
        let made_data = !data.exists();
        if made_data {
            create_durably(data)?;
        }
        for entry in fs::read_dir(data).map_err(failed("listing", data))? {
            let name = entry.map_err(failed("listing", data))?.file_name();
            if name == FRESH_DISK {
                continue;
            }
            let left =
                if name == UNFINISHED { " (left by a command that was cut off: remove it)" } else { "" };
            return Err(Error::Usage(format!(
                "{} is not empty, there is {}{left}: name an empty directory or one that does not exist yet",
                data.display(),
                name.to_string_lossy()
            )));
        }
        let path = data.join(UNFINISHED);
        fs::create_dir(&path).map_err(failed("creating", &path))?;
        Ok(Self { data: data.to_owned(), made_data, path, whole: false })
    }

    /// Where to make it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the journal its name, durably. Nobody may have it open.
    pub fn finish(mut self) -> Result<(), Error> {
        let named = self.data.join(JOURNAL);
        fs::rename(&self.path, &named).map_err(failed("naming", &named))?;
        self.whole = true;
        sync_directory(&self.data)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.whole {
            return;
        }
        let removed = fs::remove_dir_all(&self.path)
            .and_then(|()| if self.made_data { fs::remove_dir(&self.data) } else { Ok(()) });
        match removed {
            Ok(()) => tell(&format!("nothing is left in {}", self.data.display())),
            Err(error) => {
                tell(&format!("{} is not whole and can't be removed: {error}", self.path.display()))
            }
        }
    }
}

/// Creates a directory and the parents that it lacks, each with its name durable in the one above.
pub fn create_durably(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    create_durably(parent)?;
    fs::create_dir(path).map_err(failed("creating", path))?;
    sync_directory(parent)
}

/// Makes the names in a directory durable.
pub fn sync_directory(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(failed("syncing", path))
}
