//! How much a bus may hold.

/// The largest payload of a message, request or answer, in bytes.
///
/// NATS advises against more than 8 MB; a server that carries this bus sets its `max_payload` to this and
/// 64 KiB more for headers, which count too.
pub const MAX_PAYLOAD: usize = 8 * 1024 * 1024;

/// The payload that one slot of a queue stands for, in bytes. Larger messages take more slots, so that
/// the count bounds the memory too.
const SLOT_BYTES: usize = 8 * 1024;

/// How much one subscriber may have waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Slots in each subscriber's queue, at least 1. A message takes one slot, and one more for each full
    /// 8 KiB of its payload; one that would need more than the whole queue takes the whole queue.
    pub slots: u32,
}

impl Limits {
    /// Four of the recorder's largest group commits (1,024 events), so that one can be written while the
    /// next ones gather; at most 32 MiB a subscriber.
    pub const DEFAULT_SLOTS: u32 = 4096;

    /// Slots that a payload of `bytes` takes.
    pub(crate) fn slots_for(self, bytes: usize) -> u32 {
        let wanted = u32::try_from(bytes / SLOT_BYTES).unwrap_or(u32::MAX).saturating_add(1);
        wanted.min(self.capacity())
    }

    /// The size of a queue: never 0, for such a queue could not carry anything.
    pub(crate) fn capacity(self) -> u32 {
        self.slots.max(1)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { slots: Self::DEFAULT_SLOTS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_payload_takes_more_slots_but_always_fits_an_empty_queue() {
        let limits = Limits { slots: 10 };
        assert_eq!(limits.slots_for(0), 1);
        assert_eq!(limits.slots_for(SLOT_BYTES), 2);
        assert_eq!(limits.slots_for(MAX_PAYLOAD), 10);
        assert_eq!(Limits { slots: 0 }.slots_for(1), 1);
    }
}
