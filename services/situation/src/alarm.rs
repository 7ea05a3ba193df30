//! Alarms: what somebody has to look at now. Rules of the area say what raises one, figures of a station whether it
//! stands, people what becomes of it.
//!
//! Rules → causes ([`causes`]) → what has stood and how it was handled ([`AlarmLog`]) → what a board shows
//! ([`AlarmFigures`]). There is one alarm a cause: while three people are overdue in a lane it counts to three.
//!
//! A log belongs to the order in which facts came in: an alarm is what people were told, and what comes in late can't
//! take that back. Boards of a past moment show the alarms that stood then.

mod cause;
mod figures;
mod log;
mod rule;
mod standing;

pub use cause::{Cause, Watched, causes};
pub use figures::{AlarmFigures, AlarmState};
pub use log::{Acknowledged, Alarm, AlarmLog, MAX_ENDED, Shelved};
pub use rule::{AlarmRules, Escalation, Rule, SUMMARY, Watch};
