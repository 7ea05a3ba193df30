//! `[nats]`: where the servers are, as whom to call, and what the intake stream is like.

use std::path::PathBuf;

use bus::NatsOptions;
use bus::nats::{Credentials, IntakeStream};
use runtime::Span;
use serde::{Deserialize, Deserializer};

use crate::Error;

/// `[nats]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nats {
    /// Servers of one cluster.
    pub servers: Vec<String>,
    /// What connections and inboxes are called.
    pub name: String,
    /// The seed of the user's nkey.
    #[serde(deserialize_with = "path_unless_empty")]
    pub seed_file: Option<PathBuf>,
    /// The user's JWT and seed.
    #[serde(deserialize_with = "path_unless_empty")]
    pub creds_file: Option<PathBuf>,
    /// The authority of the servers' certificates.
    #[serde(deserialize_with = "path_unless_empty")]
    pub ca_file: Option<PathBuf>,
    /// An own certificate.
    #[serde(deserialize_with = "path_unless_empty")]
    pub cert_file: Option<PathBuf>,
    /// Its key.
    #[serde(deserialize_with = "path_unless_empty")]
    pub key_file: Option<PathBuf>,
    /// From how many recorders a source wants each receipt; 0: from a majority of all.
    pub receipts: usize,
    /// Where the servers' monitoring listens.
    pub monitors: Vec<String>,
    /// The intake stream of each area.
    pub intake: Intake,
}

/// `[nats.intake]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// Servers that keep each event.
    pub replicas: usize,
    /// How long an event is kept.
    pub max_age: Span,
    /// Bytes kept.
    pub max_bytes: u64,
}

impl Nats {
    /// How the bus reaches the servers.
    ///
    /// # Errors
    /// Where two settings exclude or need each other.
    pub fn options(&self, recorders: &recorder::Config) -> Result<NatsOptions, Error> {
        let wrong = |sentence: &str| Err(Error::Usage(sentence.to_owned()));
        let credentials = match (&self.seed_file, &self.creds_file) {
            (None, None) => Credentials::None,
            (Some(seed), None) => Credentials::NkeySeed(seed.clone()),
            (None, Some(creds)) => Credentials::CredentialsFile(creds.clone()),
            (Some(_), Some(_)) => {
                return wrong("nats.seed_file and nats.creds_file are both set: leave one out");
            }
        };
        let certificate = match (&self.cert_file, &self.key_file) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            (_, _) => return wrong("nats.cert_file and nats.key_file need each other: set both or none"),
        };
        if self.servers.is_empty() {
            return wrong("nats.servers is empty: name at least one, as nats://HOST:PORT");
        }
        if let Some(server) = self.servers.iter().find(|server| !is_address(server)) {
            return wrong(&format!("nats.servers has {server:?}: write nats://HOST:PORT or tls://HOST:PORT"));
        }
        let all = recorders.all.len().max(1);
        if self.receipts > all {
            return wrong(
                "nats.receipts is more than there are recorders in recorder.all: lower it, or name them",
            );
        }
        Ok(NatsOptions {
            receipts: if self.receipts == 0 { all / 2 + 1 } else { self.receipts },
            recorders: recorders.all.clone(),
            servers: self.servers.clone(),
            name: self.name.clone(),
            credentials,
            authority: self.ca_file.clone(),
            certificate,
        })
    }

    /// Whether the files that are named can be read: for whoever connects. Who makes them is asked before there are any.
    ///
    /// # Errors
    /// The key, the file and what is wrong with it.
    pub fn check_files(&self) -> Result<(), Error> {
        let files = [
            ("seed_file", &self.seed_file),
            ("creds_file", &self.creds_file),
            ("ca_file", &self.ca_file),
            ("cert_file", &self.cert_file),
            ("key_file", &self.key_file),
        ];
        for (key, file) in files.into_iter().filter_map(|(key, file)| Some((key, file.as_ref()?))) {
            if let Err(error) = std::fs::File::open(file) {
                return Err(Error::Usage(format!("nats.{key}: {}: {error}", file.display())));
            }
        }
        Ok(())
    }

    /// An area's intake stream as it should be.
    #[must_use]
    pub fn intake_stream(&self, area: &str) -> IntakeStream {
        IntakeStream {
            area: area.to_owned(),
            replicas: self.intake.replicas,
            max_age: self.intake.max_age.duration(),
            max_bytes: self.intake.max_bytes,
        }
    }
}

/// Whether it is one that NATS speaks at. What stands without a scheme is `nats://`.
fn is_address(server: &str) -> bool {
    server.split_once("://").is_none_or(|(scheme, _)| matches!(scheme, "nats" | "tls" | "ws" | "wss"))
        && !server.is_empty()
}

fn path_unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(deserializer)?;
    Ok(if path.as_os_str().is_empty() { None } else { Some(path) })
}
