//! A shift's report: as JSON, and as one page to read, in each of the three languages.
//!
//! The JSON has the names in all languages and moments in UTC; [`Sheet`] lays it out for people in one language and in
//! local time, and is written as HTML that prints on one page of A4, or as Markdown.

mod cells;
mod draw;
mod html;
mod markdown;
mod people;
mod sheet;
mod signatures;
mod words;

pub use draw::{FORM, draw};
pub use html::{STYLE, html};
pub use markdown::markdown;
pub use sheet::{Section, Sheet, most};
pub use signatures::sign;
pub use words::Language;
