use std::time::Duration;

use proto::subject::Family;
use tokio::sync::Mutex;

use super::*;
use crate::contract::{Desk, Handed};
use crate::{Bus, Delivery};

async fn make(limits: Limits) -> Bus {
    Bus::in_process_with(limits)
}

crate::contract_tests!(make);

crate::hand_in_tests!(with_desk);

/// A bus and its intake: the recorder is the responder.
pub(crate) async fn with_desk(area: &str) -> (Bus, Desk) {
    let bus = Bus::in_process();
    let requests = Arc::new(Mutex::new(bus.subscribe(&Filter::intake(area)).await.unwrap()));
    let next = move || {
        let requests = Arc::clone(&requests);
        Box::pin(async move {
            let delivery = requests.lock().await.next().await;
            let Some(Delivery::Message(Message { payload, reply: Some(reply), .. })) = delivery else {
                panic!("expected an event, got {delivery:?}");
            };
            let answer = Box::new(move |receipt| {
                reply.send(receipt);
                Box::pin(async {}) as _
            });
            Handed { payload, answer }
        }) as _
    };
    (bus, Desk { next: Box::new(next) })
}

fn subject() -> Subject {
    Subject::intake("here", Family::Queue)
}

fn numbers(subscription: &mut Subscription) -> Vec<Option<u8>> {
    let take = || match subscription.try_next()? {
        Delivery::Message(message) => Some(message.payload.first().copied()),
        Delivery::Gap => Some(None),
    };
    std::iter::from_fn(take).collect()
}

async fn publish(bus: &Bus, numbers: std::ops::Range<u8>) {
    for number in numbers {
        bus.publish(&subject(), Bytes::from(vec![number])).await.unwrap();
    }
}

#[tokio::test]
async fn each_run_of_losses_leaves_one_gap_in_its_place() {
    let bus = Bus::in_process_with(Limits { slots: 2 });
    let mut subscription = bus.subscribe(&Filter::exactly(&subject())).await.unwrap();
    publish(&bus, 0..5).await;
    assert!(matches!(subscription.try_next(), Some(Delivery::Message(_))));
    publish(&bus, 5..8).await;
    assert_eq!(numbers(&mut subscription), [Some(1), None, Some(5), None]);
    publish(&bus, 8..9).await;
    assert_eq!(numbers(&mut subscription), [Some(8)]);
}

#[tokio::test]
async fn a_gap_at_the_end_is_told_without_a_later_message() {
    let bus = Bus::in_process_with(Limits { slots: 1 });
    let mut subscription = bus.subscribe(&Filter::exactly(&subject())).await.unwrap();
    publish(&bus, 0..2).await;
    let mut taken = Vec::new();
    assert_eq!(subscription.next_many(2, &mut taken).await, 2);
    assert!(matches!(taken.as_slice(), [Delivery::Message(_), Delivery::Gap]));
}

#[tokio::test]
async fn a_queue_is_bounded_in_bytes_too() {
    let bus = Bus::in_process_with(Limits { slots: 4 });
    let mut subscription = bus.subscribe(&Filter::exactly(&subject())).await.unwrap();
    for _ in 0..3 {
        bus.publish(&subject(), Bytes::from(vec![7; 12 * 1024])).await.unwrap();
    }
    assert_eq!(numbers(&mut subscription), [Some(7), Some(7), None]);
}

#[tokio::test(start_paused = true)]
async fn no_room_until_the_deadline_is_told_from_no_answer() {
    let bus = Bus::in_process_with(Limits { slots: 1 });
    let _stuck = bus.subscribe(&Filter::exactly(&subject())).await.unwrap();
    let subject = subject();
    let ask = || bus.request(&subject, Bytes::new(), Duration::from_secs(5));
    assert_eq!(tokio::join!(ask(), ask()), (Err(Error::Deadline), Err(Error::Full)));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_moves_on_to_the_next_responder() {
    let bus = Bus::in_process_with(Limits { slots: 1 });
    let subject = subject();
    let stuck = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let mut next = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let ask = || bus.request(&subject, Bytes::new(), Duration::from_secs(5));
    let end_then_answer = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(stuck);
        if let Some(Delivery::Message(Message { reply: Some(reply), .. })) = next.next().await {
            reply.send(Bytes::from_static(b"next"));
        }
    };
    let (held, moved, ()) = tokio::join!(ask(), ask(), end_then_answer);
    assert_eq!((held, moved), (Err(Error::Dropped), Ok(Bytes::from_static(b"next"))));
}

#[tokio::test]
async fn the_last_handle_closes_the_bus() {
    let bus = Bus::in_process();
    let mut subscription = bus.subscribe(&Filter::intake("here")).await.unwrap();
    let other = bus.clone();
    drop(bus);
    other.publish(&subject(), Bytes::new()).await.unwrap();
    drop(other);
    assert!(subscription.next().await.is_some());
    assert!(subscription.next().await.is_none());
}

#[tokio::test]
async fn more_subjects_than_are_remembered_all_arrive() {
    let bus = Bus::in_process_with(Limits { slots: 3 * 4096 });
    let mut subscription = bus.subscribe(&Filter::boards("here")).await.unwrap();
    for view in 0..2 * ROUTES_REMEMBERED {
        bus.publish(&Subject::board("here", &view.to_string()), Bytes::new()).await.unwrap();
    }
    let mut taken = Vec::new();
    assert_eq!(subscription.next_many(usize::MAX, &mut taken).await, 2 * ROUTES_REMEMBERED);
}
