//! Checks of publishing, subscribing and closing.

use std::collections::HashMap;

use proto::subject::Filter;

use super::*;
use crate::Error;

/// Each publisher's messages on each subject arrive in the order in which it sent them.
pub async fn order_is_kept_for_each_publisher_and_subject(make: impl AsyncFn(Limits) -> Bus) {
    const PUBLISHERS: u32 = 4;
    const EACH: u32 = 250;
    let bus = make(Limits::default()).await;
    let mut subscription = bus.subscribe(&Filter::intake("order")).await.unwrap();
    for publisher in 0..PUBLISHERS {
        let bus = bus.clone();
        tokio::spawn(async move {
            for step in 0..EACH {
                for family in Family::ALL {
                    let payload = numbered(publisher * EACH + step);
                    bus.publish(&Subject::intake("order", family), payload).await.unwrap();
                }
            }
        });
    }
    let mut expected: HashMap<(Subject, u32), u32> = HashMap::new();
    for _ in 0..PUBLISHERS * EACH * 3 {
        let message = message(&mut subscription).await;
        let (publisher, step) = (number(&message) / EACH, number(&message) % EACH);
        let next = expected.entry((message.subject, publisher)).or_default();
        assert_eq!(step, *next, "publisher {publisher} is out of order");
        *next += 1;
    }
}

/// A message reaches all subscribers, whichever filter brought them.
pub async fn every_subscriber_gets_every_message(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("fan-out");
    let mut exact = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let mut again = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let mut wide = bus.subscribe(&Filter::intake("fan-out")).await.unwrap();
    for step in 0..10 {
        bus.publish(&subject, numbered(step)).await.unwrap();
    }
    for subscription in [&mut exact, &mut again, &mut wide] {
        for step in 0..10 {
            let message = message(subscription).await;
            assert_eq!(
                (number(&message), message.subject, message.reply.is_none()),
                (step, subject.clone(), true)
            );
        }
    }
}

/// Neighbouring subjects stay apart, also for a subscriber that comes after they were used.
pub async fn a_subscriber_hears_its_filter_only(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let (mine, other) = (subject("mine"), subject("other"));
    bus.publish(&mine, numbered(0)).await.unwrap();
    let mut subscription = bus.subscribe(&Filter::intake("mine")).await.unwrap();
    bus.publish(&other, numbered(1)).await.unwrap();
    bus.publish(&mine, numbered(2)).await.unwrap();
    let mut heard = number(&message(&mut subscription).await);
    if heard == 0 {
        // Over a network what was published just before may still have been on its way.
        heard = number(&message(&mut subscription).await);
    }
    assert_eq!(heard, 2);
}

/// The bus remembers nothing, so there is nothing to refuse.
pub async fn publishing_to_nobody_is_no_error(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    assert_eq!(bus.publish(&subject("nobody"), numbered(0)).await, Ok(()));
}

/// A flood is cut at the limit; one gap stands exactly where the numbers jump, and nowhere else.
pub async fn a_slow_subscriber_loses_and_is_told_where(make: impl AsyncFn(Limits) -> Bus) {
    const SLOTS: u32 = 8;
    const FLOOD: u32 = 5_000;
    let bus = make(Limits { slots: SLOTS }).await;
    let subject = subject("slow");
    let mut subscription = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    for step in 0..FLOOD {
        soon(bus.publish(&subject, numbered(step))).await.unwrap();
    }
    assert_eq!(number(&message(&mut subscription).await), 0);
    let publisher = tokio::spawn(async move {
        // Sent until one is heard, for the queue may be full at the moment of any one of them.
        loop {
            bus.publish(&subject, numbered(FLOOD)).await.unwrap();
            tokio::time::sleep(SHORT / 10).await;
        }
    });
    let (mut last, mut gap, mut before_first_gap) = (0, false, 1);
    while last < FLOOD {
        match soon(subscription.next()).await.unwrap() {
            Delivery::Gap => {
                assert!(!gap, "two gaps for one run of losses");
                gap = true;
            }
            Delivery::Message(message) => {
                let number = number(&message);
                // The last number is sent again and again, so that some of it may be lost without a jump.
                let fits = (number > last + 1) == gap || (gap && number == FLOOD);
                assert!(fits, "a gap and a jump belong together: {last}, {number}, {gap}");
                before_first_gap += u32::from(number == before_first_gap);
                (last, gap) = (number, false);
            }
        }
    }
    publisher.abort();
    assert!(before_first_gap < FLOOD, "a queue of {SLOTS} slots held {before_first_gap} messages");
}

/// One that does not read costs the others nothing.
pub async fn a_slow_subscriber_harms_nobody_else(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits { slots: 4 }).await;
    let subject = subject("beside-slow");
    let _slow = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let mut fast = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    for step in 0..100 {
        soon(bus.publish(&subject, numbered(step))).await.unwrap();
        assert_eq!(number(&message(&mut fast).await), step);
    }
}

/// A group grows with what is there, up to its limit, and keeps the order.
pub async fn many_are_taken_at_once(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("many");
    let mut subscription = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    for step in 0..10 {
        bus.publish(&subject, numbered(step)).await.unwrap();
    }
    let mut taken = Vec::new();
    while taken.len() < 10 {
        let before = taken.len();
        let count = soon(subscription.next_many(4, &mut taken)).await;
        assert!((1..=4).contains(&count) && taken.len() == before + count);
    }
    for (step, delivery) in (0..).zip(taken) {
        assert!(matches!(delivery, Delivery::Message(message) if number(&message) == step));
    }
    assert!(subscription.try_next().is_none());
}

/// Its place among the responders is free again.
pub async fn a_dropped_subscription_hears_no_more(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("gone");
    drop(bus.subscribe(&Filter::exactly(&subject)).await.unwrap());
    assert_eq!(bus.publish(&subject, numbered(0)).await, Ok(()));
    assert_eq!(soon(bus.request(&subject, numbered(0), PATIENCE)).await, Err(Error::NoResponder));
}

/// What is held is handed out, then the subscription ends; one that waits is woken.
pub async fn closing_wakes_subscribers_after_what_they_hold(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let (full, empty) = (subject("close-full"), subject("close-empty"));
    let mut holding = bus.subscribe(&Filter::exactly(&full)).await.unwrap();
    let mut waiting = bus.subscribe(&Filter::exactly(&empty)).await.unwrap();
    let waiter = tokio::spawn(async move { waiting.next().await.is_none() });
    bus.publish(&full, numbered(7)).await.unwrap();
    soon(bus.close()).await;
    assert!(soon(waiter).await.unwrap());
    assert_eq!(number(&message(&mut holding).await), 7);
    assert!(soon(holding.next()).await.is_none());
    assert_eq!(soon(holding.next_many(8, &mut Vec::new())).await, 0);
}

/// Every verb says so, through every handle; closing twice is harmless.
pub async fn a_closed_bus_refuses(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let other = bus.clone();
    let subject = subject("closed");
    bus.close().await;
    bus.close().await;
    assert_eq!(other.publish(&subject, numbered(0)).await, Err(Error::Closed));
    assert_eq!(other.subscribe(&Filter::exactly(&subject)).await.unwrap_err(), Error::Closed);
    assert_eq!(other.request(&subject, numbered(0), PATIENCE).await, Err(Error::Closed));
}
