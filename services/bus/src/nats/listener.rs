//! The listening side: which subscriptions this process has, and how messages come to their queues.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_nats::Subscriber;
use futures_util::{FutureExt, StreamExt};
use proto::subject::{Filter, Subject};
use tokio::sync::Mutex as FairMutex;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::line::Line;
use super::link::Link;
use super::wire::RESPONDERS;
use crate::queue::Queue;
use crate::{Error, Limits, Message, Subscription};

/// How long closing waits for requests to be told that nobody responds here any more.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// All subscriptions of one connection.
pub(super) struct Listeners {
    link: Arc<Link>,
    pub(super) limits: Limits,
    /// One subscribes at a time, so that no second one relies on a line that is not yet there.
    turn: FairMutex<()>,
    table: Mutex<Table>,
    /// Readers of publications, which close their queues when they end, and lines.
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Default)]
struct Table {
    next: u64,
    /// In order of subscribing.
    listeners: Vec<Listener>,
    lines: HashMap<Filter, SharedLine>,
}

struct Listener {
    id: u64,
    filter: Filter,
    queue: Arc<Queue>,
}

/// One line serves all subscriptions with the same filter, so that requests keep their order.
struct SharedLine {
    users: usize,
    stop: CancellationToken,
}

impl Listeners {
    pub(super) fn new(link: Arc<Link>, limits: Limits) -> Arc<Self> {
        let stop = CancellationToken::new();
        let (turn, table, tasks) = (FairMutex::new(()), Mutex::default(), TaskTracker::new());
        Arc::new(Self { link, limits, turn, table, tasks, stop })
    }

    /// Begins to listen; done when the server has heard of it.
    pub(super) async fn subscribe(self: &Arc<Self>, filter: &Filter) -> Result<Subscription, Error> {
        let _turn = self.turn.lock().await;
        if self.link.closed.is_cancelled() {
            return Err(Error::Closed);
        }
        let client = &self.link.client;
        let messages = client.subscribe(filter.to_string()).await.map_err(|_closed| Error::Closed)?;
        let (subscription, queue, stop) = self.register(filter);
        self.tasks.spawn(read(messages, Arc::clone(&queue), stop));
        if let Some(left) = self.line_needed(filter) {
            let requests = client.queue_subscribe(filter.questions(), RESPONDERS.to_owned()).await;
            let line = Line::new(Arc::clone(&self.link), Arc::clone(self));
            let requests = requests.map_err(|_closed| Error::Closed)?;
            self.tasks.spawn(line.run(requests, left, self.stop.clone()));
        }
        if !self.link.settle().await {
            queue.mark_lost();
        }
        Ok(subscription)
    }

    fn register(self: &Arc<Self>, filter: &Filter) -> (Subscription, Arc<Queue>, CancellationToken) {
        let queue = Arc::new(Queue::new(self.limits));
        let stop = self.stop.child_token();
        let mut table = self.table();
        table.next += 1;
        let id = table.next;
        table.listeners.push(Listener { id, filter: filter.clone(), queue: Arc::clone(&queue) });
        drop(table);
        let listeners = Arc::downgrade(self);
        let registration = Registration { listeners, id, stop: stop.clone() };
        (Subscription::new(Arc::clone(&queue), Box::new(registration)), queue, stop)
    }

    /// Counts one more user of a filter's line; where there is none yet, the token that will stop it.
    fn line_needed(&self, filter: &Filter) -> Option<CancellationToken> {
        let mut table = self.table();
        if let Some(line) = table.lines.get_mut(filter) {
            line.users += 1;
            return None;
        }
        let stop = self.stop.child_token();
        table.lines.insert(filter.clone(), SharedLine { users: 1, stop: stop.clone() });
        Some(stop)
    }

    fn forget(&self, id: u64) {
        let mut table = self.table();
        let Some(place) = table.listeners.iter().position(|listener| listener.id == id) else { return };
        let Listener { filter, .. } = table.listeners.remove(place);
        let Some(line) = table.lines.get_mut(&filter) else { return };
        line.users = line.users.saturating_sub(1);
        if line.users == 0 {
            line.stop.cancel();
            table.lines.remove(&filter);
        }
    }

    /// The first subscription to `subject` that is still alive.
    pub(super) fn responder(&self, subject: &Subject) -> Option<Arc<Queue>> {
        let table = self.table();
        let mut alive = table.listeners.iter().filter(|listener| !listener.queue.is_closed());
        let first = alive.find(|listener| listener.filter.matches(subject))?;
        Some(Arc::clone(&first.queue))
    }

    /// Marks a gap in every subscription.
    pub(super) fn mark_lost(&self) {
        for listener in &self.table().listeners {
            listener.queue.mark_lost();
        }
    }

    /// Ends the subscriptions that the server has refused to make.
    pub(super) fn end_refused(&self, filter: &str) {
        for listener in &self.table().listeners {
            if listener.filter.as_str() == filter {
                listener.queue.close();
            }
        }
    }

    /// Ends every subscription after what has come for it.
    pub(super) async fn close(&self) {
        self.stop();
        self.tasks.close();
        // Lines say their last words on the connection, which may be stuck.
        drop(timeout(LAST_WORDS, self.tasks.wait()).await);
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    /// No code panics while it holds the lock, and the table is whole between any two of its changes.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings what is published to its queue, and closes the queue when told to stop and everything that has come
/// is in it.
async fn read(mut messages: Subscriber, queue: Arc<Queue>, stop: CancellationToken) {
    let deliver = |message: async_nats::Message| {
        let subject = Subject::from_wire(&message.subject);
        queue.deliver_or_lose(Message { subject, payload: message.payload, reply: None });
    };
    loop {
        tokio::select! {
            biased;
            message = messages.next() => match message {
                Some(message) => deliver(message),
                None => break,
            },
            () = stop.cancelled() => break,
        }
    }
    while let Some(Some(message)) = messages.next().now_or_never() {
        deliver(message);
    }
    queue.close();
}

/// Takes a listener off the table when its subscription ends.
struct Registration {
    listeners: Weak<Listeners>,
    id: u64,
    stop: CancellationToken,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(listeners) = self.listeners.upgrade() {
            listeners.forget(self.id);
        }
    }
}
