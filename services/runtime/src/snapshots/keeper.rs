//! When it is time for the next snapshot.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Shelf;

/// After a snapshot that took a second nothing is put away for nine: encoding and writing take at most a
/// tenth of one core, however fast facts come and however large the state is.
const SHARE: u32 = 10;

/// Takes snapshots of one service's state, one at a time, beside its work.
#[derive(Debug)]
pub struct Keeper {
    shelf: Shelf,
    every: u64,
    /// The last fact of the last snapshot that was begun or read.
    last: u64,
    /// Up to here nothing is put away: whoever starts without what lies on the shelf may have met the wrong journal, and a
    /// snapshot takes the place of all beyond it.
    spared: u64,
    running: Option<JoinHandle<()>>,
    rest_until: Arc<Mutex<Option<Stopwatch>>>,
}

impl Keeper {
    /// A keeper that takes a snapshot every so many facts; with 0, none, and reads none.
    #[must_use]
    pub fn new(shelf: Shelf, every: u64) -> Self {
        Self { shelf, every, last: 0, spared: 0, running: None, rest_until: Arc::default() }
    }

    /// Where the snapshots are, if any are to be read.
    #[must_use]
    pub fn shelf(&self) -> Option<&Shelf> {
        (self.every > 0).then_some(&self.shelf)
    }

    /// Says what a start has from a snapshot, before it folds the rest: the next one is counted from there. Until it has
    /// [begun](Self::began) what lies on the shelf is spared.
    pub fn begins(&mut self, from_snapshot: u64) {
        self.last = from_snapshot;
        self.spared = self.shelf.newest().unwrap_or_default();
    }

    /// Says what a start had from a snapshot and what it had to fold. What was put away meanwhile counts.
    pub fn began(&mut self, from_snapshot: u64, folded: u64, took: Duration) {
        self.last = self.last.max(from_snapshot);
        self.spared = 0;
        self.shelf.began(from_snapshot, folded, took);
    }

    /// Whether the state at a sequence should be put away now.
    #[must_use]
    pub fn is_due(&self, sequence: u64) -> bool {
        sequence.saturating_sub(self.last) >= self.every && self.is_free(sequence)
    }

    /// Whether it may be put away now, for whatever reason.
    #[must_use]
    pub fn is_free(&self, sequence: u64) -> bool {
        let rests = || {
            let until = *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
            until.is_some_and(|until| Stopwatch::now() < until)
        };
        let writes = || self.running.as_ref().is_some_and(|running| !running.is_finished());
        self.every > 0 && sequence > self.spared && !writes() && !rests()
    }

    /// Puts the state at a sequence away, without waiting for it. `write` makes the file's bytes; work that
    /// takes its time belongs on a thread that may.
    pub fn put(
        &mut self,
        sequence: u64,
        write: impl Future<Output = Result<Vec<u8>, String>> + Send + 'static,
    ) {
        self.last = sequence;
        let (shelf, rest_until) = (self.shelf.clone(), Arc::clone(&self.rest_until));
        self.running = Some(tokio::spawn(async move {
            let begun = Stopwatch::now();
            let put = match write.await {
                Ok(bytes) => {
                    let shelf = shelf.clone();
                    let put = move || shelf.put(sequence, &bytes).map(|()| bytes.len());
                    match tokio::task::spawn_blocking(put).await {
                        Ok(put) => put.map_err(|error| error.to_string()),
                        Err(error) => Err(error.to_string()),
                    }
                }
                Err(why) => Err(why),
            };
            let took = begun.elapsed();
            match put {
                Ok(bytes) => shelf.written(sequence, bytes, took),
                Err(why) => shelf.failed(sequence, &why),
            }
            let until = Stopwatch::now() + took * (SHARE - 1);
            *rest_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        }));
    }

    /// At a clean stop: puts the last state away, if facts came since the last time (or `anyway`), and waits
    /// for it until `late`. What is not finished then is left to the next start.
    pub async fn put_last(
        mut self,
        sequence: u64,
        anyway: bool,
        write: impl Future<Output = Result<Vec<u8>, String>> + Send + 'static,
        late: &CancellationToken,
    ) {
        if !self.finished(late).await {
            return;
        }
        if self.every > 0 && sequence > self.spared && (sequence != self.last || anyway) {
            self.put(sequence, write);
            self.finished(late).await;
        }
    }

    /// Waits for the snapshot under way; answers whether it came to its end.
    async fn finished(&mut self, late: &CancellationToken) -> bool {
        let Some(running) = &mut self.running else { return true };
        tokio::select! {
            biased;
            ended = running => {
                self.running = None;
                ended.is_ok()
            }
            () = late.cancelled() => {
                self.shelf.failed(self.last, "the stop could not wait for it any longer");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    fn keeper(every: u64) -> (Keeper, tempfile::TempDir) {
        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path(), "recorder", &Metrics::new("1").unwrap()).unwrap();
        (Keeper::new(shelf, every), place)
    }

    async fn bytes() -> Result<Vec<u8>, String> {
        Ok(b"state".to_vec())
    }

    #[tokio::test]
    async fn a_snapshot_is_due_after_so_many_facts_and_a_rest() {
        let (mut keeper, _place) = keeper(100);
        keeper.began(1_000, 5, Duration::ZERO);
        assert!(!keeper.is_due(1_099) && keeper.is_free(1_099));
        assert!(keeper.is_due(1_100));
        let (send, go) = tokio::sync::oneshot::channel();
        keeper.put(1_100, async move { go.await.map_err(|error| error.to_string()) });
        assert!(!keeper.is_due(5_000) && !keeper.is_free(5_000), "one at a time");
        // Slow enough that its rest is longer than this test's next line takes.
        tokio::time::sleep(Duration::from_millis(50)).await;
        send.send(b"state".to_vec()).unwrap();
        assert!(keeper.finished(&CancellationToken::new()).await);
        assert!(!keeper.is_due(5_000), "it took its time, so the next one waits");
        *keeper.rest_until.lock().unwrap() = Some(Stopwatch::now());
        assert!(keeper.is_due(5_000));
    }

    #[tokio::test]
    async fn what_is_put_away_while_a_start_folds_is_not_put_away_again_after_it() {
        let (mut keeper, _place) = keeper(100);
        keeper.begins(1_000);
        assert!(!keeper.is_due(1_099) && keeper.is_due(1_100));
        keeper.put(1_100, bytes());
        keeper.began(1_000, 150, Duration::ZERO);
        assert!(keeper.finished(&CancellationToken::new()).await);
        *keeper.rest_until.lock().unwrap() = None;
        assert!(!keeper.is_due(1_199) && keeper.is_due(1_200));
    }

    #[tokio::test]
    async fn a_start_that_makes_nothing_of_the_shelf_spares_it_until_it_is_up_to_date() {
        let (mut keeper, place) = keeper(100);
        keeper.put(1_000, bytes());
        let never = CancellationToken::new();
        assert!(keeper.finished(&never).await);
        let other = |facts| {
            let shelf = Shelf::new(place.path(), "recorder", &Metrics::new("1").unwrap()).unwrap();
            let mut keeper = Keeper::new(shelf, 100);
            keeper.begins(0);
            assert!(!keeper.is_due(facts) && !keeper.is_free(facts) && keeper.is_due(1_001));
            keeper
        };
        other(999).put_last(999, true, bytes(), &never).await;
        assert!(place.path().join("recorder-00000000000000001000.snapshot").exists());
        let mut abreast = other(1_000);
        abreast.began(0, 900, Duration::ZERO);
        assert!(abreast.is_due(900), "the shelf's was another journal's");
        abreast.put_last(900, false, bytes(), &never).await;
        assert!(!place.path().join("recorder-00000000000000001000.snapshot").exists());
    }

    #[tokio::test]
    async fn a_stop_puts_the_last_state_away_but_waits_only_until_it_is_late() {
        let (keeper_of_100, place) = keeper(100);
        let (late, never) = (CancellationToken::new(), CancellationToken::new());
        keeper_of_100.put_last(7, false, bytes(), &never).await;
        assert!(place.path().join("recorder-00000000000000000007.snapshot").exists());
        let (hanging, place) = keeper(100);
        late.cancel();
        hanging.put_last(7, false, std::future::pending(), &late).await;
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
        let (mut unchanged, place) = keeper(100);
        unchanged.began(7, 0, Duration::ZERO);
        unchanged.put_last(7, false, bytes(), &never).await;
        let (none, other) = keeper(0);
        assert!(none.shelf().is_none());
        none.put_last(7, true, bytes(), &never).await;
        for place in [place, other] {
            assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
        }
    }
}
