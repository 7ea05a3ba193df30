//! Other processes on the same server: our own kind, and any NATS client.

use async_nats::StatusCode;
use futures_util::StreamExt;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_several_processes_answers_each_request() {
    let Some(url) = server() else { return };
    let subject = subject("several");
    let mut buses = Vec::new();
    for word in ["a", "b", "c"] {
        let bus = bus(&url, word).await;
        answer_with(bus.subscribe(&Filter::exactly(&subject)).await.unwrap(), word);
        buses.push(bus);
    }
    let asker = bus(&url, "asker").await;
    for _ in 0..30 {
        let answer = soon(asker.request(&subject, Bytes::new(), PATIENCE)).await.unwrap();
        assert!(["a", "b", "c"].contains(&std::str::from_utf8(&answer).unwrap()));
    }
    // Two of them stop: nobody waits for a deadline.
    for gone in buses.drain(1..) {
        soon(gone.close()).await;
    }
    for _ in 0..30 {
        let answer = soon(asker.request(&subject, Bytes::new(), PATIENCE)).await;
        assert_eq!(answer, Ok(Bytes::from_static(b"a")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_client_publishes_listens_and_asks() {
    let Some(url) = server() else { return };
    let bus = bus(&url, "ours").await;
    let subject = subject("any");
    let mut subscription = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
    let stranger = async_nats::connect(&url).await.unwrap();
    let mut heard = stranger.subscribe(subject.to_string()).await.unwrap();
    stranger.flush().await.unwrap();
    stranger.publish(subject.to_string(), "theirs".into()).await.unwrap();
    assert_eq!(message(&mut subscription).await.payload, "theirs");
    assert_eq!(soon(heard.next()).await.unwrap().payload, "theirs");
    bus.publish(&subject, Bytes::from_static(b"ours")).await.unwrap();
    assert_eq!(soon(heard.next()).await.unwrap().payload, "ours");
    message(&mut subscription).await;

    let asked = tokio::spawn({
        let (stranger, name) = (stranger.clone(), subject.question());
        async move { stranger.request(name, "question".into()).await }
    });
    let question = message(&mut subscription).await;
    assert_eq!((question.subject, question.payload), (subject.clone(), Bytes::from_static(b"question")));
    question.reply.unwrap().send(Bytes::from_static(b"answer"));
    let answer = soon(asked).await.unwrap().unwrap();
    assert_eq!((answer.payload.as_ref(), answer.headers), (b"answer".as_ref(), None));

    let asked = tokio::spawn(async move { stranger.request(subject.question(), "again".into()).await });
    drop(message(&mut subscription).await.reply);
    let answer = soon(asked).await.unwrap().unwrap();
    assert_eq!(answer.headers.unwrap().get("Tilanne-Reply").unwrap().as_str(), "dropped");
    assert_ne!(answer.status, Some(StatusCode::NO_RESPONDERS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_listens_does_not_hear_questions() {
    let Some(url) = server() else { return };
    let bus = bus(&url, "ours").await;
    let subject = subject("overheard");
    let stranger = async_nats::connect(&url).await.unwrap();
    let mut heard = stranger.subscribe("tilanne.>").await.unwrap();
    stranger.flush().await.unwrap();
    assert_eq!(soon(bus.request(&subject, Bytes::new(), PATIENCE)).await, Err(crate::Error::NoResponder));
    bus.publish(&subject, Bytes::from_static(b"told")).await.unwrap();
    assert_eq!(soon(heard.next()).await.unwrap().payload, "told");
}
