//! A server as it is shipped, with its users.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use async_nats::Event;
use tempfile::TempDir;

use super::*;
use crate::nats::users::{Source, authorization, new_key, users};

const SHIPPED: &str = include_str!("../../../../../../ops/nats/server.conf");

/// What the server has refused a client, in its own words.
pub(super) type Refusals = Arc<Mutex<Vec<String>>>;

/// A server as it is shipped, and where its users' seeds lie.
pub(super) struct House {
    pub(super) server: NatsServer,
}

impl House {
    /// None where there is no server or nothing that makes certificates.
    pub(super) fn open() -> Option<Self> {
        let program = program()?;
        let directory = NatsServer::directory_for_one();
        certificates(directory.path())?;
        write_users(&directory);
        // Only where the streams lie and which ports are opened differ from a real house.
        let config = SHIPPED
            .replace("/var/lib/tilanne/nats", "{directory}/streams")
            .replace("http: \"127.0.0.1:8222\"", "");
        Some(Self { server: NatsServer::start_in(&program, directory, &config) })
    }

    pub(super) fn options(&self, name: &str) -> NatsOptions {
        let directory = self.server.directory();
        NatsOptions {
            credentials: Credentials::NkeySeed(directory.join(format!("{name}.seed"))),
            authority: Some(directory.join("tls/ca.pem")),
            ..NatsOptions::new(&self.server.url().replace("nats://", "tls://"), name)
        }
    }

    pub(super) async fn bus(&self, name: &str) -> Bus {
        Bus::nats(&self.options(name), Limits::default()).await.unwrap()
    }

    /// A bare client as a user, and what the server has refused it.
    pub(super) async fn bare(&self, name: &str) -> (async_nats::Client, Refusals) {
        let options = self.options(name);
        let seed = std::fs::read_to_string(self.server.directory().join(format!("{name}.seed"))).unwrap();
        let refused = Refusals::default();
        let heard = Arc::clone(&refused);
        let client = async_nats::ConnectOptions::with_nkey(seed)
            .custom_inbox_prefix(options.inbox_prefix())
            .add_root_certificates(options.authority.unwrap())
            .require_tls(true)
            .event_callback(move |event| {
                if let Event::ServerError(error) = event {
                    heard.lock().unwrap().push(error.to_string());
                }
                async {}
            })
            .connect(options.servers)
            .await
            .unwrap();
        (client, refused)
    }
}

/// An authority and a server's certificate for the loopback.
fn certificates(directory: &Path) -> Option<()> {
    let tls = directory.join("tls");
    std::fs::create_dir(&tls).unwrap();
    let run = |arguments: &str| {
        let mut command = Command::new("openssl");
        command.args(arguments.split(' ')).current_dir(&tls).stdout(Stdio::null()).stderr(Stdio::null());
        command.status()
    };
    let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    let authority = format!("req -x509 {curve} -keyout ca.key -out ca.pem -days 2 -subj /CN=test");
    if run(&authority).is_err() {
        eprintln!("skipped: the shipped configuration: there is no openssl to make certificates with");
        return None;
    }
    let server = format!(
        "req -x509 {curve} -keyout server.key -out server.pem -days 2 -subj /CN=localhost -CA ca.pem -CAkey ca.key \
         -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE"
    );
    assert!(run(&server).unwrap().success());
    Some(())
}

fn write_users(directory: &TempDir) {
    let sources =
        [Source { name: "feed-porvoo".to_owned(), families: vec![Family::Queue, Family::Capacity] }];
    let known: Vec<_> = users(AREA, &sources)
        .into_iter()
        .map(|user| {
            let (seed, key) = new_key().unwrap();
            std::fs::write(directory.path().join(format!("{}.seed", user.name)), seed).unwrap();
            (user, key)
        })
        .collect();
    std::fs::write(directory.path().join("users.conf"), authorization(&known)).unwrap();
}
