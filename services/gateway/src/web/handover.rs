//! `GET /v1/areas/{area}/handover`: a shift's report, as JSON or as a page to read and print.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use proto::handover::{Language, Sheet, html, markdown};
use proto::live::{BoardQuery, HandoverSpan};
use serde::Deserialize;
use serde_json::Value;

use super::boards::{check_area, understood, with_plus};
use crate::Error;
use crate::projector::Projector;

/// What may come with the page: its one style, which is in it, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the routes need.
#[derive(Clone)]
pub(crate) struct Shifts {
    pub(crate) area: Arc<str>,
    pub(crate) projector: Projector,
}

/// Which report is asked for, and for whom.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// A moment within the shift, or `now`.
    shift: Option<String>,
    from: Option<String>,
    to: Option<String>,
    sequence: Option<u64>,
    lang: Option<String>,
}

/// In which form it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Html,
    Markdown,
}

impl Form {
    /// What the client takes: JSON unless it says that it would rather have something to read.
    fn wanted(headers: &HeaderMap) -> Self {
        let accepted =
            headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let kinds = accepted.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
        let form = |kind: &str| match kind {
            "application/json" => Some(Self::Json),
            "text/html" => Some(Self::Html),
            "text/markdown" => Some(Self::Markdown),
            _ => None,
        };
        kinds.filter_map(form).next().unwrap_or(Self::Json)
    }
}

impl Which {
    fn span(&self) -> Result<HandoverSpan, Error> {
        match (&self.shift, &self.from, &self.to) {
            (None, None, None) => Ok(HandoverSpan::Last),
            (Some(now), None, None) if now == "now" => Ok(HandoverSpan::Now),
            (Some(moment), None, None) => Ok(HandoverSpan::Around(with_plus(moment.clone()))),
            (None, Some(from), Some(to)) => {
                Ok(HandoverSpan::Between(with_plus(from.clone()), with_plus(to.clone())))
            }
            _ => Err(Error::BadQuestion(
                "name a shift by a moment in it (shift), or from and to, or nothing for the one that ended last".into(),
            )),
        }
    }

    fn language(&self) -> Result<Language, Error> {
        let Some(code) = &self.lang else { return Ok(Language::Fi) };
        Language::of(code)
            .ok_or_else(|| Error::BadQuestion("lang is none of ours: the languages are fi, sv and en".into()))
    }
}

type Asked = Result<Query<Which>, QueryRejection>;

pub(crate) async fn handover(
    State(shifts): State<Shifts>,
    Path(area): Path<String>,
    which: Asked,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut response = shifts.answer(&area, which, Form::wanted(&headers)).await?;
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}

pub(crate) async fn handover_json(
    State(shifts): State<Shifts>,
    Path(area): Path<String>,
    which: Asked,
) -> Result<Response, Error> {
    shifts.answer(&area, which, Form::Json).await
}

pub(crate) async fn handover_html(
    State(shifts): State<Shifts>,
    Path(area): Path<String>,
    which: Asked,
) -> Result<Response, Error> {
    shifts.answer(&area, which, Form::Html).await
}

pub(crate) async fn handover_markdown(
    State(shifts): State<Shifts>,
    Path(area): Path<String>,
    which: Asked,
) -> Result<Response, Error> {
    shifts.answer(&area, which, Form::Markdown).await
}

impl Shifts {
    async fn answer(&self, area: &str, which: Asked, form: Form) -> Result<Response, Error> {
        check_area(&self.area, area)?;
        let which = understood(which, "shift, from and to take RFC 3339, sequence a whole number from 0")?;
        let (span, language) = (which.span()?, which.language()?);
        let report = self.projector.ask(&BoardQuery::Handover { span, sequence: which.sequence }).await?;
        let report = String::from(Box::<str>::from(report));
        if form == Form::Json {
            return Ok(answer("application/json", Bytes::from(report)));
        }
        let report: Value = serde_json::from_str(&report)
            .map_err(|_| Error::Busy("the projector's answer cannot be read: ask again later".into()))?;
        let sheet = Sheet::of(&report, language);
        Ok(match form {
            Form::Markdown => answer("text/markdown; charset=utf-8", Bytes::from(markdown(&sheet))),
            Form::Html | Form::Json => {
                let page = answer("text/html; charset=utf-8", Bytes::from(html(&sheet)));
                ([(header::CONTENT_SECURITY_POLICY, POLICY)], page).into_response()
            }
        })
    }
}

fn answer(kind: &'static str, body: Bytes) -> Response {
    // A report goes on while its shift does, and what is signed of it is shown.
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response()
}
