//! Sources that keep each event until they have its receipt, at a steady pace.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use acceptance::door::Door;
use acceptance::events::{event, now};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Events of one body.
const BODY: u64 = 10;
/// Bodies that wait for their receipts at the most: the sources hold what is in them, and make no new ones meanwhile.
const UNDER_WAY: usize = 64;
/// Before a body without receipts is sent again.
const AGAIN: Duration = Duration::from_millis(200);

/// What the sources were told.
#[derive(Debug, Default)]
pub struct Told {
    /// Where receipts say that events are, by id.
    pub acknowledged: BTreeMap<String, u64>,
    /// The longest time without any receipt.
    pub longest: Duration,
    /// Answers that were no receipts.
    pub refused: usize,
}

/// Running sources.
pub struct Load {
    told: Arc<Mutex<(Told, Instant)>>,
    stop: Arc<AtomicBool>,
    work: tokio::task::JoinHandle<u64>,
}

impl Load {
    /// Begins to send so many events a second.
    pub fn begin(door: Door, a_second: u64) -> Self {
        let told = Arc::new(Mutex::new((Told::default(), Instant::now())));
        let stop = Arc::new(AtomicBool::new(false));
        let work = tokio::spawn(work(door, a_second, Arc::clone(&told), Arc::clone(&stop)));
        Self { told, stop, work }
    }

    /// Makes no more events, and waits until each that was made has its receipt. Answers with how many were made.
    pub async fn end(self) -> (u64, Told) {
        self.stop.store(true, Ordering::Relaxed);
        let made = self.work.await.expect("no panic");
        let told = std::mem::take(&mut self.told.lock().unwrap().0);
        (made, told)
    }
}

async fn work(door: Door, a_second: u64, told: Arc<Mutex<(Told, Instant)>>, stop: Arc<AtomicBool>) -> u64 {
    let mut ticks = tokio::time::interval(
        Duration::from_secs(1) * u32::try_from(BODY).unwrap() / u32::try_from(a_second).unwrap(),
    );
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut bodies, mut made) = (JoinSet::new(), 0);
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        while bodies.len() >= UNDER_WAY {
            bodies.join_next().await.expect("a body").expect("no panic");
        }
        while let Some(done) = bodies.try_join_next() {
            done.expect("no panic");
        }
        let body: String = (made..made + BODY).map(|number| format!("{}\n", made_up(number))).collect();
        made += BODY;
        bodies.spawn(insist(door.clone(), body, Arc::clone(&told)));
    }
    while let Some(done) = bodies.join_next().await {
        done.expect("no panic");
    }
    made
}

/// Visits at the emergency department, and counts of a health station.
fn made_up(number: u64) -> Value {
    let (id, time) = (format!("load-{number}"), now());
    let ticket = json!({"ticket": format!("t{}", number / 8)});
    let porvoo = |kind: &str, data: &Value| event(&id, "/feeds/porvoo", "porvoo-paivystys", kind, time, data);
    match number % 8 {
        0 => {
            let mut data = ticket;
            data["lane"] = "kiire".into();
            data["urgency"] = ["A", "B", "C", "D"][usize::try_from(number / 8 % 4).unwrap()].into();
            porvoo("queue.joined", &data)
        }
        2 => porvoo("queue.care_started", &ticket),
        // Every third visit goes on.
        4 if !(number / 8).is_multiple_of(3) => {
            let mut data = ticket;
            data["outcome"] = "treated".into();
            porvoo("queue.left", &data)
        }
        5 => {
            let data = json!({"resource": "room", "total": 20, "occupied": number % 20});
            event(&id, "/feeds/porvoo-capacity", "porvoo-paivystys", "capacity.observed", time, &data)
        }
        _ => {
            let data = json!({"lane": "kiire", "waiting": number % 30});
            event(&id, "/feeds/sipoo", "sipoo-sote", "queue.observed", time, &data)
        }
    }
}

/// Sends a body until every event in it has its receipt.
async fn insist(door: Door, body: String, told: Arc<Mutex<(Told, Instant)>>) {
    loop {
        let answer = door.post("application/x-ndjson", body.clone()).await;
        if let Ok(answer) = &answer
            && answer.status == 200
        {
            let answer = answer.json();
            let mut told = told.lock().unwrap();
            let (told, last) = &mut *told;
            told.longest = told.longest.max(last.elapsed());
            *last = Instant::now();
            for receipt in answer["receipts"].as_array().expect("receipts") {
                let position = receipt["position"]["sequence"].as_u64();
                let position = position.unwrap_or_else(|| panic!("{receipt}"));
                let before =
                    told.acknowledged.insert(receipt["id"].as_str().expect("an id").to_owned(), position);
                assert!(before.is_none_or(|before| before == position), "{receipt} was at {before:?}");
            }
            return;
        }
        if let Ok(answer) = answer {
            assert!(matches!(answer.status, 429 | 503), "{}", answer.body);
            told.lock().unwrap().0.refused += 1;
        }
        tokio::time::sleep(AGAIN).await;
    }
}
