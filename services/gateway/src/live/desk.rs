//! What one connection follows, and which frames bring it up to date. Knows no socket.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use proto::live::Cause;
use tokio::sync::Notify;

use super::frames::{Position, ResetReason, ServerFrame};
use super::pulse::Beat;
use super::view::View;
use crate::metrics::Metrics;

/// The views that a connection follows. For each it keeps only where the client stands: what a slow
/// client has missed is worked out when it is ready to hear it.
pub(crate) struct Desk {
    area: Arc<str>,
    metrics: Metrics,
    bell: Arc<Notify>,
    followed: BTreeMap<String, Followed>,
}

struct Followed {
    view: Arc<View>,
    position: Position,
}

impl Desk {
    pub(crate) fn new(area: Arc<str>, metrics: Metrics) -> Self {
        Self { area, metrics, bell: Arc::new(Notify::new()), followed: BTreeMap::new() }
    }

    /// Rings when a followed view has changed.
    pub(crate) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// How many views are followed, leaving out one: if that is followed already it only starts over.
    pub(crate) fn beside(&self, name: &str) -> usize {
        self.followed.len() - usize::from(self.followed.contains_key(name))
    }

    /// Whether none is followed.
    pub(crate) fn is_empty(&self) -> bool {
        self.followed.is_empty()
    }

    /// Begins to follow a view. The frames end the catch-up with `live` unless there is a
    /// cause not to call it so.
    pub(crate) fn follow(
        &mut self,
        name: String,
        view: Arc<View>,
        resume: Option<Position>,
        cause: Option<Cause>,
    ) -> Vec<Utf8Bytes> {
        // First the bell, then the board: a change between the two rings.
        view.follow(&self.bell);
        let mut frames = Vec::new();
        let position = {
            let mut track = view.track();
            let verdict = resume.as_ref().map_or(Err(ResetReason::NoPosition), |at| track.judge(at));
            match (verdict, &resume) {
                (Ok(()), Some(from)) => {
                    let to = track.head().revision;
                    let resumed =
                        ServerFrame::Resumed { area: &self.area, view: &name, from: from.revision, to };
                    frames.extend(resumed.text());
                    frames.extend(track.since(from.revision));
                }
                (verdict, _) => {
                    frames.extend(self.reset(&name, verdict.err().unwrap_or(ResetReason::NoPosition)));
                    frames.extend(track.snapshot_frame());
                }
            }
            track.head().clone()
        };
        frames.extend(match cause {
            Some(cause) => degraded(cause),
            None => self.live(&name, position.revision),
        });
        self.followed.insert(name, Followed { view, position });
        frames
    }

    /// Stops following. `false` if the view was not followed.
    pub(crate) fn unfollow(&mut self, name: &str) -> bool {
        match self.followed.remove(name) {
            Some(followed) => {
                followed.view.unfollow(&self.bell);
                true
            }
            None => false,
        }
    }

    /// The frames that bring the client up to date with everything it follows.
    pub(crate) fn catch_up(&mut self) -> Vec<Utf8Bytes> {
        let mut frames = Vec::new();
        let mut gone = Vec::new();
        for (name, Followed { view, position }) in &mut self.followed {
            if view.is_gone() {
                gone.push(name.clone());
                continue;
            }
            let mut track = view.track();
            match track.judge(position) {
                Ok(()) => frames.extend(track.since(position.revision)),
                Err(reason) => {
                    self.metrics.reset(reason);
                    frames.extend(ServerFrame::Reset { area: &self.area, view: name, reason }.text());
                    frames.extend(track.snapshot_frame());
                    let (area, view) = (Some(&*self.area), Some(name.as_str()));
                    let revision = Some(track.head().revision);
                    frames.extend(ServerFrame::Live { area, view, revision }.text());
                }
            }
            position.clone_from(track.head());
        }
        for name in gone {
            self.followed.remove(&name);
            let error = "this view exists no longer: choose another";
            let (area, view) = (Some(&*self.area), Some(name.as_str()));
            frames.extend(ServerFrame::Error { area, view, error }.text());
        }
        frames
    }

    /// The projector's heartbeat, cut down to what this client follows.
    pub(crate) fn heartbeat(&self, beat: &Beat) -> Option<Utf8Bytes> {
        let boards = self.followed.keys().filter_map(|name| beat.boards.get(name)).collect();
        let Beat { server_time, epoch, sequence, .. } = beat;
        ServerFrame::Heartbeat { server_time, epoch, sequence: *sequence, boards }.text()
    }

    fn reset(&self, view: &str, reason: ResetReason) -> Option<Utf8Bytes> {
        self.metrics.reset(reason);
        ServerFrame::Reset { area: &self.area, view, reason }.text()
    }

    fn live(&self, view: &str, revision: u64) -> Option<Utf8Bytes> {
        ServerFrame::Live { area: Some(&self.area), view: Some(view), revision: Some(revision) }.text()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for followed in self.followed.values() {
            followed.view.unfollow(&self.bell);
        }
    }
}

/// Tells why boards are not live.
pub(crate) fn degraded(cause: Cause) -> Option<Utf8Bytes> {
    ServerFrame::Degraded { cause }.text()
}
