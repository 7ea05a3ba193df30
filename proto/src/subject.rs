//! Every name that a message can travel under, built in one place.
//!
//! Subjects are dot-separated tokens, as in NATS, so that both transports route alike:
//!
//! | subject | who publishes | who listens |
//! |---|---|---|
//! | `tilanne.{area}.intake.{family}` | sources; the gateway as `desk` | recorder (answers with a receipt) |
//! | `tilanne.{area}.intake.own` | recorders | recorders, by the order of the stream |
//! | `tilanne.{area}.intake.opening` | recorders | recorders, by the order of the stream |
//! | `tilanne.{area}.recorded` | recorder | projector, recorders, operators |
//! | `tilanne.{area}.journal.read` | whoever needs facts | recorder (answers with a page) |
//! | `tilanne.{area}.journal.read.{recorder}` | whoever needs one recorder's facts | that recorder |
//! | `tilanne.{area}.board.{view}` | projector | gateway |
//! | `tilanne.{area}.heartbeat` | projector | gateway |
//! | `tilanne.{area}.boards.read` | gateway | projector (answers with a board) |
//! | `tilanne.{area}.boards.read.{projector}` | gateway | that projector |
//!
//! Over NATS a question travels under `ask.` and the subject's name, so that it meets neither those who only
//! listen to the subject nor a stream that keeps what is published there.

use std::fmt;

/// What stands before a subject's name when a question travels to its responder.
const ASK: &str = "ask.";

/// A concrete name: what a message is published under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject(String);

/// A pattern over names: `*` stands for one token, a last `>` for one or more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter(String);

/// Which of the three intake services an event belongs to, or the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// `queue.*`, `contact.*`, `task.*`: who waits where, and for whom.
    Queue,
    /// `staffing.*`: who is on duty.
    Staffing,
    /// `capacity.*`, `station.*`, `unit.*`: what is open, what has room, who is free. `feed.*` and `notice.*` too,
    /// which may come as any.
    Capacity,
    /// `alarm.*`, `note.*`: what people at the desk say. It comes in as commands, through no feed's door.
    Desk,
}

impl Family {
    /// Every family that has a service of its own, in the order of the contract's table.
    pub const ALL: [Self; 3] = [Self::Queue, Self::Staffing, Self::Capacity];

    /// The token used in subjects, metrics and boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Staffing => "staffing",
            Self::Capacity => "capacity",
            Self::Desk => "desk",
        }
    }
}

/// Makes one subject token of any text: bytes that NATS gives a meaning to are percent-coded.
fn token(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'.' | b'*' | b'>' | b'%' | 0..=b' ' | 0x7f.. => out.push_str(&format!("%{byte:02X}")),
            _ => out.push(char::from(byte)),
        }
    }
    out
}

impl Subject {
    /// Where sources hand in events of one family and get a receipt back.
    #[must_use]
    pub fn intake(area: &str, family: Family) -> Self {
        Self(format!("tilanne.{}.intake.{}", token(area), family.as_str()))
    }

    /// Where recorders say that they would go on from a stream that their journals do not go on from yet.
    #[must_use]
    pub fn intake_opening(area: &str) -> Self {
        Self(format!("tilanne.{}.intake.opening", token(area)))
    }

    /// The family of events that are handed in under this subject, if it is one of those.
    #[must_use]
    pub fn intake_family(&self) -> Option<Family> {
        let (before, family) = self.0.rsplit_once('.')?;
        before.ends_with(".intake").then_some(())?;
        Family::ALL.into_iter().chain([Family::Desk]).find(|known| known.as_str() == family)
    }

    /// Where recorders say to each other what all of them must hear at one place of the intake's order: what time it
    /// is, which area description holds, that a log begins or goes on in another stream.
    #[must_use]
    pub fn intake_own(area: &str) -> Self {
        Self(format!("tilanne.{}.intake.own", token(area)))
    }

    /// Where the recorder announces facts after they are durable.
    #[must_use]
    pub fn recorded(area: &str) -> Self {
        Self(format!("tilanne.{}.recorded", token(area)))
    }

    /// Where anyone asks the recorder for a page of the journal.
    #[must_use]
    pub fn journal_read(area: &str) -> Self {
        Self(format!("tilanne.{}.journal.read", token(area)))
    }

    /// Where anyone asks one recorder of several for a page of its own journal.
    #[must_use]
    pub fn journal_of(area: &str, recorder: &str) -> Self {
        Self(format!("tilanne.{}.journal.read.{}", token(area), token(recorder)))
    }

    /// Where the projector says how one view changed.
    #[must_use]
    pub fn board(area: &str, view: &str) -> Self {
        Self(format!("tilanne.{}.board.{}", token(area), token(view)))
    }

    /// Where the projector says every few seconds that it lives, and which boards it stands at.
    #[must_use]
    pub fn heartbeat(area: &str) -> Self {
        Self(format!("tilanne.{}.heartbeat", token(area)))
    }

    /// Where anyone asks the projector for a board, of this moment or a past one.
    #[must_use]
    pub fn boards_read(area: &str) -> Self {
        Self(format!("tilanne.{}.boards.read", token(area)))
    }

    /// Where anyone asks one projector of several for a board.
    #[must_use]
    pub fn boards_of(area: &str, projector: &str) -> Self {
        Self(format!("tilanne.{}.boards.read.{}", token(area), token(projector)))
    }

    /// The name as it goes onto the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name as it came from the wire.
    #[must_use]
    pub fn from_wire(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name under which a question to this subject's responder travels over NATS.
    #[must_use]
    pub fn question(&self) -> String {
        format!("{ASK}{}", self.0)
    }

    /// The subject that a question is for, from the name under which it travelled.
    #[must_use]
    pub fn of_question(name: &str) -> Option<Self> {
        name.strip_prefix(ASK).map(Self::from_wire)
    }
}

impl Filter {
    /// Exactly one subject.
    #[must_use]
    pub fn exactly(subject: &Subject) -> Self {
        Self(subject.0.clone())
    }

    /// Intake of every family in an area.
    #[must_use]
    pub fn intake(area: &str) -> Self {
        Self(format!("tilanne.{}.intake.*", token(area)))
    }

    /// Changes of every view in an area.
    #[must_use]
    pub fn boards(area: &str) -> Self {
        Self(format!("tilanne.{}.board.*", token(area)))
    }

    /// The pattern as it goes onto the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pattern of the questions to subjects under this one.
    #[must_use]
    pub fn questions(&self) -> String {
        format!("{ASK}{}", self.0)
    }

    /// Whether `subject` falls under this pattern, by NATS' rules.
    #[must_use]
    pub fn matches(&self, subject: &Subject) -> bool {
        let mut names = subject.0.split('.');
        for pattern in self.0.split('.') {
            match (pattern, names.next()) {
                (">", Some(_)) => return true,
                ("*", Some(_)) => {}
                (literal, Some(name)) if literal == name => {}
                (_, _) => return false,
            }
        }
        names.next().is_none()
    }
}

/// The name of the stream that keeps an area's intake. A stream's name is also a directory's name, so more is
/// percent-coded than in a subject.
#[must_use]
pub fn intake_stream(area: &str) -> String {
    format!("TILANNE_INTAKE_{}", token(area).replace('/', "%2F").replace('\\', "%5C"))
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_id_cannot_break_out_of_its_token() {
        let subject = Subject::board("uusimaa", "station:a.b>*\u{e4}");
        assert_eq!(subject.as_str(), "tilanne.uusimaa.board.station:a%2Eb%3E%2A%C3%A4");
        assert!(Filter::boards("uusimaa").matches(&subject));
    }

    #[test]
    fn a_question_finds_its_subject_again() {
        let subject = Subject::journal_read("x");
        assert_eq!(subject.question(), "ask.tilanne.x.journal.read");
        assert_eq!(Subject::of_question(&subject.question()), Some(subject.clone()));
        assert_eq!(Subject::of_question(subject.as_str()), None);
        assert!(!Filter::intake("x").matches(&Subject::from_wire("ask.tilanne.x.intake.queue")));
        assert_eq!(Filter::intake("x").questions(), "ask.tilanne.x.intake.*");
    }

    #[test]
    fn what_is_asked_of_one_of_several_is_apart_from_what_is_asked_of_any() {
        let (any, one) = (Subject::journal_read("x"), Subject::journal_of("x", "a.b"));
        assert_eq!(one.as_str(), "tilanne.x.journal.read.a%2Eb");
        assert!(!Filter::exactly(&any).matches(&one));
        assert!(Filter::intake("x").matches(&Subject::intake_own("x")), "the stream keeps it too");
    }

    #[test]
    fn a_stream_has_a_name_that_a_directory_may_have() {
        assert_eq!(intake_stream("a/b.c"), "TILANNE_INTAKE_a%2Fb%2Ec");
    }

    #[test]
    fn filters_match_as_nats_does() {
        let queue = Subject::intake("x", Family::Queue);
        assert!(Filter::intake("x").matches(&queue));
        assert!(Filter::exactly(&queue).matches(&queue));
        assert!(!Filter::intake("y").matches(&queue));
        assert!(!Filter::intake("x").matches(&Subject::recorded("x")));
        assert!(Filter("tilanne.>".into()).matches(&queue));
        assert!(!Filter("tilanne.x.intake.queue.>".into()).matches(&queue));
    }
}
