//! Shows: boards over HTTP and WebSocket, and the web page that draws them.
//!
//! The gateway decides nothing and holds no clock. It keeps the newest board of every view that somebody
//! looks at, passes on what the projector publishes, and asks the projector for every other moment. The
//! heartbeat is the projector's own: when it stops, the gateway says so and never makes up another.
//! Of several projectors it follows one; when that one falls silent, does not answer or is not what it should be, it
//! asks another for every board and goes on with that one's changes.
//!
//! ```text
//! bus ── board changes, heartbeats ──► hub ── a track a view ──► connections ──► clients
//!  ▲                                    │
//!  └──── questions for boards ◄─────────┴──── HTTP handlers
//! ```
//!
//! [`Gateway::new`] gives the routes and the task to run beside them. A client is never sent a change
//! that does not follow on what it has: a track that misses one asks for the whole board, and a client
//! that misses one gets a merged delta or a reset and the board.

mod config;
mod error;
mod gateway;
mod live;
mod metrics;
mod projector;
mod web;

pub use config::Config;
pub use error::Error;
pub use gateway::Gateway;
pub use live::{Position, ResetReason, SUBPROTOCOL};
