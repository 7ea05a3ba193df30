//! `tilanne nats users`: a key for each service and source, and what each may do.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use bus::nats::users::{self, SERVICES, Source};
use proto::subject::Family;

use crate::Error;
use crate::cli::Users;
use crate::config;
use crate::output::say;

/// The longest name of a source: it stands in subjects and file names.
const NAME: usize = 64;

/// Writes what is missing and the list of users. A seed that is there stays.
pub fn users(asked: &Users) -> Result<(), Error> {
    let values = config::load(&asked.settings)?.values;
    let area = config::area(values.server.area.as_deref())?.area;
    let sources = sources(&asked.sources)?;
    let doing = |doing| move |source| Error::Path { doing, path: asked.dir.clone(), source };
    std::fs::create_dir_all(&asked.dir).map_err(doing("making the directory"))?;
    let mut known = Vec::new();
    for user in users::users(area.id.as_str(), &sources) {
        let key = key(&asked.dir.join(format!("{}.seed", user.name)))?;
        known.push((user, key));
    }
    let list = asked.dir.join("users.conf");
    replace(&list, &users::authorization(&known))?;
    say(&format!("written: {} with {} users", list.display(), known.len()))?;
    known.iter().try_for_each(|(user, key)| say(&format!("{key}  {}", user.name)))
}

/// The public key of the seed in a file, which is made where there is none.
fn key(path: &Path) -> Result<String, Error> {
    let failed = |doing| move |source| Error::Path { doing, path: path.to_owned(), source };
    match std::fs::read_to_string(path) {
        Ok(seed) => users::public_key(&seed).ok_or_else(|| {
            Error::Failed(format!(
                "{}: there is no user's seed in it: move it away, then run this again",
                path.display()
            ))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let (seed, key) = users::new_key().map_err(Error::Failed)?;
            let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            let mut file = opened.map_err(failed("making the seed's file"))?;
            let written = writeln!(file, "{seed}").and_then(|()| file.sync_all());
            written.map_err(failed("writing the seed's file"))?;
            Ok(key)
        }
        Err(error) => Err(failed("reading the seed's file")(error)),
    }
}

/// Puts a file in the place of another in one step: a server that reads it meanwhile finds one or the other.
fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |source| Error::Path { doing: "writing", path: path.to_owned(), source };
    let draft = path.with_extension("conf.new");
    let mut file = File::create(&draft).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)
}

/// `NAME=FAMILY[,FAMILY]` of each.
fn sources(asked: &[String]) -> Result<Vec<Source>, Error> {
    let mut taken: BTreeSet<String> = SERVICES.iter().map(|name| (*name).to_owned()).collect();
    let mut sources = Vec::new();
    for text in asked {
        let source = source(text).ok_or_else(|| {
            Error::Usage(format!(
                "--source {text}: write a name of letters, digits and -, then =, then what it may publish: \
                 queue, staffing, capacity"
            ))
        })?;
        if !taken.insert(source.name.clone()) {
            return Err(Error::Usage(format!("--source {text}: that name is taken: choose another")));
        }
        sources.push(source);
    }
    Ok(sources)
}

fn source(text: &str) -> Option<Source> {
    let (name, families) = text.split_once('=')?;
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if name.is_empty() || name.len() > NAME || !name.chars().all(plain) {
        return None;
    }
    let family = |word: &str| Family::ALL.into_iter().find(|family| family.as_str() == word);
    let families = families.split(',').map(family).collect::<Option<BTreeSet<_>>>()?;
    Some(Source { name: name.to_owned(), families: families.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_plain_name_and_known_families() {
        let read = source("feed-porvoo=capacity,queue,queue").unwrap();
        assert_eq!(
            (read.name.as_str(), read.families.as_slice()),
            ("feed-porvoo", [Family::Queue, Family::Capacity].as_slice())
        );
        for text in ["porvoo", "=queue", "a.b=queue", "a/b=queue", "a=", "a=beds", "a=queue,"] {
            assert_eq!(source(text), None, "{text}");
        }
        let twice = ["a=queue".to_owned(), "a=staffing".to_owned()];
        assert!(sources(&twice).is_err() && sources(&["recorder=queue".to_owned()]).is_err());
    }
}
