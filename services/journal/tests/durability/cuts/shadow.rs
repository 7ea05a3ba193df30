//! What a disk may hold after a loss of power: a model of files, names and what of them is durable.
//!
//! It promises less than any file system does. Bytes are durable once their file was synced, a name once
//! its directory was; of everything else any part may be there: files of any length between what was
//! synced and what was written, sectors that were never written (zeros), names that were made, changed
//! or removed in any subset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use super::recorder::WITNESS;
use super::tape::{Change, Event};
use crate::dice::Dice;

/// How much of what was not synced a cut leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing.
    Dropped,
    /// Any of the names, none of the bytes.
    Emptied,
    /// Any part, in sectors of so many bytes.
    Torn(usize),
}

/// What is left, and whether a tail file ends within a commit.
#[derive(Debug, Clone, Default)]
pub struct Remains {
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    pub directories: BTreeSet<PathBuf>,
    pub torn: bool,
}

/// The root directory's node.
const ROOT: usize = 0;

pub struct Shadow {
    nodes: Vec<Node>,
    /// Changes of names that are not durable: those of one change hold together.
    pending: Vec<Vec<Name>>,
    /// What the witness has said so far, the durable one first.
    witness: Vec<Bytes>,
}

#[derive(Clone)]
enum Node {
    File(Contents),
    Directory(BTreeMap<String, usize>),
}

#[derive(Clone, Default)]
struct Contents {
    bytes: Vec<u8>,
    synced: usize,
    /// Where commits end.
    ends: Vec<usize>,
}

/// From now on this name in this directory is that node, or none.
#[derive(Clone)]
struct Name {
    directory: usize,
    name: String,
    node: Option<usize>,
}

impl Shadow {
    /// A disk on which all this is durable.
    pub fn over(found: &[(PathBuf, Option<Bytes>)]) -> Self {
        let root = Node::Directory(BTreeMap::new());
        let mut shadow = Self { nodes: vec![root], pending: Vec::new(), witness: Vec::new() };
        for (path, bytes) in found {
            match bytes {
                Some(bytes) if path == Path::new(WITNESS) => shadow.witness.push(bytes.clone()),
                Some(bytes) => {
                    let contents =
                        Contents { bytes: bytes.to_vec(), synced: bytes.len(), ends: vec![bytes.len()] };
                    shadow.put(path, Node::File(contents));
                }
                None => shadow.put(path, Node::Directory(BTreeMap::new())),
            }
        }
        for change in std::mem::take(&mut shadow.pending) {
            shadow.settle(&change);
        }
        if shadow.witness.is_empty() {
            shadow.witness.push(Bytes::new());
        }
        shadow
    }

    /// What happened next.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Changed(change) => self.change(change),
            Event::Synced(path) => {
                if let Some(Node::File(file)) = self.find(path).map(|node| &mut self.nodes[node]) {
                    file.synced = file.bytes.len();
                }
            }
            Event::DirectorySynced(path) => self.sync_directory(path),
            Event::Witness(bytes) => self.witness.push(bytes.clone()),
            Event::Submitted(_) | Event::Acknowledged(_) | Event::Opened(_) => {}
        }
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::Create(path) => self.put(path, Node::File(Contents::default())),
            Change::Directory(path) => self.put(path, Node::Directory(BTreeMap::new())),
            Change::File { path, bytes } => {
                let contents = Contents { bytes: bytes.to_vec(), synced: 0, ends: vec![] };
                match self.find(path) {
                    Some(node) => self.nodes[node] = Node::File(contents),
                    None => self.put(path, Node::File(contents)),
                }
            }
            Change::Append { path, bytes, whole } => {
                if let Some(Node::File(file)) = self.find(path).map(|node| &mut self.nodes[node]) {
                    file.bytes.extend_from_slice(bytes);
                    file.ends.extend(whole.then_some(file.bytes.len()));
                }
            }
            Change::Rename(from, to) => {
                let node = self.find(from);
                let names = [self.name(from, None), self.name(to, node)];
                self.pending.push(names.into_iter().flatten().collect());
            }
            Change::Remove(path) => {
                // What is in a directory goes name by name: a cut may find it half empty.
                if let Some(node) = self.find(path) {
                    self.empty(node);
                }
                let name = self.name(path, None);
                self.pending.push(name.into_iter().collect());
            }
        }
    }

    fn empty(&mut self, directory: usize) {
        for (name, node) in self.names(directory) {
            self.empty(node);
            self.pending.push(vec![Name { directory, name, node: None }]);
        }
    }

    fn put(&mut self, path: &Path, node: Node) {
        self.nodes.push(node);
        let name = self.name(path, Some(self.nodes.len() - 1));
        self.pending.push(name.into_iter().collect());
    }

    fn sync_directory(&mut self, path: &Path) {
        let Some(directory) = self.find(path) else { return };
        let (durable, pending): (Vec<_>, _) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|change| change.iter().any(|name| name.directory == directory));
        self.pending = pending;
        for change in durable {
            self.settle(&change);
        }
    }

    fn settle(&mut self, change: &[Name]) {
        for Name { directory, name, node } in change {
            if let Node::Directory(names) = &mut self.nodes[*directory] {
                match node {
                    Some(node) => drop(names.insert(name.clone(), *node)),
                    None => drop(names.remove(name)),
                }
            }
        }
    }

    /// The names in a directory as a running process sees them.
    fn names(&self, directory: usize) -> BTreeMap<String, usize> {
        self.names_with(directory, &self.pending.iter().collect::<Vec<_>>())
    }

    fn names_with(&self, directory: usize, changes: &[&Vec<Name>]) -> BTreeMap<String, usize> {
        let Node::Directory(durable) = &self.nodes[directory] else { return BTreeMap::new() };
        let mut names = durable.clone();
        for change in changes.iter().flat_map(|change| change.iter()).filter(|it| it.directory == directory) {
            match change.node {
                Some(node) => drop(names.insert(change.name.clone(), node)),
                None => drop(names.remove(&change.name)),
            }
        }
        names
    }

    fn find(&self, path: &Path) -> Option<usize> {
        path.components().try_fold(ROOT, |node, part| {
            let Component::Normal(name) = part else { return None };
            self.names(node).get(name.to_str()?).copied()
        })
    }

    fn name(&self, path: &Path, node: Option<usize>) -> Option<Name> {
        let directory = self.find(path.parent()?)?;
        Some(Name { directory, name: path.file_name()?.to_str()?.to_owned(), node })
    }

    /// What a running process sees: to hold the model against the real directory.
    pub fn now(&self) -> Remains {
        let mut remains = Remains::default();
        let changes: Vec<_> = self.pending.iter().collect();
        self.collect(ROOT, Path::new(""), &changes, &mut |file| file.bytes.clone(), &mut remains);
        remains
    }

    /// What a cut may leave.
    pub fn cut(&self, cut: Cut, dice: &mut Dice) -> Remains {
        let odds = if cut == Cut::Dropped { 0 } else { dice.pick(&[0, 30, 50, 70, 100]) };
        let changes: Vec<_> = self.pending.iter().filter(|_| dice.chance(odds)).collect();
        let mut remains = Remains::default();
        self.collect(ROOT, Path::new(""), &changes, &mut |file| torn(file, cut, dice), &mut remains);
        remains.files.insert(WITNESS.into(), self.old_witness(cut, dice));
        remains
    }

    fn collect(
        &self,
        node: usize,
        path: &Path,
        changes: &[&Vec<Name>],
        read: &mut dyn FnMut(&Contents) -> Vec<u8>,
        into: &mut Remains,
    ) {
        match &self.nodes[node] {
            Node::File(file) => {
                let bytes = read(file);
                let whole = file.ends.iter().copied().filter(|&end| {
                    bytes.get(..end).is_some_and(|bytes| file.bytes.get(..end) == Some(bytes))
                });
                let tail = path.extension().is_some_and(|it| it == "tail") && !file.ends.is_empty();
                into.torn |= tail && bytes.len() > whole.max().unwrap_or(0);
                into.files.insert(path.to_owned(), bytes);
            }
            Node::Directory(_) => {
                into.directories.insert(path.to_owned());
                for (name, node) in self.names_with(node, changes) {
                    self.collect(node, &path.join(name), changes, read, into);
                }
            }
        }
    }

    /// The witness is written in place: each sector may be as old as it likes.
    fn old_witness(&self, cut: Cut, dice: &mut Dice) -> Vec<u8> {
        if cut == Cut::Dropped {
            return self.witness[0].to_vec();
        }
        let newest = self.witness.len() - 1;
        let mut age = || newest - dice.index(newest.min(3) + 1);
        let mut bytes = self.witness[age()].to_vec();
        for (at, sector) in bytes.chunks_mut(512).enumerate() {
            let other = self.witness[age()].get(at * 512..).unwrap_or_default();
            let length = other.len().min(sector.len());
            sector[..length].copy_from_slice(&other[..length]);
        }
        bytes
    }
}

/// A file's bytes after a cut.
fn torn(file: &Contents, cut: Cut, dice: &mut Dice) -> Vec<u8> {
    let Cut::Torn(sector) = cut else { return file.bytes[..file.synced].to_vec() };
    let end = match dice.index(4) {
        0 => file.bytes.len(),
        1 => file.synced,
        _ => dice.between(file.synced, file.bytes.len()),
    };
    let mut bytes = file.bytes[..end].to_vec();
    let odds = dice.pick(&[0, 50, 90, 100]);
    let mut at = file.synced;
    while at < end {
        let next = ((at / sector + 1) * sector).min(end);
        if !dice.chance(odds) {
            bytes[at..next].fill(0);
        }
        at = next;
    }
    bytes
}
