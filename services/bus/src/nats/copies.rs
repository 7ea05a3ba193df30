//! How many servers keep a stream, and how many of them are there, as its leader tells.

use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::stream::{ClusterInfo, PeerInfo};

/// Servers of a stream speak to its leader every second. One that has not for so long is away; the leader itself
/// believes for ten seconds that nothing has happened.
const SILENT: Duration = Duration::from_secs(4);

/// The copies of a stream. Shown, it says what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copies {
    /// The server through which everything goes; `None` while one is being chosen.
    pub leader: Option<String>,
    /// How many servers keep the stream, the leader among them.
    pub all: usize,
    /// Those that are not heard.
    pub away: Vec<String>,
    /// Those that are heard and do not have everything yet.
    pub behind: Vec<String>,
}

impl Copies {
    pub(super) fn of(cluster: &ClusterInfo) -> Self {
        let leader = cluster.leader.clone().filter(|name| !name.is_empty());
        // Of one that a new leader has never heard it tells no time.
        let is_away = |peer: &&PeerInfo| {
            peer.offline || peer.active >= SILENT || (peer.active.is_zero() && !peer.current)
        };
        let names = |peers: Vec<&PeerInfo>| peers.into_iter().map(|peer| peer.name.clone()).collect();
        let (away, there): (Vec<_>, Vec<_>) = cluster.replicas.iter().partition(is_away);
        let behind = there.into_iter().filter(|peer| !peer.current).collect();
        // The others' list is of all where there is no leader.
        let all = cluster.replicas.len() + usize::from(leader.is_some());
        Self { leader, all, away: names(away), behind: names(behind) }
    }

    /// Of a stream that only one server keeps.
    pub(super) const fn one() -> Self {
        Self { leader: Some(String::new()), all: 1, away: Vec::new(), behind: Vec::new() }
    }

    /// Whether the stream takes anything.
    #[must_use]
    pub fn can_go_on(&self) -> bool {
        self.leader.is_some() && self.all.saturating_sub(self.away.len()) * 2 > self.all
    }

    /// Whether nothing is wrong with them.
    #[must_use]
    pub fn are_sound(&self) -> bool {
        self.leader.is_some() && self.away.is_empty() && self.behind.is_empty()
    }
}

impl std::fmt::Display for Copies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.leader.is_none() {
            return write!(f, "no leader: nothing is taken in until a majority of its servers runs");
        }
        let current = self.all.saturating_sub(self.away.len() + self.behind.len());
        write!(f, "{current} of {} copies are current", self.all)?;
        if !self.away.is_empty() {
            write!(f, "; not heard: {}", self.away.join(", "))?;
        }
        if !self.behind.is_empty() {
            write!(f, "; catching up: {}", self.behind.join(", "))?;
        }
        if !self.can_go_on() {
            write!(f, "; nothing is taken in until a majority of its servers runs")?;
        }
        Ok(())
    }
}

/// Whether a server refuses because it knows of no leader.
pub(super) fn is_leaderless(code: ErrorCode) -> bool {
    [
        ErrorCode::CLUSTER_NOT_AVAILABLE,
        ErrorCode::CLUSTER_NOT_LEADER,
        ErrorCode::CLUSTER_NOT_ACTIVE,
        ErrorCode::CLUSTER_NO_PEERS,
        ErrorCode::CLUSTER_INCOMPLETE,
    ]
    .contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str, active_s: u64, current: bool) -> PeerInfo {
        let active = Duration::from_secs(active_s);
        PeerInfo { name: name.to_owned(), current, active, ..PeerInfo::default() }
    }

    fn copies(leader: &str, replicas: Vec<PeerInfo>) -> Copies {
        let leader = Some(leader.to_owned());
        Copies::of(&ClusterInfo { leader, replicas, ..ClusterInfo::default() })
    }

    #[test]
    fn three_copies_that_are_all_there_are_sound() {
        let copies = copies("a", vec![peer("b", 0, true), peer("c", 3, true)]);
        assert!(copies.are_sound() && copies.can_go_on(), "{copies}");
        assert!(Copies::one().are_sound() && Copies::one().can_go_on());
    }

    #[test]
    fn one_of_three_may_be_away_and_is_named() {
        let offline = PeerInfo { offline: true, ..peer("c", 1, true) };
        for away in [peer("c", 4, true), offline, peer("c", 0, false)] {
            let copies = copies("a", vec![peer("b", 0, true), away]);
            assert!(copies.can_go_on() && !copies.are_sound());
            assert_eq!(copies.to_string(), "2 of 3 copies are current; not heard: c");
        }
        let copies = copies("a", vec![peer("b", 1, false), peer("c", 0, true)]);
        assert!(copies.can_go_on() && !copies.are_sound());
        assert_eq!(copies.to_string(), "2 of 3 copies are current; catching up: b");
    }

    #[test]
    fn a_leader_that_hears_of_no_majority_leads_nothing() {
        let alone = copies("a", vec![peer("b", 5, true), peer("c", 6, true)]);
        assert!(!alone.can_go_on() && alone.to_string().contains("not heard: b, c"), "{alone}");
        assert!(!copies("a", vec![peer("b", 9, true)]).can_go_on(), "one of two is no majority");
        let none = copies("", vec![peer("b", 0, true), peer("c", 0, true)]);
        assert!(!none.can_go_on() && !none.are_sound());
        assert!(none.to_string().starts_with("no leader"), "{none}");
    }
}
