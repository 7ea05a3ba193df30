//! The answering side: requests that have come and wait for room in the responder's queue, in order.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Subscriber;
use bytes::Bytes;
use futures_util::StreamExt;
use proto::subject::Subject;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::link::Link;
use super::listener::Listeners;
use super::wire::{self, Verdict};
use crate::delivery::{Answer, question};
use crate::{Error, Message};

/// Slots that may stand in a line: some thirty askers that all have their whole window under way, 128 MiB.
const SLOTS: u32 = 16_384;

/// How often a standing line is looked through for those whose patience has ended.
const LOOK: Duration = Duration::from_millis(20);

/// How many requests are still told that nobody responds here any more, after which the server sends none. A
/// plain unsubscribing would lose what crosses it on its way, and its askers would hear nothing; so both sides
/// count. More than are on their way in one moment.
const FAREWELLS: u64 = 256;

/// How long that goes on when the bus closes: some round trips.
const LINGER: Duration = Duration::from_millis(50);

/// A request that has come.
struct Request {
    subject: Subject,
    payload: Bytes,
    reply: String,
    /// Until when it may stand here; without it the asker does not know of this convention.
    expires: Option<Instant>,
    slots: u32,
}

impl Request {
    fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// The request whose turn it is, while there is no room for it.
struct First {
    request: Request,
    handing: Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>,
}

/// One filter's requests.
pub(super) struct Line {
    link: Arc<Link>,
    listeners: Arc<Listeners>,
    first: Option<First>,
    standing: VecDeque<Request>,
    slots: u32,
}

impl Line {
    pub(super) fn new(link: Arc<Link>, listeners: Arc<Listeners>) -> Self {
        Self { link, listeners, first: None, standing: VecDeque::new(), slots: 0 }
    }

    /// Hands on what comes. After `left`, when this filter has no subscription any more, it takes leave; after
    /// `closing` it ends soon.
    pub(super) async fn run(
        mut self,
        mut requests: Subscriber,
        left: CancellationToken,
        closing: CancellationToken,
    ) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let lingered = async {
            closing.cancelled().await;
            tokio::time::sleep(LINGER).await;
        };
        tokio::pin!(lingered);
        let (mut come, mut leaving) = (0_u64, false);
        loop {
            self.advance().await;
            tokio::select! {
                biased;
                handed = handed(&mut self.first) => self.settle_first(handed).await,
                request = requests.next() => match request {
                    Some(request) => {
                        come += 1;
                        self.admit(request).await;
                    }
                    None => return,
                },
                _ = look.tick(), if self.first.is_some() => self.send_away().await,
                () = left.cancelled(), if !leaving => {
                    leaving = true;
                    if requests.unsubscribe_after(come + FAREWELLS).await.is_err() {
                        return;
                    }
                }
                () = &mut lingered => return,
            }
        }
    }

    async fn admit(&mut self, message: async_nats::Message) {
        let subject = Subject::of_question(&message.subject);
        let (Some(subject), Some(reply)) = (subject, message.reply) else { return };
        let reply = reply.into_string();
        let slots = self.listeners.limits.slots_for(message.payload.len());
        if self.slots.saturating_add(slots) > SLOTS && !self.standing.is_empty() {
            return self.link.tell(reply, Verdict::Final(Err(Error::Full))).await;
        }
        let patience = wire::patience_of(message.headers.as_ref());
        let expires = patience.and_then(|patience| Instant::now().checked_add(patience));
        self.slots = self.slots.saturating_add(slots);
        self.standing.push_back(Request { subject, payload: message.payload, reply, expires, slots });
    }

    /// Hands on from the front as long as there is room.
    async fn advance(&mut self) {
        while self.first.is_none() {
            let Some(request) = self.standing.pop_front() else { return };
            self.slots = self.slots.saturating_sub(request.slots);
            self.hand_on(request).await;
        }
    }

    async fn hand_on(&mut self, request: Request) {
        if request.has_expired(Instant::now()) {
            return self.link.tell(request.reply, Verdict::Final(Err(Error::Full))).await;
        }
        let Some(queue) = self.listeners.responder(&request.subject) else {
            return self.link.tell(request.reply, Verdict::Gone).await;
        };
        let ask = |request: &Request| {
            let (reply, answer) = question();
            let (subject, payload) = (request.subject.clone(), request.payload.clone());
            (Message { subject, payload, reply: Some(reply) }, answer)
        };
        let (message, answer) = ask(&request);
        if queue.try_deliver(message).is_ok() {
            return self.taken(request, answer).await;
        }
        let (message, answer) = ask(&request);
        let handing = Box::pin(async move { queue.deliver(message).await.map(|()| answer) });
        self.first = Some(First { request, handing });
    }

    async fn settle_first(&mut self, handed: Result<Answer, Error>) {
        let Some(First { request, .. }) = self.first.take() else { return };
        match handed {
            Ok(answer) => self.taken(request, answer).await,
            // That responder has ended: the next one of this process takes it, or nobody.
            Err(_ended) => self.hand_on(request).await,
        }
    }

    async fn taken(&mut self, request: Request, mut answer: Answer) {
        let Request { reply, expires, .. } = request;
        if expires.is_some() {
            self.link.tell(reply.clone(), Verdict::Taken).await;
        }
        let link = Arc::clone(&self.link);
        tokio::spawn(async move { link.tell(reply, Verdict::Final(answer.received().await)).await });
    }

    /// Tells those whose patience has ended that there was no room.
    async fn send_away(&mut self) {
        let now = Instant::now();
        if let Some(First { request, .. }) = self.first.take_if(|first| first.request.has_expired(now)) {
            self.link.tell(request.reply, Verdict::Final(Err(Error::Full))).await;
        }
        let (slots, mut away) = (&mut self.slots, Vec::new());
        self.standing.retain_mut(|request| {
            let stays = !request.has_expired(now);
            if !stays {
                *slots = slots.saturating_sub(request.slots);
                away.push(std::mem::take(&mut request.reply));
            }
            stays
        });
        for reply in away {
            self.link.tell(reply, Verdict::Final(Err(Error::Full))).await;
        }
    }
}

/// What became of the first in line; waits for ever where there is none.
async fn handed(first: &mut Option<First>) -> Result<Answer, Error> {
    match first {
        Some(First { handing, .. }) => handing.as_mut().await,
        None => std::future::pending().await,
    }
}
