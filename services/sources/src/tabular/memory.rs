//! The little that a feed's adapter remembers between bodies.

use std::collections::VecDeque;

use jiff::Timestamp;

/// Bodies remembered by digest: enough for a publisher that flips between a few copies of one hour (several
/// servers behind one name), so that the same body is always read alike.
const BODIES_REMEMBERED: usize = 8;

/// What was heard last, and how recent bodies were read. Cheap to clone; lost on restart, which costs one
/// thing: in the hour that exists twice, a second body is then read as the first and its changed rows are
/// rejected as different content under a known id (aloud), until the hour has passed.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    bodies: VecDeque<Body>,
}

#[derive(Debug, Clone)]
struct Body {
    digest: [u8; 32],
    /// The last instant heard before this body came.
    before: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Memory {
    /// Whether this is the very body that was read last.
    pub(super) fn is_last(&self, digest: &[u8; 32]) -> bool {
        self.bodies.back().is_some_and(|body| body.digest == *digest)
    }

    /// The last instant heard before this body: as it was then, if the body is one of the remembered.
    pub(super) fn heard_before(&self, digest: &[u8; 32]) -> Option<Timestamp> {
        match self.bodies.iter().find(|body| body.digest == *digest) {
            Some(known) => known.before,
            None => self.bodies.back().and_then(|body| body.last),
        }
    }

    /// Notes a body that was read, with the latest instant in it.
    pub(super) fn note(&mut self, digest: [u8; 32], latest: Option<Timestamp>) {
        let before = self.heard_before(&digest);
        let last = latest.or(before);
        self.bodies.retain(|body| body.digest != digest);
        if self.bodies.len() == BODIES_REMEMBERED {
            self.bodies.pop_front();
        }
        self.bodies.push_back(Body { digest, before, last });
    }
}
