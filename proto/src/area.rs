//! The area file: TOML for people, canonical JSON inside the fact `area.configured`.

mod check;
mod file;

pub use file::{AreaFile, StationFile};

use situation::area::Area;

/// What is wrong with an area's description.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not TOML (or JSON), or has a wrong or unknown member.
    #[error("the area file cannot be read: {0}")]
    Form(String),
    /// It contradicts itself.
    #[error("the area file is wrong at {place}: {reason}")]
    Meaning {
        /// Where, as a path of keys.
        place: String,
        /// What to do.
        reason: String,
    },
}

/// Reads an area file. Returns the area and its canonical document.
///
/// # Errors
/// [`Error`], with the place and what to do.
pub fn from_toml(text: &str) -> Result<(Area, String), Error> {
    let file: AreaFile =
        toml::from_str(text).map_err(|error| Error::Form(with_nearest(&error.to_string())))?;
    let area = check::area(&file)?;
    let document = serde_json::to_value(&file).map_err(|error| Error::Form(error.to_string()))?;
    Ok((area, crate::canonical::text(&document)))
}

/// Reads the canonical document of a recorded fact.
///
/// # Errors
/// [`Error`]; not for a document that was recorded by this version or an earlier one.
pub fn from_document(document: &str) -> Result<Area, Error> {
    let file: AreaFile = serde_json::from_str(document).map_err(|error| Error::Form(error.to_string()))?;
    check::area(&file)
}

/// Adds the nearest known key to a complaint about an unknown one.
fn with_nearest(complaint: &str) -> String {
    let Some((_, rest)) = complaint.split_once("unknown field `") else {
        return complaint.trim_end().to_owned();
    };
    let mut names = rest.split('`').step_by(2);
    let Some(unknown) = names.next() else { return complaint.to_owned() };
    let nearest = names.min_by_key(|name| strsim::damerau_levenshtein(unknown, name));
    match nearest {
        Some(nearest) => format!("{}\ndid you mean `{nearest}`?", complaint.trim_end()),
        None => complaint.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let error = from_toml("id = \"x\"\nnmae = 3\n").unwrap_err().to_string();
        assert!(error.contains("did you mean `name`?"), "{error}");
    }

    #[test]
    fn a_document_reads_back_as_the_same_area() {
        let text = include_str!("../../config/areas/skane.toml");
        let (area, document) = from_toml(text).unwrap();
        let again = from_document(&document).unwrap();
        assert_eq!(format!("{area:?}"), format!("{again:?}"));
    }
}
