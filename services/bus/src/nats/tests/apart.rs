//! The contract with whoever publishes and asks on one connection and whoever listens on another.

use tokio::sync::watch;
use tokio::time::Instant;

use super::*;
use crate::delivery::Answer;
use crate::transport::{Step, Transport};

/// Two processes' ends of one bus.
struct Apart {
    speaks: Nats,
    listens: Nats,
}

impl Transport for Apart {
    fn publish<'a>(&'a self, subject: &'a Subject, payload: Bytes) -> Step<'a, Result<(), crate::Error>> {
        self.speaks.publish(subject, payload)
    }

    fn subscribe<'a>(&'a self, filter: &'a Filter) -> Step<'a, Result<Subscription, crate::Error>> {
        self.listens.subscribe(filter)
    }

    fn request<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        until: Instant,
    ) -> Step<'a, Result<Answer, crate::Error>> {
        self.speaks.request(subject, payload, until)
    }

    fn hand_in<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        until: Instant,
    ) -> Step<'a, Result<Answer, crate::Error>> {
        self.speaks.hand_in(subject, payload, until)
    }

    fn connected(&self) -> Option<watch::Receiver<bool>> {
        self.speaks.connected()
    }

    fn close(&self) -> Step<'_, ()> {
        Step::Wait(Box::pin(async {
            self.speaks.close().finish().await;
            self.listens.close().finish().await;
        }))
    }
}

async fn make(limits: Limits) -> Bus {
    let Some(url) = server() else { return Bus::in_process_with(limits) };
    let speaks = Nats::connect(&NatsOptions::new(&url, "speaks"), limits).await.unwrap();
    let listens = Nats::connect(&NatsOptions::new(&url, "listens"), limits).await.unwrap();
    Bus::over(Apart { speaks, listens })
}

crate::contract_tests!(make);
