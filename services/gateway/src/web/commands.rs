//! `POST /v1/areas/{area}/commands`: what people at the desk ask for goes in by the same way as every event. The gateway
//! decides nothing: what changes nothing is recorded, too, and said to have changed nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use bus::Bus;
use bytes::Bytes;
use http::{HeaderMap, header};
use proto::command::{Command, MAX_COMMAND_BYTES, SignHandover};
use proto::event::{Unreadable, decode};
use proto::live::{BoardQuery, HandoverSpan};
use proto::receipt::{Receipt, Status, Unavailable};
use proto::subject::{Family, Subject};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::boards::check_area;
use super::effect::Idle;
use crate::Error;
use crate::live::HubHandle;
use crate::projector::Projector;

/// Commands under way at once: people press buttons, a dozen desks a few times a minute.
pub(crate) const COMMANDS_AT_ONCE: usize = 64;

/// So long a command waits for the board that tells whether it changes anything.
const GLANCE: Duration = Duration::from_millis(500);

/// The header that names a command, so that one that is sent again is done once.
const KEY: &str = "idempotency-key";

/// What the route needs.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) area: Arc<str>,
    pub(crate) hub: HubHandle,
    pub(crate) bus: Bus,
    pub(crate) projector: Projector,
    pub(crate) deadline: Duration,
    pub(crate) room: Arc<Semaphore>,
}

pub(crate) async fn command(
    State(desk): State<Desk>,
    Path(area): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    check_area(&desk.area, &area)?;
    let key = key(request.headers())?.to_owned();
    let Ok(_place) = desk.room.try_acquire() else {
        return Err(Error::Busy("too many commands at once: send this one again in a moment".into()));
    };
    let body = timeout(desk.deadline, to_bytes(request.into_body(), MAX_COMMAND_BYTES)).await;
    let body =
        body.map_err(|_slow| Error::BadQuestion("the command came too slowly: send it again".into()))?;
    let body = body.map_err(|_too_long_or_gone| {
        Error::BadQuestion(format!("the command broke off or is longer than {MAX_COMMAND_BYTES} bytes"))
    })?;
    let command = Command::read(&body).map_err(Error::BadQuestion)?;
    // Looked at before: afterwards the board tells what the command itself has done.
    let idle = desk.idle(&command).await;
    let receipt = desk.hand_in(&command, &key).await?;
    // A command that is sent again may itself have made the board what it is.
    let idle = idle.filter(|_| is_recorded(&receipt)).map(Idle::told);
    let mut answer = Vec::with_capacity(receipt.len() + 16);
    answer.extend_from_slice(b"{\"receipts\":[");
    answer.extend_from_slice(&receipt);
    answer.extend_from_slice(b"]");
    if let Some(idle) = idle.and_then(|idle| serde_json::to_vec(&idle).ok()) {
        answer.extend_from_slice(b",\"without_effect\":");
        answer.extend_from_slice(&idle);
    }
    answer.extend_from_slice(b"}");
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

/// The command's key. A page of somebody else's can send no JSON here without asking first, and is not answered.
fn key(headers: &HeaderMap) -> Result<&str, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text("content-type").and_then(|kind| kind.split(';').next()).map(str::trim);
    if kind != Some("application/json") {
        return Err(Error::WrongForm("send a command as application/json".into()));
    }
    text(KEY).ok_or_else(|| {
        Error::BadQuestion(
            "Idempotency-Key is missing: name the command, so that sending it again does nothing twice"
                .into(),
        )
    })
}

fn is_recorded(receipt: &[u8]) -> bool {
    let receipt: Option<Receipt> = serde_json::from_slice(receipt).ok();
    receipt.is_some_and(|receipt| receipt.status == Status::Recorded)
}

impl Desk {
    /// What makes the command idle, by the board as it is shown; `None` where none is.
    async fn idle(&self, command: &Command) -> Option<Idle> {
        if matches!(command, Command::AddNote(_)) {
            return None;
        }
        // Whether it changes anything is worth no long wait.
        let view = timeout(GLANCE, self.hub.view("situation")).await.ok()?.ok()?;
        let board = view.track().board()?;
        Idle::of(command, &serde_json::from_slice(&board).ok()?)
    }

    async fn hand_in(&self, command: &Command, key: &str) -> Result<Bytes, Error> {
        // The gateway holds no clock: the area's time is the projector's.
        let (time, withheld) = {
            let pulse = self.hub.pulse();
            let pulse = pulse.borrow();
            let time = pulse.beat.as_ref().filter(|_| !pulse.silent).map(|beat| beat.server_time.clone());
            (time, pulse.withheld.as_ref().map(|it| it.why.clone()))
        };
        let time = time.ok_or_else(|| {
            let why = withheld.unwrap_or_else(|| "no projector is heard".into());
            Error::Busy(format!("{why}, so nobody knows what time it is: send this again"))
        })?;
        let event = command.to_event(key, &self.area, &time).map_err(Error::BadQuestion)?;
        if let Command::SignHandover(signed) = command
            && let Some(reason) = self.mistaken(signed).await?
        {
            let source = event.get("source").and_then(Value::as_str).map(str::to_owned);
            return Ok(rejected(Unreadable { id: Some(key.to_owned()), source, reason }));
        }
        let event = Bytes::from(event.to_string());
        // What the door would refuse goes no further: over NATS it would first be kept on disks.
        if let Err(unreadable) = decode(&event) {
            return Ok(rejected(unreadable));
        }
        let subject = Subject::intake(&self.area, Family::Desk);
        let answer = self.bus.hand_in(&subject, event, self.deadline).await;
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, "a command got no receipt");
            Error::Busy(
                "no receipt came, so the outcome is unknown: send this again with the same key".into(),
            )
        })?;
        match Unavailable::read(&answer) {
            Some(Unavailable { unavailable }) => Err(Error::Busy(unavailable)),
            None => Ok(answer),
        }
    }
}

impl Desk {
    /// Why a report cannot be signed: what is signed must be what the facts make, and nobody else can tell.
    async fn mistaken(&self, signed: &SignHandover) -> Result<Option<String>, Error> {
        let SignHandover { from, to, sequence, hash, .. } = signed;
        let span = HandoverSpan::Between(from.clone(), to.clone());
        let asked = BoardQuery::Handover { span, sequence: Some(*sequence) };
        let report = match self.projector.ask(&asked).await {
            Ok(report) => report,
            Err(Error::NotFound(why) | Error::BadQuestion(why)) => return Ok(Some(why)),
            Err(other) => return Err(other),
        };
        let report: Report<'_> = serde_json::from_str(report.get()).map_err(|_| {
            Error::Busy("the projector's answer cannot be read: send this again later".into())
        })?;
        Ok(if !report.ended {
            Some(
                "the report is not of the whole shift: sign the one that is made when it has ended"
                    .to_owned(),
            )
        } else if report.hash != hash {
            Some(format!(
                "the report of that shift up to fact {sequence} has another hash: read it again, and sign what you read"
            ))
        } else {
            None
        })
    }
}

/// What of a report says whether it may be signed.
#[derive(Deserialize)]
struct Report<'a> {
    ended: bool,
    hash: &'a str,
}

/// The receipt of what the door would refuse.
fn rejected(Unreadable { id, source, reason }: Unreadable) -> Bytes {
    let status = Status::Rejected;
    let receipt = Receipt { id, source, status, position: None, reason: Some(reason) };
    Bytes::from(serde_json::to_vec(&receipt).unwrap_or_default())
}
