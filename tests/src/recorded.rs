//! The real data sets. They are not in the project: where they are absent, tests skip, saying so.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::program;

/// A row of a table by column.
pub type Row = BTreeMap<String, String>;

/// A file below `TILANNE_DATA`, or `../shared/data` from the project's root. `None`, aloud, if it is not there.
#[must_use]
pub fn find(file: &str) -> Option<PathBuf> {
    let data =
        std::env::var_os("TILANNE_DATA").map_or_else(|| program::root().join("../shared/data"), Into::into);
    let path = data.join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there; set TILANNE_DATA to the directory of the data sets", path.display());
    None
}

/// Whether the long form of a test is asked for (`TILANNE_FULL=1`).
#[must_use]
pub fn full() -> bool {
    std::env::var("TILANNE_FULL").is_ok_and(|asked| asked == "1")
}

/// The text of a gzip file.
#[must_use]
pub fn unzipped(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("a readable file");
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    text
}

/// The rows of a table.
#[must_use]
pub fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().expect("a header").iter().map(|name| name.trim().to_owned()).collect();
    let row =
        |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}
