//! The names of event types, and which service each belongs to.

use serde::de::DeserializeOwned;

use super::data::{CapacityReported, Data, StaffingReported};
use crate::subject::Family;
use crate::time::cut;

/// What every type's name begins with.
const PREFIX: &str = "fi.tilanne.";
/// What every type's name ends with.
const VERSION: &str = ".v1";

/// What the short names of types begin with that every service's feeds may send: that they live, and what
/// everybody should know.
const OF_ANY: [&str; 2] = ["feed.heartbeat", "notice."];

/// Reads one type: as it is stored, or as something that knows how it is stored.
macro_rules! read_one {
    ($data:ident $variant:ident) => {
        parse($data).map(Data::$variant)
    };
    ($data:ident $variant:ident $wide:ident) => {
        parse::<$wide>($data).map($wide::stored)
    };
}

/// One row a type: its short name, its family, its variant; and where a later variant says more under the same
/// name, that one.
macro_rules! kinds {
    ($($short:literal $family:ident $variant:ident $(or $wide:ident)?,)*) => {
        /// Every type's short name.
        pub const SHORT_NAMES: &[&str] = &[$($short,)*];

        /// Reads the `data` of a type.
        pub(crate) fn read(kind: &str, data: &str) -> Result<Data, String> {
            let unknown = || format!("unknown type {:?}: the types are {PREFIX}{{{}}}{VERSION}", cut(kind), SHORT_NAMES.join(","));
            let short = kind
                .strip_prefix(PREFIX)
                .and_then(|rest| rest.strip_suffix(VERSION))
                .ok_or_else(unknown)?;
            match short {
                $($short => read_one!(data $variant $($wide)?),)*
                _ => Err(unknown()),
            }
        }

        /// The full name of an event's type.
        #[must_use]
        pub fn kind_of(data: &Data) -> String {
            let short = match data { $(Data::$variant(_) $(| Data::$wide(_))? => $short,)* };
            format!("{PREFIX}{short}{VERSION}")
        }

        /// The service that a type belongs to; `None` for a type that is not known.
        #[must_use]
        pub fn family_of(kind: &str) -> Option<Family> {
            match kind.strip_prefix(PREFIX)?.strip_suffix(VERSION)? {
                $($short => Some(Family::$family),)*
                _ => None,
            }
        }

        /// Whether an event of a type may be handed in as one of a family. A feed says by its own service's door that
        /// it lives, and whoever has something to tell everybody has one of the doors. What is not known is for the
        /// rules to refuse.
        #[must_use]
        pub fn may_come_as(kind: &str, family: Family) -> bool {
            kind.strip_prefix(PREFIX).is_some_and(|rest| OF_ANY.iter().any(|name| rest.starts_with(name)))
                || family_of(kind).is_none_or(|own| own == family)
        }

        /// The `data` of an event as JSON.
        ///
        /// # Errors
        /// Never for data that was read by this crate.
        pub(crate) fn to_json(data: &Data) -> serde_json::Result<serde_json::Value> {
            match data {
                $(
                    Data::$variant(data) => serde_json::to_value(data),
                    $(Data::$wide(data) => serde_json::to_value(data),)?
                )*
            }
        }
    };
}

kinds! {
    "queue.observed" Queue QueueObserved,
    "queue.joined" Queue QueueJoined,
    "queue.triaged" Queue QueueTriaged,
    "queue.moved" Queue QueueMoved,
    "queue.waiting_for" Queue QueueWaitingFor,
    "queue.care_started" Queue QueueCareStarted,
    "queue.left" Queue QueueLeft,
    "queue.corrected" Queue QueueCorrected,
    "staffing.observed" Staffing StaffingObserved or StaffingReported,
    "staffing.planned" Staffing StaffingPlanned,
    "staffing.on_call" Staffing StaffingOnCall,
    "capacity.observed" Capacity CapacityObserved or CapacityReported,
    "capacity.slots" Capacity CapacitySlots,
    "station.status" Capacity StationStatus,
    "feed.heartbeat" Capacity FeedHeartbeat,
    "contact.observed" Queue ContactObserved,
    "task.received" Queue TaskReceived,
    "task.assigned" Queue TaskAssigned,
    "task.on_scene" Queue TaskOnScene,
    "task.closed" Queue TaskClosed,
    "unit.status" Capacity UnitStatus,
    "notice.posted" Capacity NoticePosted,
    "notice.withdrawn" Capacity NoticeWithdrawn,
    "alarm.acknowledged" Desk AlarmAcknowledged,
    "alarm.shelved" Desk AlarmShelved,
    "note.added" Desk NoteAdded,
    "note.removed" Desk NoteRemoved,
    "handover.signed" Desk HandoverSigned,
}

fn parse<T: DeserializeOwned>(data: &str) -> Result<T, String> {
    serde_json::from_str(data).map_err(|error| {
        // The position counts within `data` only: drop it rather than mislead.
        let text = error.to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
        format!("data: {}", cut(text))
    })
}
