//! Checks of requests and answers.

use futures_util::{StreamExt, stream};
use proto::subject::Filter;

use super::*;
use crate::{Error, MAX_PAYLOAD};

/// Two could answer: the first does, and the second does not even hear of it.
pub async fn a_request_is_answered_by_the_first_responder_only(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("one-responder");
    let first = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let mut second = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    tokio::spawn(echo(first));
    for step in 0..10 {
        assert_eq!(soon(bus.request(&subject, numbered(step), PATIENCE)).await, Ok(numbered(step)));
    }
    assert!(second.try_next().is_none());
}

/// Responders stand in a line: when the first ends, the second answers.
pub async fn the_next_responder_takes_over(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("take-over");
    let first = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    tokio::spawn(echo(bus.subscribe(&Filter::exactly(&subject)).await.unwrap()));
    drop(first);
    assert_eq!(soon(bus.request(&subject, numbered(1), PATIENCE)).await, Ok(numbered(1)));
}

/// Answers find their askers, whatever the order in which they are given.
pub async fn requests_in_flight_together_each_get_their_own_answer(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("in-flight");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let askers = spawn_requests(&bus, &subject, 100, PATIENCE);
    let mut held = Vec::new();
    while held.len() < 100 {
        held.push(message(&mut requests).await);
    }
    for Message { payload, reply, .. } in held.into_iter().rev() {
        reply.unwrap().send(payload);
    }
    for (step, asker) in (0..).zip(askers) {
        assert_eq!(soon(asker).await.unwrap(), Ok(numbered(step)));
    }
}

/// Known at once, not after the deadline.
pub async fn a_request_without_a_responder_fails(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let answer = soon(bus.request(&subject("no-responder"), numbered(0), PATIENCE * 2)).await;
    assert_eq!(answer, Err(Error::NoResponder));
}

/// The responder holds the request and says nothing.
pub async fn a_request_without_an_answer_meets_its_deadline(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("deadline");
    let _silent = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    assert_eq!(soon(bus.request(&subject, numbered(0), SHORT)).await, Err(Error::Deadline));
}

/// An answer after the deadline goes nowhere, and the next exchange is untouched by it.
pub async fn a_late_answer_harms_nobody(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("late");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    assert_eq!(soon(bus.request(&subject, numbered(1), SHORT)).await, Err(Error::Deadline));
    message(&mut requests).await.reply.unwrap().send(numbered(1));
    tokio::spawn(echo(requests));
    assert_eq!(soon(bus.request(&subject, numbered(2), PATIENCE)).await, Ok(numbered(2)));
}

/// Known at once, not after the deadline.
pub async fn a_dropped_reply_is_told(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("dropped");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    tokio::spawn(async move {
        drop(message(&mut requests).await.reply);
        // The subscription lives on, so that only the reply's end can be what the asker hears.
        std::future::pending::<()>().await;
    });
    assert_eq!(soon(bus.request(&subject, numbered(0), PATIENCE * 2)).await, Err(Error::Dropped));
}

/// A responder that stops with requests in its queue does not leave their askers waiting.
pub async fn requests_held_by_an_ended_responder_are_told(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("ended");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let askers = spawn_requests(&bus, &subject, 5, PATIENCE * 2);
    let first = message(&mut requests).await;
    drop(requests);
    drop(first);
    for asker in askers {
        let answer = soon(asker).await.unwrap();
        // An asker that came after the end found nobody.
        assert!(matches!(answer, Err(Error::Dropped | Error::NoResponder)), "{answer:?}");
    }
}

/// With no room until the deadline, the request fails. Over a network the loss may only be seen as silence.
pub async fn a_request_to_a_full_responder_fails(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits { slots: 2 }).await;
    let subject = subject("full");
    let _stuck = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let askers = spawn_requests(&bus, &subject, 2, PATIENCE);
    let overflow = spawn_requests(&bus, &subject, 3, SHORT);
    for asker in overflow {
        let answer = soon(asker).await.unwrap();
        assert!(matches!(answer, Err(Error::Full | Error::Deadline)), "{answer:?}");
    }
    for asker in askers {
        asker.abort();
    }
}

/// Far more requests than slots: all are answered once the responder gets going, and no gap is seen.
pub async fn a_busy_responder_slows_its_askers_and_loses_nothing(make: impl AsyncFn(Limits) -> Bus) {
    const REQUESTS: u32 = 200;
    let bus = make(Limits { slots: 2 }).await;
    let subject = subject("busy");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let askers = spawn_requests(&bus, &subject, REQUESTS, PATIENCE);
    for _ in 0..REQUESTS {
        let Message { payload, reply, .. } = message(&mut requests).await;
        reply.unwrap().send(payload);
    }
    for (step, asker) in (0..).zip(askers) {
        assert_eq!(soon(asker).await.unwrap(), Ok(numbered(step)));
    }
}

/// Requests of one asker, far more of them in flight than there are slots, come in the order of asking:
/// neither the order of later polls nor a free slot at the right moment lets one overtake.
pub async fn requests_keep_their_order_under_a_full_queue(make: impl AsyncFn(Limits) -> Bus) {
    const REQUESTS: u32 = 4_000;
    const IN_FLIGHT: usize = 512;
    let bus = make(Limits { slots: 7 }).await;
    let subject = subject("full-order");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let asker = tokio::spawn(async move {
        let asked = (0..REQUESTS).map(|step| bus.request(&subject, numbered(step), PATIENCE));
        let answers: Vec<_> = stream::iter(asked).buffered(IN_FLIGHT).collect().await;
        assert!(answers.iter().all(Result::is_ok));
    });
    for step in 0..REQUESTS {
        let message = message(&mut requests).await;
        assert_eq!(number(&message), step);
        message.reply.unwrap().send(Bytes::new());
    }
    soon(asker).await.unwrap();
}

/// A request whose deadline passes while it waits for room leaves the line; those behind it go in.
pub async fn who_gives_up_waiting_holds_up_nobody(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits { slots: 1 }).await;
    let subject = subject("gives-up");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let ask = |step, deadline| {
        let (bus, subject) = (bus.clone(), subject.clone());
        async move { bus.request(&subject, numbered(step), deadline).await }
    };
    let (fills, gives_up, patient) = (ask(0, PATIENCE), ask(1, SHORT), ask(2, PATIENCE));
    let answering = async {
        // Not a word before the second has given up.
        tokio::time::sleep(SHORT * 3).await;
        for step in [0, 2] {
            let message = message(&mut requests).await;
            assert_eq!(number(&message), step);
            message.reply.unwrap().send(Bytes::new());
        }
    };
    let (first, second, third, ()) =
        soon(async { tokio::join!(biased; fills, gives_up, patient, answering) }).await;
    assert_eq!((first, third), (Ok(Bytes::new()), Ok(Bytes::new())));
    // Over a network the refusal may come too late to be heard.
    assert!(matches!(second, Err(Error::Full | Error::Deadline)), "{second:?}");
}

/// The limit itself passes in both directions; one byte more does not.
pub async fn too_large_is_refused_both_ways(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("large");
    let most = Bytes::from(vec![1; MAX_PAYLOAD]);
    let over = Bytes::from(vec![1; MAX_PAYLOAD + 1]);
    let refused = Error::TooLarge { size: MAX_PAYLOAD + 1 };
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    assert_eq!(bus.publish(&subject, over.clone()).await, Err(refused));
    assert_eq!(bus.request(&subject, over.clone(), PATIENCE).await, Err(refused));
    let answers = [most.clone(), over];
    tokio::spawn(async move {
        for answer in answers {
            message(&mut requests).await.reply.unwrap().send(answer);
        }
    });
    assert_eq!(soon(bus.request(&subject, most.clone(), PATIENCE)).await, Ok(most.clone()));
    assert_eq!(soon(bus.request(&subject, most, PATIENCE)).await, Err(refused));
}

/// Who waits for room need not wait for the deadline.
pub async fn closing_wakes_who_waits_for_room(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits { slots: 1 }).await;
    let subject = subject("close-room");
    let stuck = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let askers = spawn_requests(&bus, &subject, 4, PATIENCE * 2);
    tokio::time::sleep(SHORT).await;
    soon(bus.close()).await;
    drop(stuck);
    for asker in askers {
        let answer = soon(asker).await.unwrap();
        assert!(matches!(answer, Err(Error::Closed | Error::Dropped)), "{answer:?}");
    }
}

/// Requests that a responder has taken before the close are still answered: a drain loses no receipt.
pub async fn closing_leaves_held_requests_their_answers(make: impl AsyncFn(Limits) -> Bus) {
    let bus = make(Limits::default()).await;
    let subject = subject("close-held");
    let mut requests = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let askers = spawn_requests(&bus, &subject, 1, PATIENCE);
    let held = message(&mut requests).await;
    soon(bus.close()).await;
    held.reply.unwrap().send(held.payload);
    for asker in askers {
        assert_eq!(soon(asker).await.unwrap(), Ok(numbered(0)));
    }
}

type Asker = tokio::task::JoinHandle<Result<Bytes, Error>>;

/// So many requests at once, numbered from 0.
fn spawn_requests(bus: &Bus, subject: &Subject, count: u32, deadline: Duration) -> Vec<Asker> {
    let one = |step| {
        let (bus, subject) = (bus.clone(), subject.clone());
        tokio::spawn(async move { bus.request(&subject, numbered(step), deadline).await })
    };
    (0..count).map(one).collect()
}
