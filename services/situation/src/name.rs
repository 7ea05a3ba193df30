//! Typed names. All of them are opaque text; the types keep a lane from being used as a station.

use std::borrow::Borrow;
use std::fmt;

use smol_str::SmolStr;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes the text as it is; whether it is known is the area's business.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(SmolStr::new(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    )*};
}

names! {
    /// A station: a place (or a unit, or a line) where people are seen.
    StationId;
    /// A queue at a station.
    LaneId;
    /// A source system's stream: the `source` of its events.
    FeedId;
    /// The id that a source gave to one of its events.
    EventId;
    /// An opaque ticket of one person's visit. Never a name, never an identity code.
    TicketId;
    /// An opaque name of something that somebody is sent to.
    TaskId;
    /// Who is sent: a car, a team.
    UnitId;
    /// A notice.
    NoticeId;
    /// A note that somebody at the desk wrote.
    NoteId;
    /// What an alarm is about: its rule, its station and what there, with colons between. One alarm a cause.
    AlarmId;
    /// A code of an urgency scheme.
    UrgencyCode;
    /// A county, a hospital district, a partner.
    OrganisationId;
    /// A word of the area's own: a role, a resource, a service, a profession, a duty.
    Word;
}

/// The urgency row of those whom nobody has triaged yet.
pub const UNTRIAGED: &str = "untriaged";

impl UrgencyCode {
    /// `untriaged`: a row of its own, never mixed into a real urgency.
    #[must_use]
    pub fn untriaged() -> Self {
        Self::new(UNTRIAGED)
    }

    /// Whether this is the row of the untriaged.
    #[must_use]
    pub fn is_untriaged(&self) -> bool {
        self.as_str() == UNTRIAGED
    }
}

/// A text in the three languages of the screen. Finnish and Swedish are equal, English beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trilingual {
    /// Suomi.
    pub fi: String,
    /// Svenska.
    pub sv: String,
    /// English.
    pub en: String,
}
