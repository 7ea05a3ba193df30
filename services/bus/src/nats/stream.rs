//! The stream that keeps an area's intake until its recorders have it, and whether it is as it must be.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType};
use proto::subject::{Filter, intake_stream};

/// What an operator chooses about an area's intake stream. The rest has reasons that do not change from house
/// to house and is not configurable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeStream {
    /// Whose intake.
    pub area: String,
    /// Servers that keep each message, 1 to 5; an odd number.
    pub replicas: usize,
    /// How long a message is kept that no recorder has trimmed.
    pub max_age: Duration,
    /// How many bytes are kept. Above it a source is refused and keeps its events itself.
    pub max_bytes: u64,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Which setting.
    pub setting: &'static str,
    /// What it is.
    pub is: String,
    /// What it should be.
    pub should: String,
}

impl std::fmt::Display for Drift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { setting, is, should } = self;
        write!(f, "{setting}: is {is}, should be {should}")
    }
}

impl IntakeStream {
    /// The stream's name on the server.
    #[must_use]
    pub fn name(&self) -> String {
        intake_stream(&self.area)
    }

    /// The stream as it is made.
    ///
    /// * `discard: new`: a full stream refuses what comes, and the source, which still has it, waits. Discarding
    ///   the oldest would lose what no recorder has read yet, and nobody would be told.
    /// * `retention: limits`: every recorder reads everything. Recorders trim; no acknowledgement removes anything.
    /// * `deny_delete`: no single message can be taken out of the middle, so a hole in the sequence is a defect.
    /// * `allow_direct`: a recorder may read by sequence from any server that has a copy.
    /// * `duplicate_window` is the smallest that a server allows: the journal alone knows duplicates. A longer
    ///   window would swallow a resent event, and its source would never get a receipt.
    /// * No limit but age and bytes, no rollup, mirror or source, nothing in memory: the order of the stream is the
    ///   order of the intake.
    pub(super) fn config(&self) -> Config {
        Config {
            name: self.name(),
            description: Some("events on their way to the recorders".to_owned()),
            subjects: vec![Filter::intake(&self.area).to_string()],
            storage: StorageType::File,
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::New,
            num_replicas: self.replicas,
            max_age: self.max_age,
            max_bytes: i64::try_from(self.max_bytes).unwrap_or(i64::MAX),
            max_messages: -1,
            max_messages_per_subject: -1,
            max_message_size: -1,
            max_consumers: -1,
            duplicate_window: Duration::from_millis(100),
            deny_delete: true,
            allow_direct: true,
            ..Config::default()
        }
    }

    /// Where a stream that is there differs from the one that is made. What does not touch a promise (description,
    /// compression, placement, what newer servers add) is left to the operator.
    pub(super) fn drift(&self, is: &Config) -> Vec<Drift> {
        let should = self.config();
        let mut found = Vec::new();
        let mut compare = |setting, is: String, should: String| {
            if is != should {
                found.push(Drift { setting, is, should });
            }
        };
        compare("subjects", is.subjects.join(" "), should.subjects.join(" "));
        compare("storage", word(is.storage), word(should.storage));
        compare("retention", word(is.retention), word(should.retention));
        compare("discard", word(is.discard), word(should.discard));
        compare("replicas", is.num_replicas.to_string(), should.num_replicas.to_string());
        compare("max_age", age(is.max_age), age(should.max_age));
        compare("max_bytes", count(is.max_bytes), count(should.max_bytes));
        compare("max_msgs", count(is.max_messages), count(should.max_messages));
        let (per_subject, wanted) = (is.max_messages_per_subject, should.max_messages_per_subject);
        compare("max_msgs_per_subject", count(per_subject), count(wanted));
        compare("max_msg_size", count(is.max_message_size.into()), count(should.max_message_size.into()));
        compare("duplicate_window", age(is.duplicate_window), age(should.duplicate_window));
        compare("deny_delete", yes(is.deny_delete), yes(should.deny_delete));
        compare("deny_purge", yes(is.deny_purge), yes(should.deny_purge));
        compare("allow_direct", yes(is.allow_direct), yes(should.allow_direct));
        compare("allow_rollup_hdrs", yes(is.allow_rollup), yes(should.allow_rollup));
        compare("no_ack", yes(is.no_ack), yes(should.no_ack));
        compare("sealed", yes(is.sealed), yes(should.sealed));
        compare("mirror", yes(is.mirror.is_some()), yes(false));
        compare("sources", yes(is.sources.as_ref().is_some_and(|sources| !sources.is_empty())), yes(false));
        compare("subject_transform", yes(is.subject_transform.is_some()), yes(false));
        compare("persist_mode async", yes(is.persist_mode == Some(PersistenceMode::Async)), yes(false));
        found
    }
}

fn word(value: impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn yes(value: bool) -> String {
    if value { "on".to_owned() } else { "off".to_owned() }
}

/// A server writes some of its "no limit" as 0 and some as -1.
fn count(value: i64) -> String {
    if value <= 0 { "unlimited".to_owned() } else { value.to_string() }
}

fn age(value: Duration) -> String {
    if value.is_zero() { "unlimited".to_owned() } else { format!("{value:?}") }
}
