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
//! * An **event that is handed in** goes out under its subject's own name into the area's intake stream, with
//!   `Tilanne-Receipt-To` (header): the inbox for its receipts. A stream drops the reply subject of what it keeps,
//!   which is why that is a header; the reply subject brings only the stream's own word. That word is no receipt:
//!   it can refuse (no stream, no room), and nothing more. Recorders read the stream, and each sends its receipt
//!   to that inbox when the event is on its disk, with `Tilanne-Recorder` (header): its name. The source has its
//!   receipt when [`NatsOptions::receipts`] of them agree: about the position, or about the whole of a refusal. A
//!   recorder that can record nothing says so (`proto::receipt::Unavailable`), which never counts and is what the
//!   source hears if nothing better has come by the deadline.
//! * An event without sufficient receipts **is sent again**, after two seconds, then after longer ones, and after each
//!   reconnection, to the same inbox. It has no `Nats-Msg-Id`: a server's window of duplicates would swallow the second sending, and
//!   with it the receipt. The journal knows duplicates, and answers them with the first one's position.
//!
//! The recorder's end of the stream is [`intake::IntakeEnd`].
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
//! * **A stream that is not there looks like one without a leader**: an event is refused at once in both cases. A
//!   source that the stream has kept an event for takes it for the latter, any other for the former. And where anybody
//!   else listens to its subject, neither is seen: such an event meets its deadline.
//! * **An event that is sent again comes after those that were sent since.**
//! * **A subscription that the server forbids ends** with a line in the log that names the permission.

mod admin;
mod api;
mod asker;
mod connect;
mod copies;
mod error;
mod hand_in;
pub mod intake;
mod line;
mod link;
mod listener;
mod options;
mod receipts;
mod roll_call;
mod stream;
mod together;
mod transport;
pub mod users;
mod wire;

pub use admin::{NatsAdmin, ServerFacts};
pub use copies::Copies;
pub use error::Error;
pub use options::{Credentials, NatsOptions};
pub use roll_call::takes_events;
pub use stream::{Drift, IntakeStream};
pub(crate) use transport::Nats;

#[cfg(test)]
mod tests;
