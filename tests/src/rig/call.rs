//! The calls of a disk, and what may be made of them, as written in a variable.

use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;

/// A call that durability rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// A new tail file.
    Create,
    /// A commit into the tail.
    Append,
    /// A sync of the tail.
    Sync,
    /// A sync of a file of a volume that is being built.
    SyncBuilt,
    /// A sync of a directory.
    SyncDirectory,
    /// A built volume gets its name.
    Rename,
    /// Another file gets its name: a tail file written anew, or one that is set aside.
    Replace,
    /// A bound tail file, or a merged volume, goes away.
    Remove,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Append,
        Self::Sync,
        Self::SyncBuilt,
        Self::SyncDirectory,
        Self::Rename,
        Self::Replace,
        Self::Remove,
    ];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Append => "append",
            Self::Sync => "sync",
            Self::SyncBuilt => "sync-built",
            Self::SyncDirectory => "sync-directory",
            Self::Rename => "rename",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }

    /// Of which of the two kinds a sync of this file is.
    #[must_use]
    pub fn sync_of(path: &Path) -> Self {
        if in_volumes(path) { Self::SyncBuilt } else { Self::Sync }
    }

    /// Of which of the two kinds it is that a file gets this name.
    #[must_use]
    pub fn naming_of(path: &Path) -> Self {
        if in_volumes(path) { Self::Rename } else { Self::Replace }
    }

    fn read(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|call| call.name() == name);
        found.unwrap_or_else(|| panic!("no call {name:?}"))
    }
}

fn in_volumes(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "volumes")
}

/// When, about a call, the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing of it was done.
    Before,
    /// Half of the bytes were written. Only of an append.
    Middle,
    /// It was done, and its caller does not know.
    After,
    /// Its caller knows, and for so long goes on with what comes next: receipts, the announcement.
    Soon(Duration),
}

/// The k-th call of a kind at which the process ends, written `call:moment:k`, as in `sync:after:3`,
/// `append:middle:1`, or `sync:+250:2` for 250 µs after the second sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill {
    /// The kind of call.
    pub call: Call,
    /// When about it.
    pub moment: Moment,
    /// Which one, from 1.
    pub at: u64,
}

impl Kill {
    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        let moment = match self.moment {
            Moment::Before => "before".to_owned(),
            Moment::Middle => "middle".to_owned(),
            Moment::After => "after".to_owned(),
            Moment::Soon(time) => format!("+{}", time.as_micros()),
        };
        format!("{}:{moment}:{}", self.call.name(), self.at)
    }

    pub(super) fn read(text: &str) -> Self {
        let [call, moment, at] = parts(text);
        let moment = match moment {
            "before" => Moment::Before,
            "middle" => Moment::Middle,
            "after" => Moment::After,
            soon => {
                let time = soon.strip_prefix('+').and_then(|time| time.parse().ok());
                Moment::Soon(Duration::from_micros(time.unwrap_or_else(|| panic!("no moment {soon:?}"))))
            }
        };
        Self { call: Call::read(call), moment, at: at.parse().expect("a number") }
    }
}

/// A call that fails, written `call:error:k` with `EIO` or `ENOSPC`; with `k+` all later ones of its kind
/// fail too. A call that fails does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The kind of call.
    pub call: Call,
    /// With what.
    pub error: Errno,
    /// Which one, from 1.
    pub at: u64,
    /// And every one after it.
    pub on: bool,
}

impl Failure {
    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        let error = if self.error == Errno::NOSPC { "ENOSPC" } else { "EIO" };
        format!("{}:{error}:{}{}", self.call.name(), self.at, if self.on { "+" } else { "" })
    }

    pub(super) fn read(text: &str) -> Self {
        let [call, error, at] = parts(text);
        let error = match error {
            "EIO" => Errno::IO,
            "ENOSPC" => Errno::NOSPC,
            other => panic!("no error {other:?}"),
        };
        let number = at.trim_end_matches('+');
        Self { call: Call::read(call), error, at: number.parse().expect("a number"), on: number != at }
    }
}

fn parts(text: &str) -> [&str; 3] {
    let parts: Vec<&str> = text.split(':').collect();
    parts.try_into().unwrap_or_else(|_| panic!("{text:?} is not of three parts"))
}

/// A protection that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgets {
    /// No file is synced; everybody is told that it was.
    Sync,
    /// A file is synced some time after everybody was told that it was.
    SyncInTime,
    /// No directory is synced.
    SyncOfDirectories,
}

impl Forgets {
    /// As it is written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::SyncInTime => "sync-in-time",
            Self::SyncOfDirectories => "sync-of-directories",
        }
    }

    pub(super) fn read(text: &str) -> Self {
        let all = [Self::Sync, Self::SyncInTime, Self::SyncOfDirectories];
        let found = all.into_iter().find(|forgets| forgets.text() == text);
        found.unwrap_or_else(|| panic!("nothing to forget is called {text:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let moments =
            [Moment::Before, Moment::Middle, Moment::After, Moment::Soon(Duration::from_micros(250))];
        for (call, moment) in Call::ALL.into_iter().flat_map(|call| moments.map(|moment| (call, moment))) {
            let kill = Kill { call, moment, at: 7 };
            assert_eq!(Kill::read(&kill.text()), kill);
        }
        for (error, on) in [(Errno::IO, false), (Errno::NOSPC, true)] {
            let failure = Failure { call: Call::Rename, error, at: 2, on };
            assert_eq!(Failure::read(&failure.text()), failure);
        }
        assert_eq!(Forgets::read(Forgets::SyncInTime.text()), Forgets::SyncInTime);
    }
}
