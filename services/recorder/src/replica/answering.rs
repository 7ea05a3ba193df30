//! Answers to the sources of a group that is on the disk, while the next group is decided and written.

use std::time::Duration;

use bus::nats::intake::{Addressed, IntakeEnd};
use bytes::Bytes;
use proto::receipt::Receipt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Groups whose answers may wait for the connection: one that is sent and one that follows. Beyond it the recorder
/// waits, so that a connection that takes nothing is noticed in the stream, not in this process's memory.
const GROUPS: usize = 2;

/// How long what is answered may take to leave at the end: what is lost is asked for again.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The receipts of one group, each with the inbox that its event named and whether it may come with others'.
pub(super) type Answers = Vec<(String, bool, Receipt)>;

/// Sends answers in the order in which they are given to it.
pub(super) struct Answering {
    groups: mpsc::Sender<Answers>,
    sending: JoinHandle<()>,
}

impl Answering {
    /// Begins with nothing to say, in the name of one recorder.
    pub fn begin(stream: IntakeEnd, recorder: String) -> Self {
        let (groups, mut given) = mpsc::channel::<Answers>(GROUPS);
        let sending = tokio::spawn(async move {
            while let Some(answers) = given.recv().await {
                let addressed = answers.into_iter().map(|(to, together, receipt)| {
                    let receipt = Bytes::from(serde_json::to_vec(&receipt).unwrap_or_default());
                    Addressed { to, together, receipt }
                });
                stream.answer_all(&recorder, addressed.collect()).await;
            }
        });
        Self { groups, sending }
    }

    /// Answers one group; waits where two are on their way.
    pub async fn answer(&self, answers: Answers) {
        if !answers.is_empty() {
            // It ends only with this.
            drop(self.groups.send(answers).await);
        }
    }

    /// Says what is still to be said.
    pub async fn finish(self) {
        drop(self.groups);
        drop(timeout(LAST_WORDS, self.sending).await);
    }
}
