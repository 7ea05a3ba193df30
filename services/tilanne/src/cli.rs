//! The command line, as the outer contract pins it.

mod handover;
mod journal;
mod levels;
mod nats;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use handover::{Form, Handover};
pub use journal::{Journal, JournalAction, World};
pub use levels::{Calibrate, Levels, LevelsAction};
pub use nats::{Nats, NatsAction, Users};

/// The situation centre of a wellbeing services county: who waits where, who is on duty, what is open,
/// what has room, now and at any past second.
#[derive(Parser)]
#[command(name = "tilanne", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Every service in one process
    Up(Up),
    /// One service, over NATS
    Run(Run),
    /// Send CloudEvents, one JSON object a line; prints a receipt a line
    Send(Send),
    /// Play a recorded feed file as if it were live
    Replay(Replay),
    /// A live board in the terminal, or JSON lines
    Watch(Watch),
    /// A shift's report
    Handover(Handover),
    /// Verify, count, export, import, back up, restore or salvage a journal
    Journal(Journal),
    /// Make or check what a NATS server needs
    Nats(Nats),
    /// Check or show the configuration
    Config(Config),
    /// Days, windows and shifts, one a line
    Calendar(Calendar),
    /// Thresholds of strain levels out of the stations' own history
    Levels(Levels),
    /// Measure, each figure beside its limit or peer
    Bench(Bench),
}

/// What every command with a configuration takes.
#[derive(Args, Default)]
pub struct Settings {
    /// A configuration file; see config/default.toml for every key
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The area file
    #[arg(long, value_name = "FILE")]
    pub area: Option<PathBuf>,
}

#[derive(Args)]
pub struct Up {
    #[command(flatten)]
    pub settings: Settings,
    /// The directory of the journal
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The public address
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// The address of /metrics, /livez and /readyz
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<String>,
    /// A NATS server instead of the embedded bus
    #[arg(long, value_name = "URL")]
    pub nats: Option<String>,
    /// Play an invented evening in Itä-Uusimaa and simulated days after it, on a clock of its own
    #[arg(long)]
    pub demo: bool,
}

#[derive(Args)]
pub struct Run {
    /// queue, staffing, capacity, recorder, projector or gateway
    pub service: String,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Args)]
pub struct Send {
    /// A file of events, or - for standard input
    pub file: PathBuf,
    /// Where to, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// A file that holds a bearer token
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct Replay {
    /// Recorded feed files (plain or gzip), in order
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The description of the feed
    #[arg(long, value_name = "FILE")]
    pub feed: PathBuf,
    /// Where to, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", required_unless_present = "dry_run")]
    pub to: Option<String>,
    /// How many times faster than it happened, or max
    #[arg(long, default_value = "1")]
    pub speed: String,
    /// Read only, and show what was read
    #[arg(long)]
    pub dry_run: bool,
    /// Rows as JSON lines, with --dry-run
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// A file that holds a bearer token
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct Watch {
    /// Where, such as http://127.0.0.1:8080
    pub url: String,
    /// situation, evening, weekend or station:{id}
    #[arg(long, default_value = "situation")]
    pub view: String,
    /// The area, where the server has several
    #[arg(long)]
    pub area: Option<String>,
    /// The whole board as a JSON line after each change
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Config {
    #[command(subcommand)]
    pub action: ConfigAction,
}

#[derive(Subcommand)]
pub enum ConfigAction {
    /// Whether the configuration and the area file are sound
    Check {
        #[command(flatten)]
        settings: Settings,
    },
    /// The configuration in effect and where each value comes from; secrets are hidden
    Show {
        #[command(flatten)]
        settings: Settings,
    },
}

#[derive(Args)]
pub struct Calendar {
    #[command(flatten)]
    pub settings: Settings,
    /// The first local date, such as 2026-11-26
    #[arg(long)]
    pub from: String,
    /// The last local date
    #[arg(long)]
    pub to: String,
    /// With the openings of each station, and of its services that have hours of their own
    #[arg(long)]
    pub stations: bool,
    /// As JSON lines: one of kind `day` for each date, then those that begin on it, with the area's own offset:
    /// windows (`office`, `evening`, `night`, `weekend`, `holiday`), `shift`, and with --stations `opening`
    /// (`station`, `service`, `from`, `intake_until`, `last_care_until`, `to`, `reason`)
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Bench {
    /// intake, replay, push, at, asof, area, journal, nats, waits or forecast
    pub name: String,
    /// As JSON, one row a line
    #[arg(long)]
    pub json: bool,
    /// Repetitions, of which the medians are shown
    #[arg(long, default_value_t = 3)]
    pub runs: usize,
    /// The form that takes long (nats: a recorder five million facts behind; asof: a year of ten million facts)
    #[arg(long)]
    pub full: bool,
    /// Files of a real feed to use instead of generated events (intake and replay; waits: instead of Skåne's visits;
    /// forecast: instead of Québec's week)
    #[arg(long, value_name = "FILE", requires = "feed")]
    pub file: Vec<PathBuf>,
    /// The description of that feed
    #[arg(long, value_name = "FILE")]
    pub feed: Option<PathBuf>,
    /// The area of that feed
    #[arg(long, value_name = "FILE")]
    pub area: Option<PathBuf>,
    /// forecast: the directory of a journal to play, instead of Québec's week
    #[arg(long, value_name = "DIR", conflicts_with_all = ["feed", "area"])]
    pub data: Option<PathBuf>,
}

/// Reads the command line. Help and version are an answer; a mistake is exit code 64.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, ExitCode> {
    Cli::try_parse_from(arguments).map(|cli| cli.command).map_err(|error| {
        let code = if error.use_stderr() { runtime::exit::USAGE } else { runtime::exit::DONE };
        drop(error.print());
        ExitCode::from(code)
    })
}
