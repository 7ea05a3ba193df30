//! Boards: what a screen shows, as figures. How they are said in JSON is `proto`'s business.

mod boards;
mod figures;
mod forecast;
mod totals;
mod views;
mod waits;

pub use boards::{Boards, BoardsState, Changed};
pub use figures::{
    AheadFigures, ArrivalFigures, CapacityFigures, ClosingFigures, ClosingPhase, ContactFigures, FeedFigures,
    Freshness, HourFigures, LaneFigures, NoticeFigures, OnCallFigures, OverdueFigures, ServiceTimes,
    ShiftFigures, ShiftStaff, StaffFigures, StationFigures, TaskFigures, UnitFigures, Usual,
};
pub use forecast::{ForecastFigures, ForecastsFigures};
pub use totals::{Sum, Totals};
pub use views::{View, ViewFrame};
pub use waits::{ExpectedFigures, WaitFigures, WithinFigures};
