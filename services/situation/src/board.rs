//! Boards: what a screen shows, as figures. How they are said in JSON is `proto`'s business.

mod boards;
mod figures;
mod views;

pub use boards::{Boards, BoardsState, Changed};
pub use figures::{
    CapacityFigures, ContactFigures, FeedFigures, Freshness, LaneFigures, NoticeFigures, OnCallFigures,
    ServiceTimes, StaffFigures, StationFigures, TaskFigures, UnitFigures,
};
pub use views::{View, ViewFrame};
