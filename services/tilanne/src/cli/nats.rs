//! `tilanne nats ...`: what is asked of a NATS server.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Settings;

#[derive(Args)]
pub struct Nats {
    #[command(subcommand)]
    pub action: NatsAction,
}

#[derive(Subcommand)]
pub enum NatsAction {
    /// Make the area's intake stream where there is none; never alters one
    Init {
        #[command(flatten)]
        settings: Settings,
    },
    /// Whether the servers, the area's intake stream and the recorders are such that events get receipts
    Check {
        #[command(flatten)]
        settings: Settings,
    },
    /// Write a key for each service and source, and the server's list of users
    Users(Users),
}

#[derive(Args)]
pub struct Users {
    #[command(flatten)]
    pub settings: Settings,
    /// Where keys are kept: NAME.seed for each user, and users.conf for the server
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// A source of its own: its name and what it may publish (queue, staffing, capacity)
    #[arg(long = "source", value_name = "NAME=FAMILY[,FAMILY]")]
    pub sources: Vec<String>,
}
