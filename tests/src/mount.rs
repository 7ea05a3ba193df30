//! Disks with little room.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file systems: room for the journal's beginning and little more.
const BYTES: u64 = 24 * 1024 * 1024;
/// How the filler writes, at first and when that does not fit any more.
const FILLER_BYTES: [usize; 2] = [64 * 1024, 1024];

/// A small file system of the test's own, unmounted when it goes out of scope.
#[derive(Debug)]
pub struct Mount {
    /// What it is.
    pub kind: &'static str,
    /// Where it is mounted.
    pub directory: PathBuf,
    _place: tempfile::TempDir,
}

impl Mount {
    /// One in memory. `None`, aloud, where it can't be mounted.
    #[must_use]
    pub fn tmpfs() -> Option<Self> {
        Self::of_kind("tmpfs", |_| {
            Some(vec!["-t".into(), "tmpfs".into(), "-o".into(), format!("size={BYTES}"), "tmpfs".into()])
        })
    }

    /// One in a file. `None`, aloud, where it can't be mounted.
    ///
    /// # Panics
    /// If the file can't be made.
    #[must_use]
    pub fn ext4() -> Option<Self> {
        Self::of_kind("ext4", |place| {
            let image = place.join("image");
            File::create(&image).and_then(|file| file.set_len(BYTES)).expect("an image");
            let image = image.display().to_string();
            let made = Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0", &image]).status();
            made.is_ok_and(|status| status.success()).then(|| vec!["-o".into(), "loop".into(), image])
        })
    }

    /// `None`, aloud, where nothing may be mounted.
    fn of_kind(kind: &'static str, arguments: impl FnOnce(&Path) -> Option<Vec<String>>) -> Option<Self> {
        let place =
            tempfile::Builder::new().prefix("tilanne-full-").tempdir().expect("a temporary directory");
        let directory = place.path().join("disk");
        std::fs::create_dir(&directory).expect("a directory");
        let mounted = arguments(place.path()).is_some_and(|arguments| {
            let said = Command::new("mount").args(arguments).arg(&directory).output();
            said.is_ok_and(|said| said.status.success())
        });
        if !mounted {
            eprintln!("skipped: no {kind} can be mounted here: it takes root and, for ext4, a loop device");
            return None;
        }
        Some(Self { kind, directory, _place: place })
    }

    /// Takes what room there is, to the last block. Answers with the file that takes it.
    ///
    /// # Panics
    /// If not even that can be made.
    #[must_use]
    pub fn fill(&self) -> PathBuf {
        let path = self.directory.join("filler");
        let mut file = File::create(&path).expect("a file");
        for bytes in FILLER_BYTES {
            while file.write_all(&vec![b'x'; bytes]).is_ok() {}
        }
        // What the file system holds back for itself is counted only once the rest is on the disk.
        drop(file.sync_all());
        while file.write_all(&[b'x'; 1024]).is_ok() {}
        path
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.directory).status());
    }
}
