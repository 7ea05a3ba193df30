//! Laying the layers over each other, and reading the result.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::nearest::nearest;
use super::show;
use crate::Error;

/// What a variable of ours begins with.
const PREFIX: &str = "TILANNE_";

/// The layers read so far, each laid over the one before.
#[derive(Debug, Clone)]
pub struct Layers {
    defaults: Table,
    merged: Table,
    /// Where a value comes from, by key; keys of the defaults are not listed.
    places: BTreeMap<String, String>,
}

/// A configuration that passed every check.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The values, typed.
    pub values: T,
    layers: Layers,
}

impl Layers {
    /// Begins with the compiled-in defaults, which define every key.
    ///
    /// # Errors
    /// [`Error::Syntax`].
    pub fn new(defaults: &str) -> Result<Self, Error> {
        let defaults = parse(defaults, "the built-in defaults")?;
        Ok(Self { merged: defaults.clone(), defaults, places: BTreeMap::new() })
    }

    /// Lays a file over it.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Syntax`], [`Error::UnknownKey`], [`Error::Value`].
    pub fn file(self, path: &Path) -> Result<Self, Error> {
        let text =
            std::fs::read_to_string(path).map_err(|cause| Error::File { path: path.to_owned(), cause })?;
        self.text(&text, &path.display().to_string())
    }

    /// Lays a TOML text over it; `place` is how errors name it.
    ///
    /// # Errors
    /// [`Error::Syntax`], [`Error::UnknownKey`], [`Error::Value`].
    pub fn text(mut self, text: &str, place: &str) -> Result<Self, Error> {
        for (key, value) in leaves(&parse(text, place)?) {
            self.put(&key, value, place)?;
        }
        Ok(self)
    }

    /// Lays the variables `TILANNE_SECTION__KEY` over it; others are not looked at. Values are plain text, or
    /// TOML where the default is no string. [`std::env::vars_os`] fits.
    ///
    /// # Errors
    /// [`Error::Variable`], [`Error::UnknownKey`], [`Error::Value`].
    pub fn environment(
        mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Error> {
        for (name, text) in variables {
            // A name that is no Unicode is nobody's of ours; it must not stop the process either.
            let Ok(name) = name.into_string() else { continue };
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            if !key.contains("__") {
                return Err(Error::Variable { name });
            }
            let path: Vec<String> = key.split("__").map(str::to_ascii_lowercase).collect();
            let place = format!("the environment variable {name}");
            let text = text.into_string().map_err(|_bytes| Error::Value {
                key: path.join("."),
                place: place.clone(),
                cause: "it is not valid UTF-8".into(),
            })?;
            self.put_text(&path, text, &place)?;
        }
        Ok(self)
    }

    /// Lays one value over it, as a flag gives it: `set("server.listen", "[::1]:80", "the flag --listen")`.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], [`Error::Value`].
    pub fn set(mut self, key: &str, text: &str, place: &str) -> Result<Self, Error> {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        self.put_text(&path, text.to_owned(), place)?;
        Ok(self)
    }

    /// Reads the result as `T`.
    ///
    /// # Errors
    /// [`Error::Value`], with the key and the layer that set it.
    pub fn load<T: DeserializeOwned>(self) -> Result<Loaded<T>, Error> {
        match serde_path_to_error::deserialize(Value::Table(self.merged.clone())) {
            Ok(values) => Ok(Loaded { values, layers: self }),
            Err(error) => {
                let key = error.path().to_string();
                let place = self.places.get(&key).cloned().unwrap_or_else(|| "the built-in defaults".into());
                let cause = error.inner().message().trim().to_owned();
                Err(Error::Value { key, place, cause })
            }
        }
    }

    /// Text from outside TOML takes the kind that the key's default has.
    fn put_text(&mut self, path: &[String], text: String, place: &str) -> Result<(), Error> {
        let value = match lookup(&self.defaults, path) {
            Found::Known(Value::String(_)) | Found::Open | Found::Unknown => Value::String(text),
            Found::Known(default) => {
                let parsed = format!("value = {text}").parse::<Table>().ok();
                parsed.and_then(|mut table| table.remove("value")).ok_or_else(|| Error::Value {
                    key: path.join("."),
                    place: place.to_owned(),
                    cause: format!("it must be of the kind {}", default.type_str()),
                })?
            }
        };
        self.put(path, value, place)
    }

    /// The one place where a layer changes anything: checks the key and the kind, then replaces.
    fn put(&mut self, path: &[String], value: Value, place: &str) -> Result<(), Error> {
        let key = path.join(".");
        let value = match lookup(&self.defaults, path) {
            Found::Unknown => return Err(unknown(&self.defaults, key, place)),
            Found::Open => value,
            Found::Known(default) => of_kind(default, value).map_err(|cause| {
                let (key, place) = (key.clone(), place.to_owned());
                Error::Value { key, place, cause }
            })?,
        };
        let Some((last, sections)) = path.split_last() else { return Ok(()) };
        let mut table = &mut self.merged;
        for section in sections {
            let entry = table.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(inner) = entry else { return Err(unknown(&self.defaults, key, place)) };
            table = inner;
        }
        table.insert(last.clone(), value);
        self.places.insert(key, place.to_owned());
        Ok(())
    }
}

impl<T> Loaded<T> {
    /// The effective configuration as TOML, with where each changed value comes from and without secrets. A
    /// value is a secret if its key, or a table above it, ends in the word `token`, `secret`, `password`,
    /// `credentials` or `nkey` (also in the plural), or in `_seed`.
    #[must_use]
    pub fn show(&self) -> String {
        show::show(leaves(&self.layers.merged), &self.layers.places)
    }
}

fn unknown(defaults: &Table, key: String, place: &str) -> Error {
    let known: Vec<String> = leaves(defaults).into_iter().map(|(path, _)| path.join(".")).collect();
    let nearest = nearest(&key, known.iter().map(String::as_str)).to_owned();
    Error::UnknownKey { key, place: place.to_owned(), nearest }
}

enum Found<'a> {
    Known(&'a Value),
    /// Below an empty table, where names are the operator's.
    Open,
    Unknown,
}

fn lookup<'a>(defaults: &'a Table, path: &[String]) -> Found<'a> {
    let mut table = defaults;
    let mut rest = path.iter();
    while let Some(name) = rest.next() {
        match table.get(name) {
            Some(Value::Table(inner)) if inner.is_empty() => return Found::Open,
            Some(Value::Table(inner)) => table = inner,
            Some(value) if rest.len() == 0 => return Found::Known(value),
            Some(_) | None => return Found::Unknown,
        }
    }
    Found::Unknown
}

/// A whole number serves where a fraction is wanted; nothing else changes its kind.
fn of_kind(default: &Value, value: Value) -> Result<Value, String> {
    match (default, value) {
        #[expect(clippy::cast_precision_loss, reason = "nobody configures fractions above 2^53")]
        (Value::Float(_), Value::Integer(whole)) => Ok(Value::Float(whole as f64)),
        (default, value) if default.same_type(&value) => Ok(value),
        (default, value) => {
            Err(format!("it must be of the kind {}, not {}", default.type_str(), value.type_str()))
        }
    }
}

/// Every value that is no table, with its path; empty tables too, since they are there to be filled.
fn leaves(table: &Table) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    for (name, value) in table {
        let inner = value.as_table().filter(|inner| !inner.is_empty());
        let Some(inner) = inner else {
            found.push((vec![name.clone()], value.clone()));
            continue;
        };
        found.extend(leaves(inner).into_iter().map(|(mut path, value)| {
            path.insert(0, name.clone());
            (path, value)
        }));
    }
    found
}

fn parse(text: &str, place: &str) -> Result<Table, Error> {
    text.parse().map_err(|error: toml::de::Error| {
        let line =
            error.span().map_or(0, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count());
        // Not the error's own rendering: it quotes the line, which may hold a secret.
        let cause = format!("line {}: {}", line + 1, error.message().trim());
        Error::Syntax { place: place.to_owned(), cause }
    })
}

#[cfg(test)]
mod tests;
