//! Who of the recorders is there, as an operator hears them.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use proto::live::Recorded;
use proto::subject::Subject;
use tokio::time::timeout;

use super::{Error, NatsAdmin};

/// Each recorder says where it stands every second: who is not heard within this time is not there.
const ALL_HEARD: Duration = Duration::from_secs(3);

/// Names that are taken in: more than an area has recorders.
const MOST: usize = 16;

impl NatsAdmin {
    /// Listens until so many recorders as are `enough` take events, or until every one that is there has spoken.
    /// Answers with the last word of each that was heard.
    ///
    /// # Errors
    /// [`Error::Deaf`], [`Error::JetStream`] where the connection is gone.
    pub async fn roll_call(&self, area: &str, enough: usize) -> Result<BTreeMap<String, Recorded>, Error> {
        let gone = |why: String| Error::JetStream { doing: "let the recorders be heard", why };
        let subject = Subject::recorded(area).to_string();
        let words = self.client().subscribe(subject.clone()).await;
        let mut words = words.map_err(|error| gone(error.to_string()))?;
        self.client().flush().await.map_err(|error| gone(error.to_string()))?;
        let mut heard = BTreeMap::new();
        let listening = async {
            while let Some(message) = words.next().await {
                let Ok(word) = serde_json::from_slice::<Recorded>(&message.payload) else { continue };
                if heard.len() < MOST || heard.contains_key(&word.recorder) {
                    heard.insert(word.recorder.clone(), word);
                }
                if heard.values().filter(|word| takes_events(word)).count() >= enough {
                    return;
                }
            }
        };
        drop(timeout(ALL_HEARD, listening).await);
        if heard.is_empty() && self.is_refused(&subject) {
            return Err(Error::Deaf);
        }
        Ok(heard)
    }
}

/// Whether a recorder takes what comes in at the moment.
#[must_use]
pub fn takes_events(word: &Recorded) -> bool {
    word.stream.as_ref().is_some_and(|stream| stream.follows)
}
