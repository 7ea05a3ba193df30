//! Notices: what everybody on duty should know for a while.

use crate::time::Instant;

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Its words.
    pub text: NoticeText,
    /// Shown from here on; without it, from when it was posted.
    pub from: Option<Instant>,
    /// Shown until; without it, until it is withdrawn.
    pub until: Option<Instant>,
}

/// A text in the languages that somebody had time to write: at least one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoticeText {
    /// Suomi.
    pub fi: Option<String>,
    /// Svenska.
    pub sv: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum NoticeKind {
    Outage,
    Road,
    Epidemic,
    MajorIncident,
    Other,
}

impl NoticeKind {
    /// The contract's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::Road => "road",
            Self::Epidemic => "epidemic",
            Self::MajorIncident => "major_incident",
            Self::Other => "other",
        }
    }
}
