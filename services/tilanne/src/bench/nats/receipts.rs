//! Durable receipts a second, beside bare JetStream publishing that awaits the stream's own word; and beside the same
//! while a bare consumer reads along, which is what a server can do for anybody who records from a stream.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{self, Context};
use bus::Bus;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use proto::receipt::{Receipt, Status};
use proto::subject::{Subject, intake_stream};
use tokio::task::JoinHandle;

use super::server::Server;
use super::{BARE, Sent, Setting, bus, failed};
use crate::Error;
use crate::bench::row::Row;

/// How many events are in flight: what a connection has room for, and what a few desks and feeds have.
const IN_FLIGHT: [usize; 2] = [1_024, 64];

/// Bare and through the house by turns, so often: what the machine does meanwhile meets both.
const TURNS: usize = 3;

/// Parts of the events that are sent through one server.
pub(super) const PARTS: usize = IN_FLIGHT.len() * TURNS;

/// No event waits as long as this in a house in order.
const DEADLINE: Duration = Duration::from_secs(60);

/// One row for each number in flight.
pub(super) async fn receipts(
    setting: &Setting,
    server: &Server,
    area: &str,
    events: &[Sent],
) -> Result<Vec<Row>, Error> {
    let bare = jetstream::new(async_nats::connect(server.url()).await.map_err(failed)?);
    let source = bus(&server.options("source")).await?;
    let mut parts = events.chunks(setting.events);
    let mut rows = Vec::new();
    for (in_flight, name) in IN_FLIGHT.into_iter().zip(setting.receipts) {
        let (mut ours, mut limit, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts.by_ref().take(TURNS) {
            limit.push(publish(&bare, part, in_flight).await?);
            let reader = Reader::begin(server).await?;
            read.push(publish(&bare, part, in_flight).await?);
            reader.end();
            ours.push(hand_in(&source, area, part, in_flight).await?);
        }
        let ours = median(ours);
        rows.push(Row::beside(name, ours, "receipts/s", "bare publish with ack", median(limit)));
        rows.push(Row::beside(name, ours, "receipts/s", "bare publish, read along", median(read)));
    }
    source.close().await;
    Ok(rows)
}

/// A bare consumer that reads what comes into the stream from now on, on a connection of its own.
struct Reader(JoinHandle<()>);

impl Reader {
    async fn begin(server: &Server) -> Result<Self, Error> {
        let context = jetstream::new(async_nats::connect(server.url()).await.map_err(failed)?);
        let stream = context.get_stream(intake_stream(BARE)).await.map_err(failed)?;
        let from_now = pull::OrderedConfig { deliver_policy: DeliverPolicy::New, ..Default::default() };
        let consumer = stream.create_consumer(from_now).await.map_err(failed)?;
        let mut messages = consumer.messages().await.map_err(failed)?;
        Ok(Self(tokio::spawn(async move { while messages.next().await.is_some() {} })))
    }

    fn end(self) {
        self.0.abort();
    }
}

/// Events a second until the stream has acknowledged each.
async fn publish(context: &Context, events: &[Sent], in_flight: usize) -> Result<f64, Error> {
    let begun = Instant::now();
    let each = events.iter().map(|(family, payload)| async move {
        let subject = Subject::intake(BARE, *family).to_string();
        let acknowledged = context.publish(subject, payload.clone()).await.map_err(failed)?;
        acknowledged.await.map_err(failed)
    });
    stream::iter(each).buffer_unordered(in_flight).try_for_each(|_kept| future::ready(Ok(()))).await?;
    Ok(a_second(events.len(), begun.elapsed()))
}

/// Events a second until the recorder's receipt of each is here.
async fn hand_in(source: &Bus, area: &str, events: &[Sent], in_flight: usize) -> Result<f64, Error> {
    let begun = Instant::now();
    let each = events.iter().map(|(family, payload)| async move {
        let subject = Subject::intake(area, *family);
        source.hand_in(&subject, payload.clone(), DEADLINE).await.map_err(failed)
    });
    let answers: Vec<_> = stream::iter(each).buffer_unordered(in_flight).try_collect().await?;
    let took = begun.elapsed();
    for answer in answers {
        let recorded = serde_json::from_slice::<Receipt>(&answer)
            .is_ok_and(|receipt| receipt.status == Status::Recorded);
        if !recorded {
            let said = String::from_utf8_lossy(&answer).into_owned();
            return Err(Error::Bad(format!("the bench needs every event recorded, and got: {said}")));
        }
    }
    Ok(a_second(events.len(), took))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 events")]
fn a_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
