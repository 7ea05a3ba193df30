//! `tilanne nats`: the intake stream, and whether server and stream are as they must be.

mod monitor;
mod users;

use bus::NatsOptions;
use bus::nats::{Drift, IntakeStream, NatsAdmin, ServerFacts};

use crate::Error;
use crate::cli::{NatsAction, Settings};
use crate::config::{self, Nats};
use crate::output::say;

pub async fn nats(action: NatsAction) -> Result<(), Error> {
    match action {
        NatsAction::Init { settings } => init(&settings).await,
        NatsAction::Check { settings } => check(&settings).await,
        NatsAction::Users(users) => users::users(&users),
    }
}

fn wanted(settings: &Settings) -> Result<(Nats, NatsOptions, IntakeStream), Error> {
    let values = config::load(settings)?.values;
    let area = config::area(values.server.area.as_deref())?.area;
    let stream = values.nats.intake_stream(area.id.as_str());
    let options = values.nats.options(&values.recorder)?;
    Ok((values.nats, options, stream))
}

async fn init(settings: &Settings) -> Result<(), Error> {
    let (_, options, wanted) = wanted(settings)?;
    let admin = NatsAdmin::connect(&options).await?;
    let name = wanted.name();
    match admin.drift(&wanted).await? {
        None => {
            admin.create(&wanted).await?;
            say(&format!("made: stream {name}"))
        }
        Some(drifts) if drifts.is_empty() => say(&format!("already there: stream {name}")),
        Some(drifts) => {
            for drift in &drifts {
                say(&format!("{name}: {drift}"))?;
            }
            Err(Error::Bad(format!(
                "the stream {name} is there and differs; nothing was changed. Correct [nats.intake], or alter the \
                 stream with `nats stream edit {name}` while you know what it keeps"
            )))
        }
    }
}

async fn check(settings: &Settings) -> Result<(), Error> {
    let (nats, options, wanted) = wanted(settings)?;
    let admin = match NatsAdmin::connect(&options).await {
        Err(old @ bus::nats::Error::TooOld { .. }) => return Err(Error::Bad(old.to_string())),
        connected => connected?,
    };
    let server = admin.server();
    let mut found = of_server(&server, &nats);
    let name = wanted.name();
    match admin.drift(&wanted).await {
        Ok(Some(drifts)) => found.extend(drifts.iter().map(|drift| format!("{name}: {drift}"))),
        Ok(None) => found.push(format!("{name}: is missing: make it with `tilanne nats init`")),
        Err(none @ bus::nats::Error::NoJetStream) => found.push(none.to_string()),
        Err(error) => return Err(error.into()),
    }
    if nats.monitors.is_empty() {
        say("sync_interval: not known: name the servers' monitoring in nats.monitors")?;
    }
    for address in &nats.monitors {
        found.extend(monitor::ask(address).await?);
    }
    for finding in &found {
        say(finding)?;
    }
    if found.is_empty() {
        say(&format!("sound: server {} {}, stream {name}", server.name, server.version))
    } else {
        let (count, things) = (found.len(), if found.len() == 1 { "thing is" } else { "things are" });
        Err(Error::Bad(format!("{count} {things} not as it should be; nothing was changed")))
    }
}

/// What the server itself should have otherwise.
fn of_server(server: &ServerFacts, nats: &Nats) -> Vec<String> {
    let mut found = Vec::new();
    if server.max_payload < ServerFacts::MAX_PAYLOAD {
        let (is, should) = (server.max_payload.to_string(), ServerFacts::MAX_PAYLOAD.to_string());
        found.push(Drift { setting: "max_payload", is, should }.to_string());
    }
    // On its own machine nothing can listen in between.
    if !server.encrypted && !nats.servers.iter().all(|address| is_loopback(address)) {
        found.push("tls: is off, should be on for a server on another machine".to_owned());
    }
    found
}

fn is_loopback(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.split_once(']'))
        .map_or_else(|| host.rsplit_once(':').map_or(host, |(host, _port)| host), |(host, _)| host);
    host == "localhost" || host.parse().is_ok_and(|host: std::net::IpAddr| host.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn a_loopback_address_is_known_in_every_form() {
        for address in
            ["nats://127.0.0.1:4222", "localhost", "tls://[::1]:4222", "nats://me:secret@127.1.2.3:1"]
        {
            assert!(is_loopback(address), "{address}");
        }
        for address in ["nats://10.0.0.1:4222", "nats.example.fi", "nats://[2001:db8::1]:4222"] {
            assert!(!is_loopback(address), "{address}");
        }
    }
}
