//! Following the journal: whom the words come from, and what becomes of a page.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bus::{Delivery, Subscription};
use proto::live::Recorded;
use tokio::time::Instant;

use super::{ASK_AGAIN, Projector};
use crate::Error;
use crate::reader::Page;
use crate::rooms::{self, lock};
use crate::roster::{self, Whom};

/// A page on its way. Nothing else waits for it: a recorder that hangs must not keep the boards from anybody.
pub(super) type Reading = Pin<Box<dyn Future<Output = Result<Page, Error>> + Send>>;

/// The page, when it is there.
pub(super) async fn arrived(reading: &mut Option<Reading>) -> Result<Page, Error> {
    match reading {
        Some(reading) => reading.await,
        None => std::future::pending().await,
    }
}

impl Projector {
    /// Reads the next page of the journal, after a pause.
    pub(super) fn read(&self, pause: Duration) -> Reading {
        let (reader, after) = (self.reader.clone(), self.sequence());
        Box::pin(async move {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            reader.page_after(after).await
        })
    }

    /// Folds a page that came, bearing with recorders that are away for a while. Answers with the pause after which
    /// to read on, if there may be more.
    pub(super) async fn take(&mut self, page: Result<Page, Error>) -> Result<Option<Duration>, Error> {
        let page = match page {
            Ok(page) => page,
            Err(error) if error.is_passing() => {
                self.unread(&error);
                return Ok(Some(ASK_AGAIN));
            }
            Err(error) => return Err(error),
        };
        if page.is_empty() {
            self.readable();
            self.answers.fold_ahead();
            return Ok(None);
        }
        let (rooms, from) = (Arc::clone(&self.rooms), page.from.clone());
        let archive = Arc::clone(&self.archive);
        match tokio::task::spawn_blocking(move || rooms::fold(&rooms, &page, &archive)).await? {
            Err(error) if error.is_misfit() => {
                self.refuse(&from, &error);
                Ok(Some(ASK_AGAIN))
            }
            folded => {
                self.meters.facts.inc_by(folded?);
                self.meters.sequence.set(i64::try_from(self.sequence()).unwrap_or(i64::MAX));
                self.readable();
                if let Whom::One(name) = &from {
                    roster::lock(&self.roster).fits(name);
                }
                Ok(Some(Duration::ZERO))
            }
        }
    }

    fn unread(&mut self, error: &Error) {
        if std::mem::replace(&mut self.reachable, false) {
            tracing::warn!(%error, "the boards stand still until the journal can be read again");
        }
    }

    fn readable(&mut self) {
        if !std::mem::replace(&mut self.reachable, true) {
            tracing::info!("the journal can be read again");
        }
    }

    /// A page that does not go on from what is drawn is nobody's but that recorder's.
    fn refuse(&mut self, from: &Whom, error: &Error) {
        match from {
            Whom::One(name) => {
                if roster::lock(&self.roster).strike(name, Instant::now()) {
                    say_other_facts(name, &error.to_string());
                }
            }
            // Whoever it was does not say who it is.
            Whom::Anybody | Whom::Nobody => self.unread(error),
        }
    }

    /// Hears a word and all that wait behind it: one reading serves them all. Answers whether there is something to
    /// read.
    pub(super) fn hear_all(&self, word: Delivery, recorded: &mut Subscription) -> bool {
        let mut lost = self.hear(&word);
        while let Some(word) = recorded.try_next() {
            lost |= self.hear(&word);
        }
        lost || roster::lock(&self.roster).newest(Instant::now()) > Some(self.sequence())
    }

    /// Takes in what a recorder says of itself. Answers whether words were lost.
    fn hear(&self, word: &Delivery) -> bool {
        let Delivery::Message(message) = word else { return true };
        let Ok(word) = serde_json::from_slice::<Recorded>(&message.payload) else { return false };
        let agrees = self.agrees(&word);
        if roster::lock(&self.roster).hear(&word, agrees, Instant::now()) {
            say_other_facts(&word.recorder, &format!("up to {} they differ", word.sequence));
        }
        false
    }

    /// Whether a recorder holds the facts that are drawn, where its word tells.
    fn agrees(&self, word: &Recorded) -> Option<bool> {
        let rooms = lock(&self.rooms);
        let (trail, epoch) = (&rooms.trail, rooms.gallery.boards().epoch());
        trail.agrees(word.sequence, &word.head).or_else(|| {
            // Too far behind to compare heads; but one that lends from another log is not on its way here.
            let other = word.lends && epoch.is_some_and(|epoch| **epoch != *word.epoch);
            (other && word.sequence <= trail.sequence()).then_some(false)
        })
    }
}

/// Said once for each recorder, for whoever has to find out which of them is wrong.
fn say_other_facts(recorder: &str, why: &str) {
    tracing::error!("recorder {recorder} holds other facts than the ones drawn: {why}");
}
