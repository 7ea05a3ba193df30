//! A body, received whole within its limit, its time and the room that all bodies share.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::room::Share;

/// A body over the limit is read on, and thrown away, up to this many times the limit: most clients look
/// for an answer only after they have sent all, and would see a broken connection instead of it.
const DISCARDED_LIMITS: usize = 8;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreceived {
    /// Longer than the limit.
    TooLong,
    /// The client went away in the middle.
    BrokeOff,
    /// The client took too long.
    TooSlow,
    /// Other bodies held the memory for too long.
    NoRoom,
}

/// The whole body, of at most `limit` bytes, by `deadline`. Its memory is taken from `share` before it is
/// filled, so that a client that announces much and sends little holds little.
pub(super) async fn receive(
    mut body: Body,
    limit: usize,
    deadline: Instant,
    share: &mut Share<'_>,
) -> Result<Bytes, Unreceived> {
    let mut kept = Vec::new();
    while let Some(data) = next(&mut body, deadline).await? {
        let length = kept.len().saturating_add(data.len());
        if length > limit {
            drop(kept);
            discard(body, limit.saturating_mul(DISCARDED_LIMITS), deadline).await?;
            return Err(Unreceived::TooLong);
        }
        if length > kept.capacity() {
            // By doubling, for few steps; never beyond the limit.
            let capacity = length.max(kept.capacity().saturating_mul(2)).min(limit);
            let more = share.grow(capacity.saturating_sub(kept.capacity()));
            timeout_at(deadline, more).await.map_err(|_elapsed| Unreceived::NoRoom)?;
            kept.reserve_exact(capacity.saturating_sub(kept.len()));
        }
        kept.extend_from_slice(&data);
    }
    Ok(kept.into())
}

/// Reads on without keeping anything, up to `most` bytes.
pub(super) async fn discard(mut body: Body, most: usize, deadline: Instant) -> Result<(), Unreceived> {
    let mut length = 0_usize;
    while let Some(data) = next(&mut body, deadline).await? {
        length = length.saturating_add(data.len());
        if length > most {
            break;
        }
    }
    Ok(())
}

async fn next(body: &mut Body, deadline: Instant) -> Result<Option<Bytes>, Unreceived> {
    loop {
        let frame = timeout_at(deadline, body.frame()).await.map_err(|_elapsed| Unreceived::TooSlow)?;
        let Some(frame) = frame else { return Ok(None) };
        let frame = frame.map_err(|_broken| Unreceived::BrokeOff)?;
        // What is no data are trailers, which say nothing here.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
}
