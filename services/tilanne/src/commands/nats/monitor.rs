//! What a NATS server tells only over its monitoring.

use std::time::Duration;

use bus::nats::Drift;
use serde::Deserialize;

use crate::Error;

/// Monitoring answers from memory; longer than this it is not there.
const ANSWER: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Varz {
    server_name: String,
    jetstream: Option<JetStream>,
}

#[derive(Deserialize)]
struct JetStream {
    config: Option<JetStreamConfig>,
}

#[derive(Deserialize)]
struct JetStreamConfig {
    #[serde(default)]
    sync_always: bool,
}

/// What one server should have otherwise.
pub async fn ask(address: &str) -> Result<Option<String>, Error> {
    let failed = |error: reqwest::Error| {
        let error = error.without_url();
        Error::Failed(format!(
            "the monitoring at {address} does not answer ({error}): start that server, or correct nats.monitors"
        ))
    };
    let client = reqwest::Client::builder().timeout(ANSWER).build().map_err(failed)?;
    let asked = client.get(format!("{}/varz", address.trim_end_matches('/'))).send().await;
    let body = asked.and_then(reqwest::Response::error_for_status).map_err(failed)?;
    let varz: Varz = body.json().await.map_err(failed)?;
    let config = varz.jetstream.and_then(|jetstream| jetstream.config);
    Ok(config.filter(|config| !config.sync_always).map(|_late| {
        let (is, should) = ("late: a loss of power loses events".to_owned(), "always".to_owned());
        format!("{}: {}", varz.server_name, Drift { setting: "sync_interval", is, should })
    }))
}
