//! What can be wrong with a NATS server, the way to it, or what it keeps.

use std::path::PathBuf;

/// Why there is no connection, or why something on the server is not as it must be. Apart from
/// [`crate::Error`], which is about one message and is compared and copied by every caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address cannot be read.
    #[error("{address:?} is no address of a NATS server: write it as nats://HOST:PORT or tls://HOST:PORT")]
    Address {
        /// As it was given.
        address: String,
    },
    /// Nothing answers, or what answers breaks off.
    #[error(
        "no NATS server can be reached at {servers} ({why}): start it, or correct the address or certificates"
    )]
    Unreachable {
        /// Where it was tried.
        servers: String,
        /// What the client says, with its causes.
        why: String,
    },
    /// The server does not know the user.
    #[error(
        "the NATS server at {servers} refuses this user: have its public key, and no other, in the server's users"
    )]
    Forbidden {
        /// Where.
        servers: String,
    },
    /// The server is too old.
    #[error("the NATS server {server} has version {version}, which is too old: install 2.10 or newer")]
    TooOld {
        /// Its name.
        server: String,
        /// Its version.
        version: String,
    },
    /// A file of keys or certificates cannot be used.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// The server keeps no streams.
    #[error(
        "the NATS server has no JetStream, at least not for this user: start it with the shipped configuration"
    )]
    NoJetStream,
    /// A stream could not be made or looked at.
    #[error(
        "the NATS server could not {doing} ({why}): correct that on the server, or give this user the permission"
    )]
    JetStream {
        /// What was asked of it.
        doing: &'static str,
        /// What it says.
        why: String,
    },
    /// The servers that keep a stream, or all of them, have no leader.
    #[error(
        "the NATS servers have no majority or no leader at the moment ({why}): start those that are missing; it goes on \
         by itself"
    )]
    NoLeader {
        /// How that shows.
        why: String,
    },
    /// No answer came.
    #[error(
        "the NATS servers have not answered within {seconds} s ({doing}): start those that are missing; where all run, \
         see whether a log names a permission that this user lacks"
    )]
    Silent {
        /// What was asked of them.
        doing: &'static str,
        /// How long it was waited.
        seconds: u64,
    },
    /// The recorders can't be heard.
    #[error(
        "this user may not hear the recorders: run `tilanne nats users` again with every --source, then \
         `nats-server --signal reload`"
    )]
    Deaf,
    /// Nothing answers for a stream.
    #[error(
        "no stream {stream} answers: make a missing one with `tilanne nats init`; see `tilanne nats check` for one \
         that is there"
    )]
    NoStream {
        /// Its name.
        stream: String,
    },
    /// A stream takes nothing more.
    #[error(
        "the stream {stream} is full ({why}): trim it, or raise nats.intake.max_bytes and the stream's own limit"
    )]
    StreamFull {
        /// Its name.
        stream: String,
        /// What the server says.
        why: String,
    },
    /// Reading a stream has ended, and something may have been missed from here on.
    #[error("the intake stream cannot be read on ({why}): look at its state, then read again")]
    Broken {
        /// What has happened.
        why: String,
    },
    /// A stream does not have what should come next.
    #[error(
        "the intake stream goes on with {got} after {after}: read up from another recorder's journal, then follow"
    )]
    Gap {
        /// The last sequence that was read, or the one before the first that was asked for.
        after: u64,
        /// The sequence that is there instead of the next.
        got: u64,
    },
}
