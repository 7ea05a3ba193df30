//! Strain: how much is asked of a station beside what it has, as a level from 1 to 4 with its reasons.
//!
//! Rules of the area name measures and thresholds ([`StrainRules`]), figures of a station give each measure its reading or
//! say what is missing ([`Reading`]), k of n readings make what is found ([`StationRule::weigh`]), and the log
//! ([`StrainLog`]) says what stands: up at once, down only with a margin and after a while. What is not known is never
//! taken for calm: where the missing readings could change it, there is no level.
//!
//! As with alarms, a level is what people were told, in the order in which facts came in.

mod edwin;
mod figures;
mod inputs;
mod level;
mod log;
mod measure;
mod nedocs;
mod reading;
mod rule;
mod tally;

pub use edwin::edwin;
pub use figures::{AreaStrain, StrainFigures};
pub use level::{Bounds, Level};
pub use log::{MAX_ENDED, Standing, Stood, StrainLog};
pub use measure::read;
pub use nedocs::{NOT_TOLD, nedocs};
pub use reading::{Lack, Reading, Undefined, UndefinedFor};
pub use rule::{AreaRule, Measure, MeasureRule, StationRule, StrainRules, Unit};
pub use tally::Tally;
