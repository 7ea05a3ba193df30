//! How to reach a NATS server, and as whom.

use std::path::PathBuf;

/// Where the servers are and who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatsOptions {
    /// Addresses of one server or of several of one cluster, as `nats://HOST:PORT`; `tls://` demands TLS.
    pub servers: Vec<String>,
    /// What the connection is called in the server's own lists, and the second token of its inboxes. One
    /// token of letters, digits and `-`; other characters are left out of the inbox's name.
    pub name: String,
    /// As whom.
    pub credentials: Credentials,
    /// File (PEM) of the authority that signed the servers' certificates. Demands TLS. Without it the system's
    /// authorities are asked, where the server or its address wants TLS.
    pub authority: Option<PathBuf>,
    /// Files (PEM) of an own certificate and its key, for a server that demands one. Demands TLS.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// How many recorders must have answered alike before an event that was handed in counts as recorded. At
    /// least 1.
    pub receipts: usize,
    /// Whose answers count, by their names; empty: anybody's.
    pub recorders: Vec<String>,
}

/// How a connection proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Credentials {
    /// Not at all: a server without users, as on a developer's own machine.
    #[default]
    None,
    /// A file with the seed of an nkey (`SU…`).
    NkeySeed(PathBuf),
    /// A file with a user's JWT and seed, as `nsc` writes it.
    CredentialsFile(PathBuf),
}

impl NatsOptions {
    /// One server, no user, no certificate.
    #[must_use]
    pub fn new(server: &str, name: &str) -> Self {
        Self {
            servers: vec![server.to_owned()],
            name: name.to_owned(),
            credentials: Credentials::None,
            authority: None,
            certificate: None,
            receipts: 1,
            recorders: Vec::new(),
        }
    }

    /// What the names of this connection's inboxes begin with.
    #[must_use]
    pub fn inbox_prefix(&self) -> String {
        let plain = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
        let name: String = self.name.chars().filter(plain).collect();
        if name.is_empty() { "_INBOX".to_owned() } else { format!("_INBOX.{name}") }
    }

    /// The addresses in one line, without a password that one of them may carry.
    pub(crate) fn servers_shown(&self) -> String {
        let shown = |address: &String| match (address.split_once("://"), address.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
            (None, Some((_, host))) => host.to_owned(),
            (_, None) => address.clone(),
        };
        self.servers.iter().map(shown).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inbox_has_the_name_and_no_pattern_in_it() {
        assert_eq!(NatsOptions::new("", "feed-porvoo").inbox_prefix(), "_INBOX.feed-porvoo");
        assert_eq!(NatsOptions::new("", "a.*>b").inbox_prefix(), "_INBOX.ab");
        assert_eq!(NatsOptions::new("", "").inbox_prefix(), "_INBOX");
    }

    #[test]
    fn a_password_is_not_shown() {
        let mut options = NatsOptions::new("nats://me:secret@host:4222", "x");
        options.servers.push("other:4222".to_owned());
        assert_eq!(options.servers_shown(), "nats://host:4222, other:4222");
    }
}
