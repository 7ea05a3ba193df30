//! The transport over NATS, for services on several machines.
//!
//! # How the bus's verbs travel
//!
//! * A **publication** goes out under its subject's own name, as in any NATS system, and every subscription
//!   of the bus is a plain NATS subscription.
//! * A **request** goes out under `ask.` and the subject's name, to the queue group `responders`, which every
//!   process with a subscription to that subject joins. So it reaches one process; there the first
//!   subscription that is still alive takes it. Its answer comes to the asker's inbox, whose name begins with
//!   `_INBOX.` and the connection's name, so that a server can keep askers' inboxes apart.
//! * `Tilanne-Patience` (header of a request): how many milliseconds it may wait for room in the responder's
//!   queue. It is a little less than the asker's deadline, so that the asker still hears what became of it.
//! * `Tilanne-Reply` (header of an answer without payload): `taken` (it has gone into the queue; the answer is
//!   still to come; sent only to who sent a patience), `full` (no room in time; it was let go unread),
//!   `gone` (nobody here responds any more; ask again), `dropped` (let go without an answer), `too-large N`
//!   (the answer would have N bytes). An answer without this header is the responder's payload.
//!
//! Room is carried by two bounds: an asker has at most a queue's worth of requests a subject under way that are
//! not taken yet, and others wait at its own side, in order; a responder lines up what has come and is not in
//! the queue yet, up to a bound above which it answers `full` at once.
//!
//! # What a network cannot promise
//!
//! * **A loss outside of this process may stay unknown.** A gap is told for what this subscriber's queue or
//!   the client could not hold, and once for every reconnection. What a publisher said while *its* connection
//!   was broken is gone without a gap; so is what is said in the first moments after subscribing on another
//!   server of a cluster, until that server has heard of the subscription.
//! * **A responder's process that dies tells nobody**: its askers wait for their deadline. So may one whose
//!   request crosses a responder's unsubscribing on the way.
//! * **A refused request may look like a silent one**: [`Error::Full`](crate::Error::Full) is said only when
//!   it is certain; otherwise it is [`Error::Deadline`](crate::Error::Deadline).
//! * **With several responding processes any of them is asked**, not the first, and requests in flight
//!   together may go to different ones. Their order holds while one process responds. It also holds only
//!   between subscriptions of one process that have the same filter.
//! * **A request that is cancelled on its way may still be handed to the responder.**
//! * **A subscription that the server forbids ends** with a line in the log that names the permission.

mod admin;
mod asker;
mod connect;
mod error;
mod line;
mod link;
mod listener;
mod options;
mod stream;
mod transport;
pub mod users;
mod wire;

pub use admin::{NatsAdmin, ServerFacts};
pub use error::Error;
pub use options::{Credentials, NatsOptions};
pub use stream::{Drift, IntakeStream};
pub(crate) use transport::Nats;

#[cfg(test)]
mod tests;
