//! The transport inside one process: bounded queues behind a table of routes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use bytes::Bytes;
use proto::subject::{Filter, Subject};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::delivery::{Answer, question};
use crate::queue::{Queue, Refused};
use crate::transport::{Step, Transport};
use crate::{Error, Limits, Message, Subscription};

/// Subjects whose route is remembered. One area has a subject for each view, so this holds several areas of
/// a hundred stations; beyond it the table is begun anew, which costs time and never a message.
const ROUTES_REMEMBERED: usize = 4096;

/// The queues that a subject leads to, in order of subscribing.
type Route = Arc<[Arc<Queue>]>;

/// Subjects are matched against filters once; every later message finds its route by its name alone.
pub(crate) struct InProcess {
    limits: Limits,
    table: Arc<Table>,
}

/// Behind a std lock on purpose: it is never held across an await.
struct Table(RwLock<State>);

struct State {
    closed: bool,
    listeners: Vec<(Filter, Arc<Queue>)>,
    routes: HashMap<Subject, Route>,
}

impl InProcess {
    pub(crate) fn new(limits: Limits) -> Self {
        let state = State { closed: false, listeners: Vec::new(), routes: HashMap::new() };
        Self { limits, table: Arc::new(Table(RwLock::new(state))) }
    }

    /// Hands over to the first responder that lives; waits for room in its queue.
    async fn request_waiting(&self, subject: &Subject, payload: Bytes) -> Result<Answer, Error> {
        loop {
            let route = self.table.route(subject)?;
            let Some(queue) = route.first() else { return Err(Error::NoResponder) };
            let (message, answer) = ask(subject, payload.clone());
            match queue.deliver(message).await {
                Ok(()) => return Ok(answer),
                // This responder has ended: the next round finds the one after it, or none, or a closed bus.
                Err(_ended) => self.table.forget(queue),
            }
        }
    }
}

/// A message that can be answered, and the place where its answer will arrive.
fn ask(subject: &Subject, payload: Bytes) -> (Message, Answer) {
    let (reply, answer) = question();
    (Message { subject: subject.clone(), payload, reply: Some(reply) }, answer)
}

impl Transport for InProcess {
    fn publish<'a>(&'a self, subject: &'a Subject, payload: Bytes) -> Step<'a, Result<(), Error>> {
        Step::Done(self.table.route(subject).map(|route| {
            for queue in route.iter() {
                let subject = subject.clone();
                queue.deliver_or_lose(Message { subject, payload: payload.clone(), reply: None });
            }
        }))
    }

    fn subscribe<'a>(&'a self, filter: &'a Filter) -> Step<'a, Result<Subscription, Error>> {
        let queue = Arc::new(Queue::new(self.limits));
        Step::Done(self.table.add(filter, &queue).map(|()| {
            let registration = Registration { table: Arc::downgrade(&self.table), queue: Arc::clone(&queue) };
            Subscription::new(queue, Box::new(registration))
        }))
    }

    fn request<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        _until: Instant,
    ) -> Step<'a, Result<Answer, Error>> {
        let route = match self.table.route(subject) {
            Ok(route) => route,
            Err(error) => return Step::Done(Err(error)),
        };
        let Some(queue) = route.first() else { return Step::Done(Err(Error::NoResponder)) };
        let (message, answer) = ask(subject, payload.clone());
        match queue.try_deliver(message) {
            Ok(()) => Step::Done(Ok(answer)),
            Err(Refused::Full | Refused::Closed) => {
                Step::Wait(Box::pin(self.request_waiting(subject, payload)))
            }
        }
    }

    /// The recorder is in this process: it is asked.
    fn hand_in<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        until: Instant,
    ) -> Step<'a, Result<Answer, Error>> {
        self.request(subject, payload, until)
    }

    fn connected(&self) -> Option<watch::Receiver<bool>> {
        None
    }

    fn close(&self) -> Step<'_, ()> {
        self.table.close();
        Step::Done(())
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.table.close();
    }
}

impl Table {
    fn route(&self, subject: &Subject) -> Result<Route, Error> {
        let state = self.read();
        if state.closed {
            return Err(Error::Closed);
        }
        if let Some(route) = state.routes.get(subject) {
            return Ok(Arc::clone(route));
        }
        drop(state);
        self.work_out(subject)
    }

    fn work_out(&self, subject: &Subject) -> Result<Route, Error> {
        let mut state = self.write();
        if state.closed {
            return Err(Error::Closed);
        }
        let matching = state.listeners.iter().filter(|(filter, _)| filter.matches(subject));
        let route: Route = matching.map(|(_, queue)| Arc::clone(queue)).collect();
        if state.routes.len() >= ROUTES_REMEMBERED {
            state.routes.clear();
        }
        state.routes.insert(subject.clone(), Arc::clone(&route));
        Ok(route)
    }

    fn add(&self, filter: &Filter, queue: &Arc<Queue>) -> Result<(), Error> {
        let mut state = self.write();
        if state.closed {
            return Err(Error::Closed);
        }
        state.listeners.push((filter.clone(), Arc::clone(queue)));
        state.routes.clear();
        Ok(())
    }

    fn forget(&self, queue: &Arc<Queue>) {
        let mut state = self.write();
        state.listeners.retain(|(_, listener)| !Arc::ptr_eq(listener, queue));
        state.routes.clear();
    }

    fn close(&self) {
        let mut state = self.write();
        state.closed = true;
        state.routes.clear();
        let listeners = std::mem::take(&mut state.listeners);
        drop(state);
        for (_, queue) in listeners {
            queue.close();
        }
    }

    /// No code panics while it holds the lock, and the table is whole between any two of its changes.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a listener off the table when its subscription ends.
struct Registration {
    table: Weak<Table>,
    queue: Arc<Queue>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some(table) = self.table.upgrade() {
            table.forget(&self.queue);
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::with_desk;
