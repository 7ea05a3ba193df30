//! From handing in one event to the message that changes a board, beside a bare request and its answer.

use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::Client;
use bus::{Bus, Delivery, Subscription};
use bytes::Bytes;
use futures_util::StreamExt;
use proto::live::BoardChange;
use proto::receipt::Receipt;
use proto::subject::{Family, Filter, Subject};
use serde_json::json;
use situation::area::Authority;
use tokio::time::{sleep, timeout};

use super::server::Server;
use super::services::Running;
use super::{Setting, bus, failed};
use crate::Error;
use crate::bench::row::{Row, quantile};
use crate::config::Described;

/// Events that are measured.
const EVENTS: u32 = 200;

/// Between two of them: longer than the projector waits between two pushes, so that this wait is not measured.
const PACE: Duration = Duration::from_millis(40);

/// Longest wait for a board. Also how long the services may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// Before its projector is ready an event changes no board, and another one is tried.
const TRY: Duration = Duration::from_millis(500);

/// What the board shows first of a station.
const VIEW: &str = "situation";

/// Where the bare answer comes from.
const ECHO: &str = "bench.echo";

/// Events that each change the board.
struct Desk<'a> {
    area: &'a str,
    station: &'a str,
    lane: &'a str,
    source: Bus,
    boards: Subscription,
    said: u32,
}

/// Milliseconds with a projector that runs only for this.
pub(super) async fn latency(
    setting: &Setting,
    server: &Server,
    described: &Described,
    data: &Path,
) -> Result<Vec<Row>, Error> {
    let area = described.area.id.as_str();
    let projector = Running::projector(server, area, data).await?;
    let watcher = bus(&server.options("watcher")).await?;
    let boards = watcher.subscribe(&Filter::exactly(&Subject::board(area, VIEW))).await.map_err(failed)?;
    let (station, lane) = place(described)?;
    let source = bus(&server.options("desk")).await?;
    let mut desk = Desk { area, station, lane, source, boards, said: 0 };
    desk.begin().await?;
    let (asker, _echo) = echo(server).await?;
    let (mut shown, mut answered) = (Vec::new(), Vec::new());
    for _ in 0..EVENTS {
        sleep(PACE).await;
        shown.push(desk.until_shown().await?);
        let payload = desk.event();
        let begun = Instant::now();
        asker.request(ECHO, payload).await.map_err(failed)?;
        answered.push(milliseconds(begun));
    }
    projector.stop().await?;
    shown.sort_by(f64::total_cmp);
    answered.sort_by(f64::total_cmp);
    let [median, worst] = setting.board;
    let row = |name, q| {
        Row::beside(name, quantile(&shown, q), "ms", "bare request round trip", quantile(&answered, q))
    };
    Ok(vec![row(median, 0.5), row(worst, 0.99)])
}

impl Desk<'_> {
    /// Waits until an event changes the board: the first may come before the area is described to the recorder.
    async fn begin(&mut self) -> Result<(), Error> {
        let begun = Instant::now();
        while !matches!(timeout(TRY, self.until_shown()).await, Ok(Ok(_))) {
            if begun.elapsed() > PATIENCE {
                return Err(Error::Server("the services under test did not get ready".to_owned()));
            }
        }
        Ok(())
    }

    /// Milliseconds from handing in an event until a board shows it.
    async fn until_shown(&mut self) -> Result<f64, Error> {
        let subject = Subject::intake(self.area, Family::Queue);
        let event = self.event();
        let begun = Instant::now();
        let handed = self.source.hand_in(&subject, event, PATIENCE);
        tokio::pin!(handed);
        // A board may be here before the receipt that tells which one shows the event.
        let (mut recorded, mut arrived): (Option<u64>, Vec<(u64, f64)>) = (None, Vec::new());
        loop {
            let shows = |(sequence, _): &&(u64, f64)| recorded.is_some_and(|recorded| *sequence >= recorded);
            if let Some((_, at)) = arrived.iter().find(shows) {
                return Ok(*at);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::Server("an event was recorded and not shown".to_owned()));
            }
            tokio::select! {
                answer = &mut handed, if recorded.is_none() => recorded = Some(position(&answer.map_err(failed)?)?),
                delivery = timeout(PATIENCE, self.boards.next()) => {
                    if let Ok(Some(Delivery::Message(message))) = delivery {
                        let at = milliseconds(begun);
                        let change: BoardChange = serde_json::from_slice(&message.payload).map_err(failed)?;
                        arrived.push((change.sequence, at));
                    }
                }
            }
        }
    }

    /// The next event: one more waits than in the last.
    fn event(&mut self) -> Bytes {
        self.said += 1;
        let now = situation::time::Instant::from_micros(runtime::Clock::system().now_us());
        let event = json!({
            "specversion": "1.0", "id": format!("bench-{}", self.said), "source": "/feeds/bench",
            "subject": self.station, "type": "fi.tilanne.queue.observed.v1", "time": proto::time::format(now),
            "data": {"lane": self.lane, "waiting": self.said},
        });
        Bytes::from(event.to_string())
    }
}

fn position(answer: &[u8]) -> Result<u64, Error> {
    let receipt = serde_json::from_slice::<Receipt>(answer).ok();
    receipt.and_then(|receipt| receipt.position).map(|position| position.sequence).ok_or_else(|| {
        Error::Bad(format!("an event of the bench is not recorded: {}", String::from_utf8_lossy(answer)))
    })
}

/// A lane whose figure the board shows.
fn place(described: &Described) -> Result<(&str, &str), Error> {
    let mut stations = described.area.stations.iter();
    let found = stations.find_map(|(id, station)| {
        let (lane, _) = station.lanes.iter().find(|(_, lane)| lane.authority == Authority::Counts)?;
        Some((id.as_str(), lane.as_str()))
    });
    found.ok_or_else(|| Error::Usage("the area has no lane that is counted: name another".to_owned()))
}

/// One who asks, and another connection that sends back what it is asked.
async fn echo(server: &Server) -> Result<(Client, tokio_util::task::AbortOnDropHandle<()>), Error> {
    let responder = async_nats::connect(server.url()).await.map_err(failed)?;
    let mut asked = responder.subscribe(ECHO).await.map_err(failed)?;
    responder.flush().await.map_err(failed)?;
    let task = tokio::spawn(async move {
        while let Some(message) = asked.next().await {
            let Some(to) = message.reply else { continue };
            if responder.publish(to, message.payload).await.is_err() {
                return;
            }
        }
    });
    let asker = async_nats::connect(server.url()).await.map_err(failed)?;
    Ok((asker, tokio_util::task::AbortOnDropHandle::new(task)))
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
