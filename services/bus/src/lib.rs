//! Carries: one small port that moves bytes between whoever is listening at the moment.
//!
//! # The promise
//!
//! The port promises what core NATS gives and nothing more, so that services cannot tell the transports
//! apart. Every stronger promise is the journal's; the one thing that is sent again is an event that is handed in.
//!
//! * **At most once.** The bus remembers nothing. A message that nobody is listening for is gone, and there
//!   is no acknowledgement, no replay and no deduplication. Who missed something asks the journal, with the
//!   last position it saw.
//! * **Order per publisher and subject.** Messages that one publisher sends one after the other on one
//!   subject arrive in that order. So do requests in flight together, by the order in which their futures
//!   were first polled, also while the responder's queue is full. Nothing is said about the order between
//!   publishers or subjects, nor between a publication, which cannot wait for room, and requests that do.
//! * **Publishing fans out and never waits for a listener.** Every subscriber has its own bounded queue. A
//!   subscriber whose queue is full loses the message, and nobody else notices.
//! * **A loss is told where it happened, as far as the transport knows it.** One [`Delivery::Gap`] stands
//!   for each unbroken run of lost messages, between the neighbours of the run. Correctness must never rest
//!   on it (a network may lose without knowing), only speed of recovery.
//! * **A request goes to one responder**, the first subscriber of its subject that is still alive; where several
//!   processes have one, to the first of any of them. It waits for room in that responder's queue, so a busy responder slows its askers instead of losing their
//!   requests. The one deadline covers both the wait for room and the wait for the answer.
//! * **An unanswered request is an error, soon.** Nobody subscribed, no room in time, no answer in time, or a
//!   [`Reply`] dropped without an answer: each has its own [`Error`]. After [`Error::Deadline`],
//!   [`Error::Dropped`] and [`Error::Closed`] the outcome is unknown: the responder may have acted.
//! * **An event is handed in until it has its receipt.** The third verb, [`Bus::hand_in`], returns what the
//!   recorder says once the event is durable. Hand-ins leave in the order in which their futures were first
//!   polled. What goes through a stream may arrive more than once, since it is sent again where no receipt comes:
//!   the journal alone knows duplicates. A receipt is the only success, and no error but those that say so means
//!   that nothing was recorded. How many may be under way is bounded, and others wait in order.
//! * **Sizes are bounded.** A payload above [`MAX_PAYLOAD`] is refused by the sender's own side.
//! * **Closing wakes everybody.** New calls and those that wait for room fail with [`Error::Closed`]; a
//!   subscription hands out what it already holds and then ends; a request that a responder already holds
//!   keeps its answer.
//!
//! What a network cannot keep of this, and how the rest travels, stands at [`nats`].
//!
//! The `contract` module (behind the feature of that name) states the same as tests, which every transport runs.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod delivery;
mod error;
mod handle;
mod in_process;
mod limits;
pub mod nats;
mod queue;
mod subscription;
mod transport;

pub use delivery::{Delivery, Message, Reply};
pub use error::Error;
pub use handle::Bus;
pub use limits::{Limits, MAX_PAYLOAD};
pub use nats::NatsOptions;
pub use subscription::Subscription;
