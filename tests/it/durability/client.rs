//! A client that remembers every receipt, and holds the journal to all of them.

use std::collections::BTreeMap;

use acceptance::door::{Answer, Door};
use acceptance::events::{event, now};
use acceptance::server::Server;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::AREA;

const LINES: &str = "application/x-ndjson";
/// The longest that a body is sent again and again to a process that has not ended.
const TRIES: usize = 2_000;

/// What a body came to.
#[derive(Debug)]
pub enum Came {
    /// Every event of it has a receipt.
    Receipts,
    /// Told to come back later, with these words and a `Retry-After`.
    Refused(String),
    /// No answer.
    Nothing,
}

/// What is not as receipts said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Acknowledged events that are not in the journal.
    pub lost: usize,
    /// Events that are there more than once.
    pub doubled: usize,
    /// Events elsewhere than their receipt says, or receipts that go back.
    pub reordered: usize,
}

/// Numbers events, sends them until they have receipts, and remembers what it was told.
pub struct Client {
    door: Door,
    /// What an event's id begins with.
    name: String,
    time: Timestamp,
    next: u64,
    /// The numbers of the events that were sent and have no receipt.
    pending: Vec<u64>,
    /// How often the pending events were sent.
    sent: u64,
    /// Whether an event that is sent again has a new id: a source that breaks its promise.
    pub renames: bool,
    /// Where receipts say that events are.
    pub acknowledged: BTreeMap<u64, u64>,
    /// Where the journal says that they are.
    found: BTreeMap<u64, u64>,
    /// The newest fact that was looked at.
    looked: u64,
    last_position: u64,
    /// Receipts whose position is not after that of the one before.
    back: usize,
    /// Events found again at a later position.
    doubled: usize,
    /// Receipts for events that had been sent before and were there already.
    pub duplicates: usize,
}

impl Client {
    /// A client of a server that may not be there yet.
    pub fn of(server: &Server, name: &str) -> Self {
        Self {
            door: server.door(AREA),
            name: name.to_owned(),
            time: now() - SignedDuration::from_mins(2),
            next: 1,
            pending: Vec::new(),
            sent: 0,
            renames: false,
            acknowledged: BTreeMap::new(),
            found: BTreeMap::new(),
            looked: 0,
            last_position: 0,
            back: 0,
            doubled: 0,
            duplicates: 0,
        }
    }

    /// The id of an event by its number. No id is part of another.
    pub fn id(&self, number: u64) -> String {
        format!("{}-{number:07}", self.name)
    }

    fn event(&self, number: u64) -> Value {
        let mut id = self.id(number);
        if self.renames && self.sent > 1 {
            id.push_str(&format!("-again-{}", self.sent));
        }
        // The number of those who wait is the event's own: it tells which one it is, whatever its id.
        let data = json!({"lane": "kiire", "waiting": number});
        event(&id, "/feeds/sipoo", "sipoo-sote", "queue.observed", self.time, &data)
    }

    /// Sends what has no receipt yet, or else so many new events, once.
    pub async fn post(&mut self, events: usize) -> Came {
        if self.pending.is_empty() {
            let end = self.next + u64::try_from(events).expect("few");
            self.pending = (self.next..end).collect();
            self.next = end;
            self.sent = 0;
        }
        self.sent += 1;
        let body: String = self.pending.iter().map(|&number| format!("{}\n", self.event(number))).collect();
        match self.door.post(LINES, body).await {
            Ok(answer) if answer.status == 200 => {
                self.take(&answer);
                Came::Receipts
            }
            Ok(Answer { status, body, retry_after }) => {
                assert_eq!(status, 503, "{body}");
                assert!(retry_after.is_some(), "a 503 says when to come back: {body}");
                Came::Refused(body)
            }
            Err(_) => Came::Nothing,
        }
    }

    /// Sends until there are receipts, or the process has ended; answers whether there are.
    pub async fn insist(&mut self, server: &mut Server, events: usize) -> bool {
        for _ in 0..TRIES {
            match self.post(events).await {
                Came::Receipts => return true,
                Came::Refused(_) | Came::Nothing if server.alive() => {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
                Came::Refused(_) | Came::Nothing => return false,
            }
        }
        panic!("no receipts, and it does not end:\n{}", server.log());
    }

    fn take(&mut self, answer: &Answer) {
        let answer = answer.json();
        let receipts = answer["receipts"].as_array().expect("receipts");
        assert_eq!(receipts.len(), self.pending.len());
        for (number, receipt) in std::mem::take(&mut self.pending).into_iter().zip(receipts) {
            let position = receipt["position"]["sequence"].as_u64().expect("a position");
            match receipt["status"].as_str() {
                Some("recorded") => {}
                Some("duplicate") if self.sent > 1 => self.duplicates += 1,
                _ => panic!("sent {} times: {receipt}", self.sent),
            }
            self.back += usize::from(position <= self.last_position);
            self.last_position = position;
            self.acknowledged.insert(number, position);
        }
    }

    /// Looks at the facts that it has not seen yet. `false` if the process ended meanwhile.
    pub async fn look(&mut self) -> bool {
        let Some(facts) = self.door.try_facts(self.looked).await else { return false };
        for fact in facts {
            let sequence = fact["sequence"].as_u64().expect("a sequence");
            assert_eq!(sequence, self.looked + 1, "sequences count without a gap");
            self.looked = sequence;
            let Some(number) = fact["data"]["waiting"].as_u64() else { continue };
            if *self.found.entry(number).or_insert(sequence) != sequence {
                self.doubled += 1;
            }
        }
        true
    }

    /// Forgets what it has seen of the journal and looks at all of it.
    pub async fn look_at_everything(&mut self) {
        self.found.clear();
        self.looked = 0;
        self.doubled = 0;
        assert!(self.look().await, "the facts can be read");
    }

    /// Every receipt, against what was there when it was last looked.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { lost: 0, doubled: self.doubled, reordered: self.back };
        for (number, position) in &self.acknowledged {
            match self.found.get(number) {
                None => tally.lost += 1,
                Some(found) => tally.reordered += usize::from(found != position),
            }
        }
        tally
    }

    /// Sends everything that has a receipt once more: each must be known, at its place.
    pub async fn resend_everything(&self) {
        let numbers: Vec<u64> = self.acknowledged.keys().copied().collect();
        for numbers in numbers.chunks(1_000) {
            let events: Vec<Value> = numbers.iter().map(|&number| self.event(number)).collect();
            for (number, receipt) in numbers.iter().zip(self.door.send(&events).await) {
                assert_eq!(receipt["status"], "duplicate", "{receipt}");
                assert_eq!(receipt["position"]["sequence"].as_u64(), self.acknowledged.get(number).copied());
            }
        }
    }
}
