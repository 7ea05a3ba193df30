//! File systems in a file.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Room for what a writer writes within seconds; unwritten parts take none.
const IMAGE_BYTES: u64 = 192 << 20;
/// Reads of a device that never stands still.
const MOST_READS: usize = 200;

/// Whether images can be made and mounted here; says why not.
pub fn can_be_mounted() -> bool {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let tools = [("mkfs.ext4", "-V"), ("mount", "-V"), ("umount", "-V"), ("losetup", "-V")];
    let missing = tools.iter().find(|(tool, flag)| run(tool, &[flag]).is_err());
    let why = match missing {
        _ if !root => "mounting needs root".to_owned(),
        Some((tool, _)) => format!("there is no {tool}"),
        None if !Path::new("/dev/loop-control").exists() => "there are no loop devices".to_owned(),
        None => return true,
    };
    eprintln!("skipped: power cuts on a real file system: {why}");
    false
}

/// Makes an empty ext4 image.
pub fn make(path: &Path) {
    File::create(path).and_then(|file| file.set_len(IMAGE_BYTES)).expect("an image");
    run("mkfs.ext4", &["-q", "-F", "-m", "0", &path.display().to_string()]).expect("a file system");
}

/// A mounted image; unmounted when it goes.
pub struct Mounted {
    pub directory: PathBuf,
}

impl Mounted {
    /// Mounts an image, replaying the file system's journal where it was not unmounted.
    pub fn new(image: &Path, directory: &Path, options: &str) -> Self {
        std::fs::create_dir_all(directory).expect("a directory");
        let (image, place) = (image.display().to_string(), directory.display().to_string());
        let options = ["loop", options].join(",");
        run("mount", &["-t", "ext4", "-o", options.trim_end_matches(','), &image, &place]).expect("mounted");
        Self { directory: directory.to_owned() }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let place = self.directory.display().to_string();
        if let Err(why) = run("umount", &[&place]).or_else(|_| run("umount", &["--lazy", &place])) {
            eprintln!("{place} stays mounted: {why}");
        }
    }
}

/// Copies what the device has received. One read takes some milliseconds, in which the device may go on:
/// only what two reads in a row agree on was there at one moment, the one between them. The writer must
/// have been stopped.
pub fn copy(image: &Path, to: &Path) {
    let read = || std::fs::read(image).expect("an image");
    let mut before = read();
    for _ in 0..MOST_READS {
        let now = read();
        if now == before {
            std::fs::write(to, now).expect("a copy");
            return;
        }
        before = now;
    }
    panic!("the device never stands still");
}

fn run(tool: &str, arguments: &[&str]) -> Result<(), String> {
    let done = Command::new(tool).args(arguments).output().map_err(|error| format!("{tool}: {error}"))?;
    match done.status.success() {
        true => Ok(()),
        false => Err(format!("{tool} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr))),
    }
}
