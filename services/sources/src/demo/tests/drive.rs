//! Delivery: paced, in bounded batches, again after failures, and again from the beginning.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use proto::receipt::{Receipt, Status};
use runtime::Clock;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::super::{Demo, EVENTS_A_BATCH, Intake, MOST_ATTEMPTS, run_demo};
use super::{HOUR, SEED, begins, helsinki, hours};

/// Knows what it has, fails when told to, and answers only in part now and then.
#[derive(Default)]
struct Door {
    known: Mutex<BTreeSet<String>>,
    calls: Mutex<Vec<usize>>,
    failing: Mutex<u32>,
    dead: bool,
}

impl Intake for Door {
    async fn submit(&self, events: &[Value]) -> Result<Vec<Receipt>, String> {
        self.calls.lock().unwrap().push(events.len());
        let mut failing = self.failing.lock().unwrap();
        if self.dead || *failing > 0 {
            *failing = failing.saturating_sub(1);
            return Err("the queue is full".to_owned());
        }
        let half = events.len().div_ceil(2);
        let receipt = |event: &Value| {
            let new = self.known.lock().unwrap().insert(event["id"].to_string());
            let status = if new { Status::Recorded } else { Status::Duplicate };
            Receipt { id: None, source: None, status, position: None, reason: None }
        };
        Ok(events.iter().take(half).map(receipt).collect())
    }
}

fn demo() -> Demo {
    Demo::new(SEED, begins(), helsinki())
}

/// Runs until `length` of the area's time has passed.
async fn run(door: &Door, length: i64) -> super::super::Outcome {
    let clock = Clock::demo(begins(), 60.0).unwrap();
    let stop = CancellationToken::new();
    let watch = async {
        clock.sleep_until_us(begins() + length).await;
        stop.cancel();
    };
    let (outcome, ()) = tokio::join!(run_demo(demo(), &clock, door, &stop), watch);
    outcome.unwrap()
}

#[tokio::test(start_paused = true)]
async fn everything_due_is_delivered_once_in_bounded_batches_in_spite_of_failures() {
    let door = Door { failing: Mutex::new(3), ..Door::default() };
    let outcome = run(&door, 2 * HOUR).await;
    let due = hours(2).len() as u64;
    assert!((due - 20..=due).contains(&outcome.recorded), "{} of {due}", outcome.recorded);
    assert_eq!((outcome.duplicates, outcome.rejected), (0, 0));
    assert!(door.calls.lock().unwrap().iter().all(|events| *events <= EVENTS_A_BATCH));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_resends_what_the_first_delivered_and_goes_on() {
    let door = Door::default();
    let first = run(&door, HOUR).await;
    let second = run(&door, 2 * HOUR).await;
    assert_eq!(second.duplicates, first.recorded);
    assert!(second.recorded > 0);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_is_caught_up_with_in_full_batches() {
    let door = Door::default();
    let clock = Clock::demo(begins() + 6 * HOUR, 1.0).unwrap();
    let stop = CancellationToken::new();
    let soon = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.cancel();
    };
    let (outcome, ()) = tokio::join!(run_demo(demo(), &clock, &door, &stop), soon);
    assert!(outcome.unwrap().recorded >= hours(6).len() as u64);
    assert_eq!(door.calls.lock().unwrap().iter().max(), Some(&EVENTS_A_BATCH));
}

#[tokio::test(start_paused = true)]
async fn an_intake_that_never_answers_is_given_up() {
    let door = Door { dead: true, ..Door::default() };
    let clock = Clock::demo(begins(), 1.0).unwrap();
    let gone = run_demo(demo(), &clock, &door, &CancellationToken::new()).await.unwrap_err();
    assert_eq!(gone.last, "the queue is full");
    assert_eq!(door.calls.lock().unwrap().len(), MOST_ATTEMPTS as usize);
}
