//! A recorder as far as the bus sees it: reads the stream, and answers as a test wants.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::*;
use crate::contract::{Desk, Handed};
use crate::nats::intake::{Entry, IntakeEnd, Reader};

pub(super) const AREA: &str = "itauusimaa";

pub(super) fn stream_of(area: &str, max_bytes: u64) -> IntakeStream {
    let max_age = Duration::from_secs(3_600);
    IntakeStream { area: area.to_owned(), replicas: 1, max_age, max_bytes }
}

pub(super) async fn make_stream(url: &str, area: &str) {
    let admin = NatsAdmin::connect(&NatsOptions::new(url, "admin")).await.unwrap();
    admin.create(&stream_of(area, 1 << 30)).await.unwrap();
}

pub(super) async fn end(url: &str, area: &str) -> IntakeEnd {
    IntakeEnd::open(&NatsOptions::new(url, "recorder"), area).await.unwrap()
}

/// A source's bus that wants as many receipts.
pub(super) async fn source(url: &str, receipts: usize) -> Bus {
    let options = NatsOptions { receipts, ..NatsOptions::new(url, "source") };
    Bus::nats(&options, Limits::default()).await.unwrap()
}

/// One of several recorders.
pub(super) struct Recorder {
    name: &'static str,
    pub(super) end: IntakeEnd,
    reader: Reader,
    held: Vec<Entry>,
}

impl Recorder {
    pub(super) async fn begin(url: &str, area: &str, name: &'static str) -> Self {
        let end = end(url, area).await;
        let reader = end.read(1).await.unwrap();
        Self { name, end, reader, held: Vec::new() }
    }

    pub(super) async fn next(&mut self) -> Entry {
        if self.held.is_empty() {
            soon(self.reader.next_many(100, &mut self.held)).await.unwrap();
        }
        self.held.remove(0)
    }

    /// Answers the next event.
    pub(super) async fn answer(&mut self, receipt: Bytes) -> Entry {
        let entry = self.next().await;
        self.end.answer(entry.receipt_to.as_deref().unwrap(), self.name, receipt).await;
        entry
    }
}

mod near {
    use super::*;

    async fn make(area: &str) -> (Bus, Desk) {
        let Some(url) = server() else { return crate::in_process::with_desk(area).await };
        make_stream(&url, area).await;
        let recorder = Arc::new(Mutex::new(Recorder::begin(&url, area, "a").await));
        let next = move || {
            let recorder = Arc::clone(&recorder);
            Box::pin(async move {
                let mut recorder = recorder.lock().await;
                let Entry { payload, receipt_to, .. } = recorder.next().await;
                let end = recorder.end.clone();
                let answer = Box::new(move |receipt| {
                    Box::pin(async move { end.answer(&receipt_to.unwrap(), "a", receipt).await }) as _
                });
                Handed { payload, answer }
            }) as _
        };
        (source(&url, 1).await, Desk { next: Box::new(next) })
    }

    crate::hand_in_tests!(make);
}
