//! Every limit of the door, with its reason. The defaults are the product's; an operator may change each.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// How the gateway is set. Times are milliseconds, sizes bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Live connections at once. Each costs a task and about 10 KiB; the county has some hundred screens.
    pub connections: usize,
    /// Views that one connection may follow at once: a desk follows a handful.
    pub subscriptions: usize,
    /// Longest message that a client may send. Everything it has to say fits into a few hundred bytes.
    pub message_bytes: usize,
    /// Messages that a client may send in a minute before it is shown the door.
    pub messages_per_minute: u32,
    /// Past spans that are replayed at once: each asks for some milliseconds' folding whenever it has shown what it has.
    pub replays: usize,
    /// Changes that a view remembers for resuming and slow clients: ten seconds at the projector's pace.
    pub ring: usize,
    /// Views kept at once: a large area has some hundred stations.
    pub views: usize,
    /// A view that nobody looks at is forgotten after this time.
    pub view_idle_ms: u64,
    /// The pace of the projector's heartbeat, told to clients. The gateway makes none itself.
    pub heartbeat_ms: u64,
    /// No heartbeat for this long: every client is told that the boards may be behind. Two beats and a little, so
    /// that there is time to follow another projector after two missing beats.
    pub silent_after_ms: u64,
    /// A new connection waits this long for the first heartbeat, which carries the area's time: a beat and a
    /// little.
    pub hello_wait_ms: u64,
    /// A socket that cannot take what it is sent within this time is closed with 4008.
    pub send_timeout_ms: u64,
    /// How often a quiet socket is asked whether it is still there.
    pub ping_ms: u64,
    /// A socket from which nothing, not even a pong, came for this long is closed.
    pub pong_timeout_ms: u64,
    /// How long the projector or recorder may take to answer before the client is told to come back.
    pub answer_ms: u64,
    /// Facts in one answer of the journal's list; the next page starts after its last.
    pub facts_limit: u32,
    /// Facts asked of the recorder at a time: what is held in memory for one reader.
    pub facts_page: u32,
    /// Readers of the journal's list at once; each keeps the recorder busy.
    pub facts_readers: usize,
    /// After the drain began, how long connections have to take their goodbye.
    pub drain_ms: u64,
    /// Origins allowed beside the page's own, written as the browser sends them (`https://board.example.fi`).
    pub origins: Vec<String>,
    /// Serve the board's files from this directory, so that a change shows on reload (for developing it).
    pub board_dir: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connections: 2_000,
            subscriptions: 20,
            message_bytes: 16 * 1024,
            messages_per_minute: 120,
            replays: 16,
            ring: 512,
            views: 1_024,
            view_idle_ms: 60_000,
            heartbeat_ms: 5_000,
            silent_after_ms: 11_000,
            hello_wait_ms: 6_000,
            send_timeout_ms: 5_000,
            ping_ms: 20_000,
            pong_timeout_ms: 60_000,
            answer_ms: 5_000,
            facts_limit: 10_000,
            facts_page: 1_000,
            facts_readers: 8,
            drain_ms: 2_000,
            origins: Vec::new(),
            board_dir: None,
        }
    }
}

/// What a socket gathers before it writes: several small frames go out in one system call, and a
/// quiet socket holds no more than this. (The library's own 128 KiB a socket would be most of the
/// memory of a full house.)
pub(crate) const SOCKET_BUFFER: usize = 4 * 1024;
/// The largest frame that may wait in a socket: a board of a thousand stations fits.
pub(crate) const SOCKET_BACKLOG: usize = 8 * 1024 * 1024;
/// Questions for boards that may wait for the hub: as many as there are connections, and then some.
pub(crate) const ASKS: usize = 4_096;
/// How often the hub looks for idle views, silent projectors and boards that fell behind.
pub(crate) const SWEEP: Duration = Duration::from_millis(500);
/// Pause before a failed load of a board that people are watching is tried again.
pub(crate) const RELOAD_PAUSE: Duration = Duration::from_millis(250);
/// The pause grows by this many steps at the most.
pub(crate) const RELOAD_STEPS: u32 = 8;
/// How long a projector or recorder may take to answer what it knows by heart, while there is another to ask.
pub(crate) const PROMPT: Duration = Duration::from_secs(2);
/// A question is given up once there has been no connection to a NATS server for so long: where another server is
/// there, the connection is made anew sooner.
pub(crate) const UNCONNECTED: Duration = Duration::from_secs(1);
/// How often the projector that is followed is asked whether it answers, while there is another: one that is gone
/// is noticed by this sooner than by its missing heartbeat.
pub(crate) const PROBE: Duration = Duration::from_secs(1);
/// How often a projector that is followed from now on is asked again for a board that is older than what people
/// have seen: with the pauses between, five seconds.
pub(crate) const BEHIND_TRIES: u32 = 6;
/// The hub turns at least every [`SWEEP`]. After a pause this long the process was held up, and what waits for it
/// on the bus may be long past.
pub(crate) const HELD_UP: Duration = Duration::from_secs(3);
/// So long after such a pause a heartbeat may be one that had waited.
pub(crate) const DEAF: Duration = Duration::from_secs(1);
/// Seconds that a refused client is asked to stay away.
pub(crate) const RETRY_AFTER_S: u64 = 2;
/// Reconnecting clients are spread over this time when a gateway goes down.
pub(crate) const GOODBYE_SPREAD_MS: u64 = 5_000;

impl Config {
    /// A projector whose heart was not heard for this long is left for another: two beats.
    pub(crate) fn leave_after(&self) -> Duration {
        ms(self.heartbeat_ms.saturating_mul(2).min(self.silent_after_ms))
    }

    pub(crate) fn check(&self) -> Result<(), crate::Error> {
        let zero = [
            ("connections", self.connections == 0),
            ("subscriptions", self.subscriptions == 0),
            ("message_bytes", self.message_bytes == 0),
            ("ring", self.ring == 0),
            ("views", self.views == 0),
            ("ping_ms", self.ping_ms == 0),
            ("facts_limit", self.facts_limit == 0),
            ("facts_page", self.facts_page == 0),
            ("facts_readers", self.facts_readers == 0),
        ];
        match zero.into_iter().find(|(_, is_zero)| *is_zero) {
            Some((name, _)) => Err(crate::Error::Setting(name)),
            None => Ok(()),
        }
    }
}

/// A setting in milliseconds as a duration.
pub(crate) const fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}
