//! A disk that writes down what it does, can leave out what durability rests on, and can be cut dead in
//! the midst of any call: what a killed process had done is done, the rest is not.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use journal::{Disk, SystemDisk};

use super::tape::{Change, Event, below};
use crate::dice::Dice;

/// The file that is written without the port and never synced.
pub const WITNESS: &str = "witness";

/// Where volumes are built, mostly by sled, which knows nothing of the port.
pub const BUILDING: &str = "volumes/building";

/// What is left out, to show that the harness would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    Nothing,
    /// No file is synced.
    FileSync,
    /// No directory is synced.
    DirectorySync,
}

pub struct Recorder {
    root: PathBuf,
    left_out: LeftOut,
    state: Mutex<State>,
}

struct State {
    tape: Vec<Event>,
    /// Files that were written through the port, or were there before.
    ours: BTreeSet<PathBuf>,
    /// Other files and directories that are on the tape.
    met: BTreeSet<PathBuf>,
    witness: Bytes,
    /// Calls until the process is killed.
    left: Option<usize>,
    dead: bool,
    dice: Dice,
}

impl Recorder {
    pub fn new(root: &Path, left_out: LeftOut, seed: u64) -> Self {
        let state = State {
            tape: Vec::new(),
            ours: BTreeSet::new(),
            met: BTreeSet::new(),
            witness: Bytes::new(),
            left: None,
            dead: false,
            dice: Dice::from(seed),
        };
        Self { root: root.to_owned(), left_out, state: Mutex::new(state) }
    }

    /// Forgets the tape, takes what is in the directory for durable, and says what that is.
    pub fn begin(&self) -> Vec<(PathBuf, Option<Bytes>)> {
        let mut state = self.lock();
        let found = below(&self.root);
        state.tape.clear();
        // What is being built is made, and cleared away, past the port.
        let (built, ours) =
            found.iter().map(|(path, _)| path.clone()).partition(|it| it.starts_with(BUILDING));
        (state.met, state.ours) = (built, ours);
        state.witness = self.witness();
        found
    }

    /// Writes down what is not a call.
    pub fn note(&self, event: Event) {
        let mut state = self.lock();
        self.look_at_witness(&mut state);
        state.tape.push(event);
    }

    /// The process dies in the midst of the call so many calls from now.
    pub fn kill_after(&self, calls: usize) {
        self.lock().left = Some(calls);
    }

    /// The process is dead from here on: what a dropped journal would still do is not done.
    pub fn kill(&self) {
        self.lock().dead = true;
    }

    /// Another process starts: calls are made again.
    pub fn revive(&self) {
        let mut state = self.lock();
        state.left = None;
        state.dead = false;
    }

    pub fn tape(&self) -> Vec<Event> {
        std::mem::take(&mut self.lock().tape)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).expect("a path in the journal's directory").to_owned()
    }

    fn witness(&self) -> Bytes {
        std::fs::read(self.root.join(WITNESS)).unwrap_or_default().into()
    }

    fn look_at_witness(&self, state: &mut State) {
        let witness = self.witness();
        if witness != state.witness {
            state.witness = witness.clone();
            state.tape.push(Event::Witness(witness));
        }
    }

    /// Begins a call. One is made at a time, so that the tape has the order of the disk. True: the process
    /// is killed in the midst of this one.
    fn call(&self) -> io::Result<(MutexGuard<'_, State>, bool)> {
        let mut state = self.lock();
        self.look_at_witness(&mut state);
        if state.dead {
            return Err(io::Error::other("the process is dead"));
        }
        let fatal = state.left == Some(0);
        state.left = state.left.map(|left| left.saturating_sub(1));
        state.dead = fatal;
        Ok((state, fatal))
    }

    /// Writes down a file or directory that was made without the port, and the directories above it.
    fn meet(&self, state: &mut State, path: &Path) {
        if path.as_os_str().is_empty() || state.ours.contains(path) {
            return;
        }
        if let Some(parent) = path.parent() {
            self.meet(state, parent);
        }
        let place = self.root.join(path);
        if place.is_dir() {
            if state.met.insert(path.to_owned()) {
                state.tape.push(Event::Changed(Change::Directory(path.to_owned())));
            }
        } else if let Ok(bytes) = std::fs::read(place) {
            state.met.insert(path.to_owned());
            state.tape.push(Event::Changed(Change::File { path: path.to_owned(), bytes: bytes.into() }));
        }
    }

    /// The same for all below a directory that the tape does not know yet, or knows and is gone.
    fn meet_all_in(&self, state: &mut State, directory: &Path) {
        let gone: Vec<_> = state
            .met
            .iter()
            .filter(|path| path.starts_with(directory) && !self.root.join(path).exists())
            .cloned()
            .collect();
        for path in gone {
            state.met.remove(&path);
            state.tape.push(Event::Changed(Change::Remove(path)));
        }
        for (path, _) in below(&self.root.join(directory)) {
            let path = directory.join(path);
            if !state.met.contains(&path) {
                self.meet(state, &path);
            }
        }
    }

    /// Directories are made past the port, and their names synced through it.
    fn meet_directories_in(&self, state: &mut State, directory: &Path) {
        let entries = std::fs::read_dir(self.root.join(directory)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.path().is_dir()) {
            self.meet(state, &directory.join(entry.file_name()));
        }
    }

    fn forget(state: &mut State, path: &Path) {
        state.ours.retain(|known| !known.starts_with(path));
        state.met.retain(|known| !known.starts_with(path));
    }
}

/// How a call ends for the process that made it.
fn outcome<T>(fatal: bool, done: T) -> io::Result<T> {
    if fatal { Err(io::Error::other("killed")) } else { Ok(done) }
}

impl Disk for Recorder {
    fn create(&self, path: &Path) -> io::Result<File> {
        let (mut state, fatal) = self.call()?;
        let file = SystemDisk.create(path)?;
        let path = self.relative(path);
        state.ours.insert(path.clone());
        state.tape.push(Event::Changed(Change::Create(path)));
        outcome(fatal, file)
    }

    fn append(&self, file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let (mut state, fatal) = self.call()?;
        let length = if fatal { state.dice.pick(&[0, bytes.len() / 2, bytes.len()]) } else { bytes.len() };
        let (written, rest) = bytes.split_at(length);
        SystemDisk.append(file, path, written)?;
        state.tape.push(Event::Changed(Change::Append {
            path: self.relative(path),
            bytes: Bytes::copy_from_slice(written),
            whole: rest.is_empty(),
        }));
        outcome(fatal, ())
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        let (mut state, fatal) = self.call()?;
        if fatal && state.dice.chance(50) {
            return outcome(fatal, ());
        }
        let path_below = self.relative(path);
        self.meet(&mut state, &path_below);
        if self.left_out != LeftOut::FileSync {
            SystemDisk.sync(file, path)?;
            state.tape.push(Event::Synced(path_below));
        }
        outcome(fatal, ())
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let (mut state, fatal) = self.call()?;
        if fatal && state.dice.chance(50) {
            return outcome(fatal, ());
        }
        SystemDisk.sync_directory(path)?;
        // Above the journal's own directory nothing is recorded.
        if let (Ok(below), true) = (path.strip_prefix(&self.root), self.left_out != LeftOut::DirectorySync) {
            if below.starts_with(BUILDING) {
                self.meet_all_in(&mut state, below);
            }
            self.meet_directories_in(&mut state, below);
            state.tape.push(Event::DirectorySynced(below.to_owned()));
        }
        outcome(fatal, ())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut state, fatal) = self.call()?;
        let source = self.relative(from);
        if !state.ours.contains(&source) {
            self.meet(&mut state, &source);
            self.meet_all_in(&mut state, &source);
        }
        if !fatal || state.dice.chance(50) {
            SystemDisk.rename(from, to)?;
            Self::forget(&mut state, &source);
            let target = self.relative(to);
            state.ours.extend(below(to).into_iter().map(|(path, _)| target.join(path)));
            state.ours.insert(target.clone());
            state.tape.push(Event::Changed(Change::Rename(source, target)));
        }
        outcome(fatal, ())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (mut state, fatal) = self.call()?;
        if !fatal || state.dice.chance(50) {
            SystemDisk.remove(path)?;
            let path = self.relative(path);
            Self::forget(&mut state, &path);
            state.tape.push(Event::Changed(Change::Remove(path)));
        }
        outcome(fatal, ())
    }
}
