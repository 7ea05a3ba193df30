//! From an event at the door to the frame that shows it, with a full house of watchers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_util::sync::CancellationToken;

use super::rig::{Rig, peak_memory_mb};
use super::row::{Row, quantile};
use crate::Error;
use crate::config::Described;

/// Stations of the board, as many as Québec has.
const STATIONS: usize = 115;
/// Watchers of the board.
const WATCHERS: usize = 50;
/// Events a second, each in a body of its own, sent when due whether or not earlier ones are answered.
const RATE: u32 = 500;
/// How long.
const SECONDS: u32 = 10;
/// Bodies under way at once at the most: fewer than the door has places for.
const UNDER_WAY: usize = 48;

/// When each figure was sent: by station, in the order of the figures.
type Sent = Arc<Mutex<HashMap<String, Vec<(u64, Instant)>>>>;

pub async fn push() -> Result<Vec<Row>, Error> {
    let rig = Rig::new(area()?).await?;
    let sent: Sent = Sent::default();
    let stop = CancellationToken::new();
    let mut watchers = JoinSet::new();
    for _ in 0..WATCHERS {
        watchers.spawn(watch(rig.url.replacen("http", "ws", 1), Arc::clone(&sent), stop.clone()));
    }
    let posts = post(&rig, &sent).await?;
    // What was sent last is shown within a second or not at all.
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.cancel();
    let mut latencies = Vec::new();
    while let Some(watched) = watchers.join_next().await {
        latencies.extend(watched??);
    }
    rig.stop().await?;
    if latencies.is_empty() {
        return Err(Error::Bad("no watcher saw any figure".to_owned()));
    }
    latencies.sort_by(f64::total_cmp);
    let beside = "receipt of the same events";
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 figures")]
    let seen = latencies.len() as f64 / (WATCHERS as f64 * f64::from(RATE * SECONDS));
    Ok(vec![
        Row::beside("push_post_to_frame_p50", quantile(&latencies, 0.5), "ms", beside, quantile(&posts, 0.5)),
        Row::beside(
            "push_post_to_frame_p99",
            quantile(&latencies, 0.99),
            "ms",
            beside,
            quantile(&posts, 0.99),
        ),
        Row::alone("push_post_to_frame_max", quantile(&latencies, 1.0), "ms"),
        Row::alone("push_figures_seen", seen, "of sent"),
        Row::alone("peak_memory_with_driver", peak_memory_mb(), "MB"),
    ])
}

/// An area of many stations with one counted lane each.
fn area() -> Result<Described, Error> {
    let mut text = String::from(
        "id = \"bench\"\ntime_zone = \"Europe/Helsinki\"\nname = { fi = \"b\", sv = \"b\", en = \"b\" }\n\
         [station_defaults.lanes.main]\nname = { fi = \"j\", sv = \"k\", en = \"q\" }\nauthority = \"counts\"\n",
    );
    for station in 0..STATIONS {
        text.push_str(&format!(
            "[stations.s{station}]\nname = {{ fi = \"{station}\", sv = \"{station}\", en = \"{station}\" }}\n"
        ));
    }
    let wrong = |source| Error::Area { path: "the bench's area".into(), source };
    let (area, document) = proto::area::from_toml(&text).map_err(wrong)?;
    Ok(Described { area: Arc::new(area), document: document.into() })
}

/// Sends the events at their pace; milliseconds until each receipt, sorted.
async fn post(rig: &Rig, sent: &Sent) -> Result<Vec<f64>, Error> {
    let client = reqwest::Client::new();
    let url = format!("{}/v1/events", rig.url);
    let mut posts: JoinSet<Result<f64, Error>> = JoinSet::new();
    let mut latencies = Vec::new();
    let begun = Instant::now();
    let clock = runtime::Clock::system();
    for number in 0..u64::from(RATE * SECONDS) {
        let due = Duration::from_secs(1) * u32::try_from(number).unwrap_or(u32::MAX) / RATE;
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
        if posts.len() >= UNDER_WAY {
            latencies.extend(posts.join_next().await.transpose()?.transpose()?);
        }
        let station = format!("s{}", number % STATIONS as u64);
        let time = proto::time::format(situation::time::Instant::from_micros(clock.now_us()));
        // Each figure is greater than the last, so that a frame which shows it has shown all before it.
        let event = json!({
            "specversion": "1.0", "id": number.to_string(), "source": "/feeds/bench", "subject": station,
            "type": "fi.tilanne.queue.observed.v1", "time": time, "data": {"lane": "main", "waiting": number},
        });
        let request =
            client.post(&url).header("content-type", "application/cloudevents+json").body(event.to_string());
        let at = Instant::now();
        lock(sent).entry(station).or_default().push((number, at));
        posts.spawn(async move {
            let failed = |error: reqwest::Error| Error::Server(error.to_string());
            request.send().await.map_err(failed)?.error_for_status().map_err(failed)?;
            Ok(at.elapsed().as_secs_f64() * 1e3)
        });
    }
    while let Some(post) = posts.join_next().await {
        latencies.push(post??);
    }
    latencies.sort_by(f64::total_cmp);
    Ok(latencies)
}

/// Watches the board; milliseconds from sending to the first frame that shows each figure or a later one.
async fn watch(url: String, sent: Sent, stop: CancellationToken) -> Result<Vec<f64>, Error> {
    let failed = |error: tokio_tungstenite::tungstenite::Error| Error::Server(error.to_string());
    let mut request = format!("{url}/v1/live").into_client_request().map_err(failed)?;
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("tilanne.board.v1"));
    let (mut socket, _) = connect_async(request).await.map_err(failed)?;
    let subscribe = json!({"kind": "subscribe", "area": "bench", "view": "situation"});
    socket.send(Message::text(subscribe.to_string())).await.map_err(failed)?;
    let mut shown: HashMap<String, usize> = HashMap::new();
    let mut latencies = Vec::new();
    while let Some(Some(frame)) = stop.run_until_cancelled(socket.next()).await {
        let now = Instant::now();
        let Message::Text(text) = frame.map_err(failed)? else { continue };
        let Ok(frame) = serde_json::from_str::<Value>(&text) else { continue };
        let stations = frame.pointer("/patch/stations").or(frame.pointer("/board/stations"));
        for (station, change) in stations.and_then(Value::as_object).into_iter().flatten() {
            let Some(figure) = change.pointer("/lanes/main/waiting").and_then(Value::as_u64) else {
                continue;
            };
            let from = shown.entry(station.clone()).or_default();
            for (_, at) in lock(&sent)
                .get(station)
                .into_iter()
                .flatten()
                .skip(*from)
                .take_while(|(sent, _)| *sent <= figure)
            {
                latencies.push(now.duration_since(*at).as_secs_f64() * 1e3);
                *from += 1;
            }
        }
    }
    Ok(latencies)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
