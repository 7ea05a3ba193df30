//! The disk itself: the real one, with something made of some of its calls.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};
use tilanne::house::{Disk, SystemDisk};

use super::call::{Call, Failure, Forgets, Kill, Moment};

/// How late a sync comes that is not in time: after the receipt, long before the process is asked to end.
const LATE: Duration = Duration::from_millis(30);

/// The system's disk, forgetting, failing or killing.
#[derive(Debug)]
pub struct RiggedDisk {
    forgets: Option<Forgets>,
    kill: Option<Kill>,
    failure: Option<Failure>,
    counts: Mutex<HashMap<Call, u64>>,
}

impl RiggedDisk {
    /// With what is to be made of its calls.
    #[must_use]
    pub fn new(forgets: Option<Forgets>, kill: Option<Kill>, failure: Option<Failure>) -> Self {
        Self { forgets, kill, failure, counts: Mutex::default() }
    }

    /// Makes a call, unless it is one to fail; ends the process before or after it, if it is one for that.
    /// `half` does what the call does by half.
    fn make<T>(
        &self,
        call: Call,
        half: impl FnOnce(),
        whole: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let number = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(call).or_default();
            *count += 1;
            *count
        };
        let moment = self.kill.filter(|kill| kill.call == call && kill.at == number).map(|kill| kill.moment);
        match moment {
            Some(Moment::Before) => die(),
            Some(Moment::Middle) => {
                half();
                die();
            }
            Some(Moment::After | Moment::Soon(_)) | None => {}
        }
        if let Some(Failure { error, at, on, .. }) = self.failure.filter(|failure| failure.call == call)
            && (at == number || on && at < number)
        {
            return Err(error.into());
        }
        let done = whole();
        match moment {
            Some(Moment::After) => die(),
            Some(Moment::Soon(time)) => {
                std::thread::spawn(move || {
                    // A sleep would be longer than what is aimed at.
                    let begun = std::time::Instant::now();
                    while begun.elapsed() < time {
                        std::hint::spin_loop();
                    }
                    die();
                });
            }
            Some(Moment::Before | Moment::Middle) | None => {}
        }
        done
    }
}

impl Disk for RiggedDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.make(Call::Create, || {}, || SystemDisk.create(path))
    }

    fn append(&self, file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let half = || drop(SystemDisk.append(file, path, &bytes[..bytes.len() / 2]));
        self.make(Call::Append, half, || SystemDisk.append(file, path, bytes))
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        let sync = || match self.forgets {
            Some(Forgets::Sync) => Ok(()),
            Some(Forgets::SyncInTime) => {
                let (file, path) = (file.try_clone()?, path.to_owned());
                std::thread::spawn(move || {
                    std::thread::sleep(LATE);
                    drop(SystemDisk.sync(&file, &path));
                });
                Ok(())
            }
            Some(Forgets::SyncOfDirectories) | None => SystemDisk.sync(file, path),
        };
        self.make(Call::sync_of(path), || {}, sync)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let sync = || match self.forgets {
            Some(Forgets::SyncOfDirectories) => Ok(()),
            Some(Forgets::Sync | Forgets::SyncInTime) | None => SystemDisk.sync_directory(path),
        };
        self.make(Call::SyncDirectory, || {}, sync)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.make(Call::naming_of(to), || {}, || SystemDisk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.make(Call::Remove, || {}, || SystemDisk.remove(path))
    }
}

/// Ends this process as `kill -9` does: no destructor runs, nothing is flushed.
fn die() -> ! {
    kill_process(getpid(), Signal::KILL).expect("one may kill oneself");
    // The call above does not return to a process that is gone.
    std::process::abort()
}
