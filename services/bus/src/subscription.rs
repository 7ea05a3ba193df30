//! The reading end of the bus.

use std::any::Any;
use std::sync::Arc;

use tokio::task::coop;

use crate::Delivery;
use crate::queue::{Queue, Taken};

/// A place where messages of one filter arrive, in order, until the bus closes. Dropping it unsubscribes.
pub struct Subscription {
    queue: Arc<Queue>,
    /// Empty between calls; kept so that reading one by one allocates nothing.
    one: Vec<Delivery>,
    /// Whatever the transport needs to notice the end of this subscription: dropped with it.
    _registration: Box<dyn Any + Send + Sync>,
}

impl Subscription {
    pub(crate) fn new(queue: Arc<Queue>, registration: Box<dyn Any + Send + Sync>) -> Self {
        Self { queue, one: Vec::new(), _registration: registration }
    }

    /// Waits for the next delivery; `None` when the bus has closed and everything held is read.
    ///
    /// Safe to cancel: a delivery is taken in the same moment in which this returns it.
    pub async fn next(&mut self) -> Option<Delivery> {
        wait_and_take(&self.queue, 1, &mut self.one).await;
        self.one.pop()
    }

    /// What is there already, without waiting; `None` when there is nothing.
    pub fn try_next(&mut self) -> Option<Delivery> {
        self.queue.take(1, &mut self.one);
        self.one.pop()
    }

    /// Waits for one delivery, then takes what is there, `max` at the most (and at least 1), and puts all of
    /// it at the end of `out`. Returns how many; 0 when the bus has closed and everything held is read.
    ///
    /// This is how a group commit grows with the load. Safe to cancel, as [`Subscription::next`] is.
    pub async fn next_many(&mut self, max: usize, out: &mut Vec<Delivery>) -> usize {
        wait_and_take(&self.queue, max.max(1), out).await
    }
}

async fn wait_and_take(queue: &Queue, max: usize, out: &mut Vec<Delivery>) -> usize {
    // A queue that is never empty would otherwise keep its reader's thread for itself.
    coop::consume_budget().await;
    loop {
        match queue.take(max, out) {
            Taken::Some(count) => return count,
            Taken::Ended => return 0,
            Taken::Nothing => queue.changed().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
