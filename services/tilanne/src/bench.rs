//! The product's own measurements: `tilanne bench NAME`.
//!
//! Each figure stands beside a limit that was measured in the same run on the same machine, and their
//! ratio: machines differ and are noisy, ratios less so. Figures are medians over the runs. The house
//! under test and the one that drives it share the process and its cores, so the figures are low.

mod area;
mod asof;
mod at;
mod events;
mod forecast;
mod intake;
mod journal;
mod nats;
mod plain;
mod push;
mod rig;
mod row;
mod waits;

use crate::Error;
use crate::cli::Bench;
use row::Row;

/// Runs of one call at the most: beyond that a slip of the finger holds the machine for hours.
const MAX_RUNS: usize = 25;

pub async fn bench(asked: Bench) -> Result<(), Error> {
    if asked.runs == 0 || asked.runs > MAX_RUNS {
        return Err(Error::Usage(format!("--runs must be 1 to {MAX_RUNS}")));
    }
    let mut runs: Vec<Vec<Row>> = Vec::new();
    // What was told of waits and of the next hours is the same in every run.
    let count = if matches!(asked.name.as_str(), "waits" | "forecast") { 1 } else { asked.runs };
    for _ in 0..count {
        runs.push(match asked.name.as_str() {
            "intake" => intake::intake(&asked).await?,
            "replay" => intake::replay(&asked).await?,
            "push" => push::push().await?,
            "at" => at::at(&asked).await?,
            "asof" => asof::asof(&asked).await?,
            "area" => area::area().await?,
            "journal" => journal::journal().await?,
            "nats" => nats::nats(&asked).await?,
            "waits" => waits::waits(&asked).await?,
            "forecast" => forecast::forecast(&asked).await?,
            other => {
                return Err(Error::Usage(format!(
                    "there is no bench {other:?}: use intake, replay, push, at, asof, area, journal, nats, waits or \
                     forecast"
                )));
            }
        });
    }
    for row in row::medians(runs) {
        row.print(asked.json)?;
    }
    Ok(())
}
