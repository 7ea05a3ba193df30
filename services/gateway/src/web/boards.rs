//! `GET /v1/areas`, `GET /v1/areas/{area}/boards/{view}` and `GET /v1/definitions`.

use std::error::Error as _;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;
use proto::live::{BoardQuery, Moment};
use serde::Deserialize;

use crate::Error;
use crate::live::HubHandle;
use crate::projector::Projector;

/// What these routes need.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) area: Arc<str>,
    pub(crate) hub: HubHandle,
    pub(crate) projector: Projector,
}

/// Which moment is asked for; at most one may be named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    at: Option<String>,
    shown: Option<String>,
    sequence: Option<u64>,
}

impl When {
    /// `None` for the board as it stands.
    fn moment(self) -> Result<Option<Moment>, Error> {
        match (self.at, self.shown, self.sequence) {
            (None, None, None) => Ok(None),
            (Some(at), None, None) => Ok(Some(Moment::At(with_plus(at)))),
            (None, Some(shown), None) => Ok(Some(Moment::Shown(with_plus(shown)))),
            (None, None, Some(sequence)) => Ok(Some(Moment::Sequence(sequence))),
            _ => {
                Err(Error::BadQuestion("at, shown and sequence exclude each other: name one of them".into()))
            }
        }
    }
}

/// An instant as its writer meant it: in a query a plain `+` stands for a blank, so that
/// `17:00:00+02:00` typed as it is arrives as `17:00:00 02:00`.
pub(crate) fn with_plus(instant: String) -> String {
    match instant.rsplit_once(' ') {
        Some((time, offset)) if time.contains(':') && is_offset(offset) => format!("{time}+{offset}"),
        Some(_) | None => instant,
    }
}

fn is_offset(text: &str) -> bool {
    matches!(text.as_bytes(), [hours @ .., b':', m, n]
        if hours.len() == 2 && hours.iter().chain([m, n]).all(u8::is_ascii_digit))
}

pub(crate) async fn areas(State(shelf): State<Shelf>) -> Result<Response, Error> {
    let document = shelf.projector.ask(&BoardQuery::Areas).await?;
    Ok(json(Bytes::from(String::from(Box::<str>::from(document)))))
}

pub(crate) async fn board(
    State(shelf): State<Shelf>,
    Path((area, view)): Path<(String, String)>,
    when: Result<Query<When>, QueryRejection>,
) -> Result<Response, Error> {
    check_area(&shelf.area, &area)?;
    let when = understood(when, "at and shown take RFC 3339, sequence a whole number from 0")?;
    let text = match when.moment()? {
        Some(moment) => {
            let document = shelf.projector.ask(&BoardQuery::Board { view, moment }).await?;
            Bytes::from(String::from(Box::<str>::from(document)))
        }
        None => {
            let view = shelf.hub.view(&view).await?;
            // Live connections are told in a frame of its own; a plain answer has only its status to say it.
            let pulse = shelf.hub.pulse().borrow().clone();
            if pulse.silent {
                let why =
                    pulse.withheld.map_or_else(|| "the projector is silent".to_owned(), |it| it.why.clone());
                let text = format!("{why}, so the board of now is not known: ask again in a moment");
                return Err(Error::Busy(text));
            }
            let board = view.track().board();
            board.ok_or_else(|| Error::Busy("the board cannot be written: ask again later".into()))?
        }
    };
    Ok(json(text))
}

/// What each number on a board means.
pub(crate) async fn definitions() -> Response {
    json(Bytes::from(proto::canonical::text(&proto::definitions::definitions())))
}

/// Each gateway shows one area.
pub(crate) fn check_area(known: &str, asked: &str) -> Result<(), Error> {
    if known == asked {
        return Ok(());
    }
    Err(Error::NotFound(format!("no area {asked} here: GET /v1/areas names those there are")))
}

/// What was asked behind the `?`.
///
/// # Errors
/// What could not be read, and what may be written there.
pub(crate) fn understood<T>(asked: Result<Query<T>, QueryRejection>, takes: &str) -> Result<T, Error> {
    asked.map(|Query(asked)| asked).map_err(|rejection| {
        // The rejection's own text begins with what the library was about to do.
        let why = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
        Error::BadQuestion(format!("{why}: {takes}"))
    })
}

fn json(body: Bytes) -> Response {
    // A board that was kept on the way would be shown as the newest.
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}
