//! What each subcommand does.

mod calendar;
mod config;
mod handover;
pub mod journal;
mod levels;
mod nats;
mod replay;
mod run;
mod send;
mod up;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use crate::Error;
use crate::bench;
use crate::cli::Command;
use crate::house::Footing;

pub async fn dispatch(command: Command, footing: Footing) -> ExitCode {
    let done = match command {
        Command::Up(up) => up::up(up, footing).await,
        Command::Run(run) => run::run(run, footing).await,
        Command::Send(send) => send::send(send).await,
        Command::Replay(replay) => replay::replay(replay).await,
        Command::Watch(watch) => watch::watch(watch).await,
        Command::Handover(asked) => handover::handover(asked).await,
        Command::Journal(journal) => journal::journal(journal.action).await,
        Command::Nats(nats) => nats::nats(nats.action).await,
        Command::Config(config) => config::config(config.action),
        Command::Calendar(calendar) => calendar::calendar(&calendar),
        Command::Levels(levels) => levels::levels(levels.action).await,
        Command::Bench(bench) => bench::bench(bench).await,
    };
    match done {
        Ok(()) => ExitCode::from(runtime::exit::DONE),
        Err(error) => fail(&error),
    }
}

/// Says what went wrong, with its causes, and answers with the exit code for it.
pub fn fail(error: &Error) -> ExitCode {
    let mut sentence = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        // Messages that already quote their cause need not say it twice.
        if !sentence.contains(&inner.to_string()) {
            sentence.push_str(": ");
            sentence.push_str(&inner.to_string());
        }
        cause = inner.source();
    }
    drop(writeln!(std::io::stderr(), "tilanne: {sentence}"));
    ExitCode::from(error.exit_code())
}
