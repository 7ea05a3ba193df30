//! Checks of handing in events. They need a recorder's end of the intake beside the bus, which each transport has
//! in its own form.

use std::future::Future;
use std::pin::Pin;

use futures_util::{StreamExt, stream};
use proto::receipt::{Position, Receipt, Status, Unavailable};

use super::*;
use crate::Error;

/// Events under way together: a body of the door's limit.
const TOGETHER: u32 = 1_024;

/// An intake of its own area that nobody else reads: what is handed in, and how to answer it.
pub struct Desk {
    /// Waits for the next event.
    pub next: Box<dyn FnMut() -> Later<Handed> + Send>,
}

/// What a transport's own half of a desk brings.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// An event that has come to the recorder.
pub struct Handed {
    /// As it was handed in.
    pub payload: Bytes,
    /// Sends a receipt.
    pub answer: Box<dyn FnOnce(Bytes) -> Later<()> + Send>,
}

impl Desk {
    async fn next(&mut self) -> Handed {
        soon((self.next)()).await
    }

    async fn answer(&mut self, receipt: Bytes) -> Bytes {
        let Handed { payload, answer } = self.next().await;
        answer(receipt).await;
        payload
    }
}

/// A receipt for the event that was recorded there.
fn receipt(sequence: u32) -> Bytes {
    let position = Some(Position { epoch: "e".to_owned(), sequence: sequence.into() });
    let receipt = Receipt { id: None, source: None, status: Status::Recorded, position, reason: None };
    serde_json::to_vec(&receipt).unwrap().into()
}

fn spawn_hand_in(bus: &Bus, subject: &Subject, number: u32) -> tokio::task::JoinHandle<Result<Bytes, Error>> {
    let (bus, subject) = (bus.clone(), subject.clone());
    tokio::spawn(async move { bus.hand_in(&subject, numbered(number), PATIENCE).await })
}

/// The recorder hears the event as it was, and the source the receipt as it was.
pub async fn an_event_gets_its_receipt(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("receipt").await;
    let source = spawn_hand_in(&bus, &subject("receipt"), 7);
    assert_eq!(desk.answer(receipt(1)).await, numbered(7));
    assert_eq!(soon(source).await.unwrap(), Ok(receipt(1)));
}

/// Many under way together come in the order of handing in, whatever is polled when.
pub async fn events_come_in_the_order_of_handing_in(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("hand-in-order").await;
    let subject = subject("hand-in-order");
    let source = tokio::spawn(async move {
        let handed = (0..2 * TOGETHER).map(|step| bus.hand_in(&subject, numbered(step), PATIENCE));
        let together = usize::try_from(TOGETHER).unwrap();
        let receipts: Vec<_> = stream::iter(handed).buffered(together).collect().await;
        for (step, got) in (0..).zip(receipts) {
            assert_eq!(got, Ok(receipt(step)));
        }
    });
    let mut next = 0;
    while next < 2 * TOGETHER {
        let Handed { payload, answer } = desk.next().await;
        let step = u32::from_be_bytes(payload.as_ref().try_into().unwrap());
        answer(receipt(step)).await;
        // A stream that is slow gets an event a second time, which is answered like the first.
        assert!(step <= next, "{step} overtakes {next}");
        next = next.max(step + 1);
    }
    soon(source).await.unwrap();
}

/// Receipts find their events, whatever the order in which they are given.
pub async fn each_event_gets_its_own_receipt(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("own-receipt").await;
    let sources: Vec<_> = (0..50).map(|step| spawn_hand_in(&bus, &subject("own-receipt"), step)).collect();
    let mut held = Vec::new();
    while held.len() < 50 {
        held.push(desk.next().await);
    }
    for Handed { payload, answer } in held.into_iter().rev() {
        answer(receipt(u32::from_be_bytes(payload.as_ref().try_into().unwrap()))).await;
    }
    for (step, source) in (0..).zip(sources) {
        assert_eq!(soon(source).await.unwrap(), Ok(receipt(step)));
    }
}

/// The recorder has it and says nothing: nobody knows what became of it.
pub async fn an_event_without_a_receipt_meets_its_deadline(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("no-receipt").await;
    let subject = subject("no-receipt");
    let handed = bus.hand_in(&subject, numbered(1), SHORT);
    let (receipt, held) = soon(async { tokio::join!(handed, desk.next()) }).await;
    assert_eq!(receipt, Err(Error::Deadline));
    drop(held);
}

/// A receipt after the deadline goes nowhere, and the next event is untouched by it.
pub async fn a_late_receipt_harms_nobody(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("late-receipt").await;
    let subject = subject("late-receipt");
    let handed = bus.hand_in(&subject, numbered(1), SHORT);
    let (late, Handed { answer, .. }) = soon(async { tokio::join!(handed, desk.next()) }).await;
    assert_eq!(late, Err(Error::Deadline));
    answer(receipt(1)).await;
    let source = spawn_hand_in(&bus, &subject, 2);
    assert_eq!(desk.answer(receipt(2)).await, numbered(2));
    assert_eq!(soon(source).await.unwrap(), Ok(receipt(2)));
}

/// A recorder that can record nothing says why, and the source hears it.
pub async fn a_recorder_that_records_nothing_is_heard(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("unavailable").await;
    let why = serde_json::to_vec(&Unavailable { unavailable: "the disk is full".to_owned() }).unwrap();
    let subject = subject("unavailable");
    let handed = bus.hand_in(&subject, numbered(1), SHORT * 10);
    let (answer, _) = soon(async { tokio::join!(handed, desk.answer(why.clone().into())) }).await;
    assert_eq!(answer, Ok(why.into()));
}

/// Known at once, not after the deadline.
pub async fn an_event_that_nobody_takes_is_refused(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, _desk) = make("somewhere").await;
    let answer = soon(bus.hand_in(&subject("nowhere"), numbered(0), PATIENCE * 2)).await;
    assert!(matches!(answer, Err(Error::NoResponder | Error::NoStream)), "{answer:?}");
}

/// Neither what is too large nor what comes after the end is sent.
pub async fn what_cannot_be_sent_is_refused(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, _desk) = make("unsent").await;
    let subject = subject("unsent");
    let size = crate::MAX_PAYLOAD + 1;
    let over = Bytes::from(vec![1; size]);
    assert_eq!(soon(bus.hand_in(&subject, over, PATIENCE)).await, Err(Error::TooLarge { size }));
    soon(bus.close()).await;
    assert_eq!(soon(bus.hand_in(&subject, numbered(1), PATIENCE)).await, Err(Error::Closed));
}

/// Events that are under way when the bus closes still get their receipts: a drain loses none.
pub async fn closing_leaves_events_under_way_their_receipts(make: impl AsyncFn(&str) -> (Bus, Desk)) {
    let (bus, mut desk) = make("close-handed").await;
    let source = spawn_hand_in(&bus, &subject("close-handed"), 1);
    let Handed { answer, .. } = desk.next().await;
    soon(bus.close()).await;
    answer(receipt(1)).await;
    assert_eq!(soon(source).await.unwrap(), Ok(receipt(1)));
}
