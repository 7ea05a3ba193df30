//! `tilanne nats` against a real server: streams, drift, users.

use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acceptance::program::Said;
use bus::contract::NatsServer;

use crate::PROGRAM;

/// A configuration for one server, in its directory, and more of the same section.
fn configuration(server: &NatsServer, more: &str) -> String {
    let file = server.directory().join("tilanne.toml");
    let text = format!("[nats]\nservers = [\"{}\"]\n{more}\n", server.url());
    std::fs::write(&file, text).expect("a configuration");
    file.display().to_string()
}

fn nats(action: &str, config: &str) -> Said {
    Said::by(PROGRAM, &["nats", action, "--config", config])
}

fn server() -> Option<NatsServer> {
    let program = NatsServer::program("`tilanne nats` against a server")?;
    Some(NatsServer::start(&program))
}

#[test]
fn the_intake_stream_is_made_once_and_its_drift_is_told_and_never_mended() {
    let Some(server) = server() else { return };
    let config = configuration(&server, "");
    let missing = nats("check", &config).with_code(2);
    assert!(missing.out.contains("TILANNE_INTAKE_itauusimaa: is missing"), "{missing:?}");
    assert!(nats("init", &config).with_code(0).out.starts_with("made: stream TILANNE_INTAKE_itauusimaa"));
    assert!(nats("init", &config).with_code(0).out.starts_with("already there: "));
    let nobody = nats("check", &config).with_code(2);
    let line = "recorders: 0 of the 1 that a receipt needs take events: recorder 1 is not heard";
    assert!(nobody.out.lines().any(|told| told == line), "{nobody:?}");
    let _recorder = Speaker::begin(&server);
    let sound = nats("check", &config).with_code(0);
    assert!(sound.out.contains("sync_interval: not known"), "{sound:?}");
    assert!(sound.out.contains("sound: server test "), "{sound:?}");

    let config = configuration(&server, "intake.max_age = \"2h\"\nintake.max_bytes = 1048576");
    for action in ["check", "init", "check"] {
        let drifted = nats(action, &config).with_code(2);
        let lines: Vec<&str> = drifted.out.lines().filter(|line| line.contains("should be")).collect();
        let expected = [
            "TILANNE_INTAKE_itauusimaa: max_age: is 604800s, should be 7200s",
            "TILANNE_INTAKE_itauusimaa: max_bytes: is 4294967296, should be 1048576",
        ];
        assert_eq!(lines, expected, "{drifted:?}");
        assert!(drifted.err.contains("nothing was changed"), "{drifted:?}");
    }
}

/// Says what a recorder says that takes events, until it goes out of scope.
struct Speaker(Arc<AtomicBool>);

impl Speaker {
    fn begin(server: &NatsServer) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, address) = (Arc::clone(&stop), ("127.0.0.1", server.port()));
        let mut line = TcpStream::connect(address).expect("a connection");
        let word = r#"{"recorder":"1","epoch":"e","sequence":1,"stream":{"identity":"s","cursor":1,"follows":true}}"#;
        let message = format!("PUB tilanne.itauusimaa.recorded {}\r\n{word}\r\n", word.len());
        line.write_all(b"CONNECT {\"verbose\":false}\r\n").expect("sent");
        std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) && line.write_all(message.as_bytes()).is_ok() {
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Self(stop)
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_server_that_syncs_late_or_takes_little_is_told() {
    let Some(program) = NatsServer::program("`tilanne nats check` against a careless server") else { return };
    let monitor =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    let careless =
        format!("server_name: careless\nhttp: \"{monitor}\"\njetstream {{ store_dir: \"{{directory}}\" }}\n");
    let server = NatsServer::start_in(&program, NatsServer::directory_for_one(), &careless);
    let config = server.directory().join("tilanne.toml");
    let text = format!("[nats]\nservers = [\"{}\"]\nmonitors = [\"http://{monitor}\"]\n", server.url());
    std::fs::write(&config, text).expect("a configuration");
    let config = config.display().to_string();
    nats("init", &config).with_code(0);
    let told = nats("check", &config).with_code(2);
    for line in [
        "max_payload: is 1048576, should be 8454144",
        "careless: sync_interval: is late: a loss of power loses events, should be always",
    ] {
        assert!(told.out.lines().any(|told| told == line), "{line}: {told:?}");
    }
}

#[test]
fn what_is_not_there_or_not_meant_is_one_sentence() {
    let directory = tempfile::tempdir().expect("a directory");
    let config = directory.path().join("tilanne.toml");
    let with = |text: &str| {
        std::fs::write(&config, text).expect("a configuration");
        nats("check", &config.display().to_string())
    };
    let unreachable = with("[nats]\nservers = [\"nats://127.0.0.1:1\"]\n").with_code(1);
    assert!(unreachable.err.starts_with("tilanne: no NATS server can be reached at nats://127.0.0.1:1"));
    let both = with("[nats]\nseed_file = \"a\"\ncreds_file = \"b\"\n").with_code(64);
    assert!(both.err.contains("nats.seed_file and nats.creds_file are both set"), "{both:?}");
    let missing = with("[nats]\nseed_file = \"missing.seed\"\n").with_code(64);
    assert!(missing.err.starts_with("tilanne: missing.seed: "), "{missing:?}");
    let replicas = with("[nats.intake]\nreplicas = 9\n").with_code(64);
    assert!(replicas.err.contains("nats.intake.replicas is 9: it must be 1 to 5"), "{replicas:?}");
}

#[test]
fn a_service_that_is_given_no_configuration_says_what_to_give_it() {
    for service in ["queue", "recorder", "projector", "gateway"] {
        let told = Said::by(PROGRAM, &["run", service]).with_code(64);
        assert!(
            told.err.starts_with(&format!("tilanne: run {service}: give it its configuration")),
            "{told:?}"
        );
        assert!(told.err.contains("--config FILE") && told.err.lines().count() == 1, "{told:?}");
    }
}

#[test]
fn users_are_written_once_and_their_seeds_are_their_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let keys = directory.path().join("keys");
    let users = |sources: &[&str]| {
        let dir = keys.display().to_string();
        Said::by(PROGRAM, &[&["nats", "users", "--dir", dir.as_str()], sources].concat())
    };
    let first = users(&[]).with_code(0);
    assert!(first.out.contains("users.conf with 7 users"), "{first:?}");
    let list = read(&keys.join("users.conf"));
    let seed = read(&keys.join("staffing.seed"));
    assert!(seed.starts_with("SU") && !list.contains(seed.trim()));
    let mode = std::fs::metadata(keys.join("staffing.seed")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(list.contains("tilanne.itauusimaa.intake.staffing"));

    // Again with a source more: those that were there keep their keys.
    users(&["--source", "feed-porvoo=queue,capacity"]).with_code(0);
    let longer = read(&keys.join("users.conf"));
    let key = |list: &str| {
        list.lines().filter(|line| line.contains("nkey:")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(key(&longer).get(..7), Some(key(&list).as_slice()));
    assert_eq!(key(&longer).len(), 8);
    assert_eq!(read(&keys.join("staffing.seed")), seed);

    std::fs::write(keys.join("queue.seed"), "rubbish").expect("written");
    let refused = users(&[]).with_code(1);
    assert!(refused.err.contains("there is no user's seed in it"), "{refused:?}");
    assert_eq!(read(&keys.join("users.conf")), longer);
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}
