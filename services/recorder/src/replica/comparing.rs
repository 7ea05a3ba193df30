//! Whether this journal holds the facts that the others hold.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use journal::{Head, Journal};
use proto::fact::hex;
use proto::live::{FactsForm, FactsQuery, Recorded};
use proto::subject::Subject;
use serde::Deserialize;
use tokio::time::Instant;

use super::follow::{Aside, Work};
use super::{Ended, Replica};
use crate::snapshot;

/// One line out of a journal: whoever takes longer is asked again the next time.
const ANSWER: Duration = Duration::from_secs(2);

/// What the heads say: which recorder, and whether it holds the same facts as far as both go.
pub(super) type Compared = Vec<(String, bool)>;

impl Replica {
    /// Begins to compare with each of the others that is heard: with what it said, where it is not ahead, else with what
    /// its journal says of the place where this one stands.
    pub(super) fn compare(&self, work: &mut Work) {
        let words: Vec<Recorded> = self.peers.alive(Instant::now()).cloned().collect();
        let (bus, area) = (self.bus.clone(), self.founding.area.id.clone());
        let journal = Arc::clone(&self.desk.journal);
        work.asides.spawn(async move {
            let mut compared = Vec::with_capacity(words.len());
            for word in words {
                let alike = if word.sequence <= journal.head().sequence {
                    says(&journal, word.sequence).await.map(|head| head == word.head)
                } else {
                    asked(&bus, &area, &word.recorder, journal.head()).await
                };
                // What can't be known now is looked at the next time.
                compared.extend(alike.map(|alike| (word.recorder, alike)));
            }
            Aside::Compared(compared)
        });
    }

    /// Takes in what was found. Says if this journal must be the wrong one.
    pub(super) fn judge(&mut self, compared: Compared) -> Option<Ended> {
        for (name, alike) in compared {
            if alike {
                self.peers.agrees(&name);
                continue;
            }
            tracing::error!(recorder = name, "another recorder holds other facts than this one");
            if self.peers.differs(&name) {
                return Some(Ended::Disagrees(format!("recorder {name} holds others")));
            }
        }
        None
    }
}

/// The head of the own journal at a sequence, in hex.
async fn says(journal: &Arc<dyn Journal>, sequence: u64) -> Option<String> {
    let journal = Arc::clone(journal);
    tokio::task::spawn_blocking(move || snapshot::head_at(journal.as_ref(), sequence)).await.ok()?.ok()?
}

/// Whether another journal has this head where this one ends.
async fn asked(bus: &Bus, area: &str, recorder: &str, mine: Head) -> Option<bool> {
    #[derive(Deserialize)]
    struct Line {
        sequence: u64,
        head: String,
    }
    let query = FactsQuery { after: mine.sequence.checked_sub(1)?, limit: 1, form: FactsForm::Json };
    let question = Bytes::from(serde_json::to_vec(&query).ok()?);
    let answer = bus.request(&Subject::journal_of(area, recorder), question, ANSWER).await.ok()?;
    let line: Line = serde_json::from_slice(&answer).ok()?;
    (line.sequence == mine.sequence).then(|| line.head == hex(&mine.hash))
}
