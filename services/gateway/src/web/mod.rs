//! What plain HTTP asks for: boards, facts, shifts' reports, commands, and the web page.

mod boards;
mod commands;
mod effect;
mod facts;
mod handover;
mod headers;
mod page;

pub(crate) use boards::{Shelf, areas, board, definitions};
pub(crate) use commands::{COMMANDS_AT_ONCE, Desk, command};
pub(crate) use facts::{Library, facts};
pub(crate) use handover::{Shifts, handover, handover_html, handover_json, handover_markdown};
pub(crate) use headers::guard;
pub(crate) use page::{Page, routes as page};
