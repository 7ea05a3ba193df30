//! `tilanne levels ...`: what makes levels of strain.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args)]
pub struct Levels {
    #[command(subcommand)]
    pub action: LevelsAction,
}

#[derive(Subcommand)]
pub enum LevelsAction {
    /// Propose thresholds from what a journal tells of each station, as TOML for the area file
    #[command(
        after_help = "Works beside a running process and writes nothing. Measures are sampled while the station is not \
        closed and they are known; thresholds of levels 2, 3 and 4 are the 60th, 85th and 97th percentile. What has too few \
        samples keeps the thresholds that it has, and says so.\n\n\
        Example: tilanne levels calibrate --data ./data --area county.toml --from 2026-10-01 --to 2026-10-31"
    )]
    Calibrate(Calibrate),
}

#[derive(Args)]
pub struct Calibrate {
    /// The directory that holds the journal
    #[arg(long, value_name = "DIR", default_value = "./data")]
    pub data: PathBuf,
    /// An area file whose measures to take instead of those in the journal
    #[arg(long, value_name = "FILE")]
    pub area: Option<PathBuf>,
    /// The first local date, such as 2026-10-01; where the journal begins if left out
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The last local date; where the journal ends if left out
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Minutes between samples
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    pub every: u32,
}
