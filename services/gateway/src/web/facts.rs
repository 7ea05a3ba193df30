//! `GET /v1/areas/{area}/facts`: the journal, a line a fact, passed on page by page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::boards::{check_area, understood};
use crate::Error;
use crate::config::Config;
use crate::projector::Recorder;

/// What the route needs.
#[derive(Clone)]
pub(crate) struct Library {
    pub(crate) area: Arc<str>,
    pub(crate) config: Arc<Config>,
    pub(crate) recorder: Recorder,
    pub(crate) readers: Arc<Semaphore>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// Facts after this sequence; from the first if absent.
    #[serde(default)]
    after: u64,
    /// At most this many; the gateway's own limit if absent or larger.
    limit: Option<u32>,
}

/// A reader on its way through the journal: what is left and where it is. The permit goes with it.
struct Reader {
    recorder: Recorder,
    next: Option<Bytes>,
    left: u32,
    page: u32,
    _permit: OwnedSemaphorePermit,
}

pub(crate) async fn facts(
    State(library): State<Library>,
    Path(area): Path<String>,
    range: Result<Query<Range>, QueryRejection>,
) -> Result<Response, Error> {
    check_area(&library.area, &area)?;
    let range = understood(range, "after and limit take whole numbers from 0")?;
    let Library { config, recorder, readers, .. } = library;
    let permit = readers.try_acquire_owned().map_err(|_full| {
        Error::Busy("as many readers of facts are served as this gateway takes: ask again later".into())
    })?;
    let left = range.limit.unwrap_or(config.facts_limit).min(config.facts_limit);
    let page = config.facts_page;
    // The first page is read before the answer begins, so that a failure still has a status of its own.
    let first = recorder.facts(range.after, left.min(page)).await?;
    let reader = Reader { recorder, next: Some(first), left, page, _permit: permit };
    let body = Body::from_stream(stream::try_unfold(reader, Reader::read));
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

impl Reader {
    /// The next page. A failure after the first cuts the body off, which every client sees.
    async fn read(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        let Some(page) = self.next.take() else { return Ok(None) };
        let lines = count_lines(&page);
        if lines == 0 {
            return Ok(None);
        }
        self.left = self.left.saturating_sub(lines);
        if self.left > 0 {
            let last = last_sequence(&page)
                .ok_or_else(|| Error::Busy("the recorder's answer cannot be read: ask again later".into()))?;
            self.next = Some(self.recorder.facts(last, self.left.min(self.page)).await?);
        }
        Ok(Some((page, self)))
    }
}

fn count_lines(page: &[u8]) -> u32 {
    let lines = page.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

fn last_sequence(page: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Line {
        sequence: u64,
    }
    let last = page.rsplit(|byte| *byte == b'\n').find(|line| !line.is_empty())?;
    serde_json::from_slice::<Line>(last).ok().map(|line| line.sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_where_the_next_one_starts() {
        let page = b"{\"sequence\":4}\n{\"sequence\":9,\"data\":{\"sequence\":1}}\n";
        assert_eq!((count_lines(page), last_sequence(page)), (2, Some(9)));
        assert_eq!((count_lines(b""), last_sequence(b"")), (0, None));
        assert_eq!(last_sequence(b"{\"error\":\"x\"}"), None);
    }
}
