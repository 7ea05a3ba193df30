//! `tilanne replay`: recorded feed files, played as if they were live.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use proto::receipt::{Receipt, Status};
use sources::tabular::{Adapter, Detail, Event, Outcome, Reading, Spec};

use crate::Error;
use crate::cli::Replay;
use crate::client::{Client, Tally};
use crate::config;
use crate::output::say;

/// Events of one body at full speed.
const EVENTS_A_BODY: usize = 2_000;
/// Bodies under way at once at full speed: one is decided while the next is read.
const BODIES_AT_ONCE: usize = 3;
/// Complaints shown of one file; their number is shown always.
const COMPLAINTS_SHOWN: usize = 20;

/// How fast.
#[derive(Clone, Copy)]
enum Speed {
    Max,
    Times(f64),
}

pub async fn replay(asked: Replay) -> Result<(), Error> {
    let spec = Spec::from_toml(&config::read(&asked.feed)?, &asked.feed.display().to_string())?;
    let speed = speed(&asked.speed)?;
    let detail = if asked.json { Detail::Cells } else { Detail::Events };
    let mut adapter = Adapter::new(spec);
    let client = match (&asked.to, asked.dry_run) {
        (Some(server), false) => Some(Client::new(server, asked.token_file.as_deref())?),
        (_, _) => None,
    };
    let mut tally = Tally::default();
    let begun = Instant::now();
    for file in &asked.files {
        let body = std::fs::read(file).map_err(|source| Error::File { path: file.clone(), source })?;
        let reading = adapter
            .read(&body, detail)
            .map_err(|refusal| Error::Bad(format!("{}: {refusal}", file.display())))?;
        explain(file, &reading);
        match &client {
            None if asked.json => reading
                .rows
                .iter()
                .try_for_each(|row| say(&serde_json::to_string(row).unwrap_or_default()))?,
            None => {}
            Some(client) => play(client, reading.into_events(), speed, &mut tally).await?,
        }
    }
    if client.is_some() {
        let seconds = begun.elapsed().as_secs_f64();
        say(&format!("{tally} in {seconds:.1} s"))?;
    }
    Ok(())
}

fn speed(text: &str) -> Result<Speed, Error> {
    match text {
        "max" => Ok(Speed::Max),
        number => match number.parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
            Ok(_) | Err(_) => Err(Error::Usage(format!("--speed {text:?}: write a number above 0, or max"))),
        },
    }
}

/// What was read and what was not, on standard error.
fn explain(file: &Path, reading: &Reading) {
    let mut err = std::io::stderr().lock();
    let outcome = match reading.outcome {
        Outcome::Rows => "read",
        Outcome::Unchanged => "unchanged",
        Outcome::Empty => "empty",
    };
    let (rows, left, refused) = (reading.rows.len(), reading.left_out, reading.refused_rows);
    drop(writeln!(
        err,
        "{}: {outcome}: {rows} rows, {left} left out by rule, {refused} refused",
        file.display()
    ));
    for complaint in reading.complaints.iter().take(COMPLAINTS_SHOWN) {
        drop(writeln!(err, "  line {}: {}", complaint.line, complaint.sentence));
    }
}

async fn play(client: &Client, events: Vec<Event>, speed: Speed, tally: &mut Tally) -> Result<(), Error> {
    let mut complaints: BTreeMap<String, u64> = BTreeMap::new();
    match speed {
        Speed::Max => {
            let bodies = events.chunks(EVENTS_A_BODY).map(|events| client.send(lines(events)));
            let mut answers = stream::iter(bodies).buffered(BODIES_AT_ONCE);
            while let Some(receipts) = answers.next().await {
                take(&receipts?, tally, &mut complaints);
            }
        }
        Speed::Times(times) => {
            let begun = Instant::now();
            let first = events.first().map(|event| event.time.as_microsecond()).unwrap_or_default();
            let due = |event: &Event| {
                #[expect(clippy::cast_precision_loss, reason = "a replay lasts less than 2^52 µs")]
                let seconds = (event.time.as_microsecond().saturating_sub(first).max(0) as f64) / 1e6 / times;
                Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
            };
            let mut rest = events.as_slice();
            while let Some(next) = rest.first() {
                tokio::time::sleep(due(next).saturating_sub(begun.elapsed())).await;
                let now = begun.elapsed();
                let ready =
                    rest.iter().take(EVENTS_A_BODY).take_while(|event| due(event) <= now).count().max(1);
                let (body, later) = rest.split_at(ready.min(rest.len()));
                take(&client.send(lines(body)).await?, tally, &mut complaints);
                rest = later;
            }
        }
    }
    let mut err = std::io::stderr().lock();
    for (sentence, count) in complaints.iter().take(COMPLAINTS_SHOWN) {
        drop(writeln!(err, "  {count} × rejected: {sentence}"));
    }
    Ok(())
}

fn take(receipts: &[Receipt], tally: &mut Tally, complaints: &mut BTreeMap<String, u64>) {
    tally.take(receipts);
    for receipt in receipts {
        if receipt.status == Status::Rejected {
            *complaints.entry(receipt.reason.clone().unwrap_or_default()).or_default() += 1;
        }
    }
}

fn lines(events: &[Event]) -> String {
    let mut body = String::new();
    for event in events {
        body.push_str(&serde_json::to_string(event).unwrap_or_default());
        body.push('\n');
    }
    body
}
