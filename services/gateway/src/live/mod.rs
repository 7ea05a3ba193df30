//! Live boards: the hub keeps the newest boards, connections hand them to clients.

mod close;
mod connection;
mod desk;
mod frames;
mod hub;
mod merge;
mod pulse;
mod replay;
mod roster;
mod slot;
mod track;
mod upgrade;
mod view;

pub(crate) use connection::Doorstep;
pub use frames::{Position, ResetReason, SUBPROTOCOL};
pub(crate) use hub::{Hub, HubHandle};
pub(crate) use replay::Stage;
pub(crate) use upgrade::{Entrance, live};
