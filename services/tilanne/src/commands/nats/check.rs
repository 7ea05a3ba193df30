//! `tilanne nats check`: whether the servers, the intake stream and the recorders are such that events get their receipts.

use bus::nats::{Drift, Error as NatsError, IntakeStream, NatsAdmin, ServerFacts, takes_events};

use super::{Asked, monitor};
use crate::Error;
use crate::cli::Settings;
use crate::config::Nats;
use crate::output::say;

pub async fn check(settings: &Settings) -> Result<(), Error> {
    let asked = Asked::with(settings)?;
    let admin = match NatsAdmin::connect(&asked.options).await {
        Err(old @ NatsError::TooOld { .. }) => return Err(Error::Bad(old.to_string())),
        connected => connected?,
    };
    let server = admin.server();
    let mut found = of_server(&server, &asked.nats);
    found.extend(of_stream(&admin, &asked.stream).await?);
    if asked.nats.monitors.is_empty() {
        say("sync_interval: not known: name the servers' monitoring in nats.monitors")?;
    }
    for address in &asked.nats.monitors {
        found.extend(monitor::ask(address).await.unwrap_or_else(|silent| Some(silent.to_string())));
    }
    found.extend(of_recorders(&admin, &asked).await?);
    for finding in &found {
        say(finding)?;
    }
    if found.is_empty() {
        say(&format!("sound: server {} {}, stream {}", server.name, server.version, asked.stream.name()))
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

/// What the stream should have otherwise, and whether its servers are there.
async fn of_stream(admin: &NatsAdmin, wanted: &IntakeStream) -> Result<Vec<String>, Error> {
    let name = wanted.name();
    let looked = async {
        let Some(drifts) = admin.drift(wanted).await? else { return Ok(None) };
        Ok(admin.copies(wanted).await?.map(|copies| (drifts, copies)))
    };
    match looked.await {
        Ok(Some((drifts, copies))) => {
            let mut found: Vec<String> = drifts.iter().map(|drift| format!("{name}: {drift}")).collect();
            if !copies.are_sound() {
                found.push(format!(
                    "{name}: {copies}: start the NATS servers that are missing, or wait for them"
                ));
            }
            Ok(found)
        }
        Ok(None) => Ok(vec![format!("{name}: is missing: make it with `tilanne nats init`")]),
        Err(state @ (NatsError::NoJetStream | NatsError::NoLeader { .. } | NatsError::Silent { .. })) => {
            Ok(vec![format!("{name}: {state}")])
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether so many recorders take events as a receipt needs.
async fn of_recorders(admin: &NatsAdmin, asked: &Asked) -> Result<Option<String>, Error> {
    let wanted = asked.options.receipts;
    let heard = match admin.roll_call(&asked.stream.area, wanted).await {
        Err(deaf @ NatsError::Deaf) => return Ok(Some(format!("recorders: {deaf}"))),
        heard => heard?,
    };
    let takes = |name: &str| heard.get(name).is_some_and(takes_events);
    let there = heard.values().filter(|word| takes_events(word)).count();
    if there >= wanted {
        return Ok(None);
    }
    let mut missing = Vec::new();
    for name in asked.recorders.iter().filter(|name| !takes(name)) {
        let why =
            if heard.contains_key(name) { "takes nothing: its /readyz says why" } else { "is not heard" };
        missing.push(format!("recorder {name} {why}"));
    }
    let missing =
        if missing.is_empty() { "name all of them in recorder.all".to_owned() } else { missing.join(", ") };
    Ok(Some(format!("recorders: {there} of the {wanted} that a receipt needs take events: {missing}")))
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
