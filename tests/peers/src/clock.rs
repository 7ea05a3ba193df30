//! How long something took, on the wall and on the cores.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::Error;

/// Seconds that something took, and what it said.
pub fn timed<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<(f64, T), Error> {
    let begun = Instant::now();
    let said = work()?;
    Ok((begun.elapsed().max(Duration::from_nanos(1)).as_secs_f64(), said))
}

/// Seconds for which the threads of this process have computed, in the background too: says more than
/// the wall's clock on a machine that others use.
pub fn computed() -> f64 {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss)]
    let (whole, part) = (spent.tv_sec as f64, spent.tv_nsec as f64);
    whole + part / 1e9
}
