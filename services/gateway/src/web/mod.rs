//! What plain HTTP asks for: boards, facts, and the web page.

mod boards;
mod facts;
mod headers;
mod page;

pub(crate) use boards::{Shelf, areas, board, definitions};
pub(crate) use facts::{Library, facts};
pub(crate) use headers::guard;
pub(crate) use page::{Page, routes as page};
