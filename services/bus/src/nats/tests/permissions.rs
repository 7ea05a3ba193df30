//! The shipped server configuration, with the generated users, over TLS: what each may do, and what it may not.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use async_nats::{Event, jetstream};
use tempfile::TempDir;

use super::users::{Source, authorization, new_key, users};
use super::*;

const AREA: &str = "itauusimaa";
const SHIPPED: &str = include_str!("../../../../../ops/nats/server.conf");

/// A server as it is shipped, and where its users' seeds lie.
struct House {
    server: NatsServer,
}

impl House {
    /// None where there is no server or nothing that makes certificates.
    fn open() -> Option<Self> {
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

    fn options(&self, name: &str) -> NatsOptions {
        let directory = self.server.directory();
        NatsOptions {
            credentials: Credentials::NkeySeed(directory.join(format!("{name}.seed"))),
            authority: Some(directory.join("tls/ca.pem")),
            ..NatsOptions::new(&self.server.url().replace("nats://", "tls://"), name)
        }
    }

    async fn bus(&self, name: &str) -> Bus {
        Bus::nats(&self.options(name), Limits::default()).await.unwrap()
    }

    /// A bare client as a user, and what the server has refused it.
    async fn bare(&self, name: &str) -> (async_nats::Client, Arc<Mutex<Vec<String>>>) {
        let options = self.options(name);
        let seed = std::fs::read_to_string(self.server.directory().join(format!("{name}.seed"))).unwrap();
        let refused: Arc<Mutex<Vec<String>>> = Arc::default();
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

/// What one refused user tried, in the words of the server.
async fn refusals(client: &async_nats::Client, refused: &Mutex<Vec<String>>, count: usize) -> Vec<String> {
    client.flush().await.unwrap();
    soon(async {
        while refused.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    refused.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_can_do_its_work() {
    let Some(house) = House::open() else { return };
    let wanted = IntakeStream {
        area: AREA.to_owned(),
        replicas: 1,
        max_age: Duration::from_secs(60),
        max_bytes: 1 << 20,
    };
    let admin = NatsAdmin::connect(&house.options("admin")).await.unwrap();
    admin.create(&wanted).await.unwrap();
    assert_eq!(admin.drift(&wanted).await.unwrap(), Some(Vec::new()));
    assert!(admin.server().encrypted);

    let (recorder, projector, gateway) =
        (house.bus("recorder").await, house.bus("projector").await, house.bus("gateway").await);
    let journal = recorder.subscribe(&Filter::exactly(&Subject::journal_read(AREA))).await.unwrap();
    answer_with(journal, "page");
    answer_with(recorder.subscribe(&Filter::intake(AREA)).await.unwrap(), "receipt");
    let mut recorded = projector.subscribe(&Filter::exactly(&Subject::recorded(AREA))).await.unwrap();
    let boards = projector.subscribe(&Filter::exactly(&Subject::boards_read(AREA))).await.unwrap();
    answer_with(boards, "board");
    let mut changes = gateway.subscribe(&Filter::boards(AREA)).await.unwrap();
    let mut beats = gateway.subscribe(&Filter::exactly(&Subject::heartbeat(AREA))).await.unwrap();

    recorder.publish(&Subject::recorded(AREA), Bytes::from_static(b"1")).await.unwrap();
    assert_eq!(message(&mut recorded).await.payload, "1");
    projector.publish(&Subject::board(AREA, "situation"), Bytes::from_static(b"2")).await.unwrap();
    assert_eq!(message(&mut changes).await.payload, "2");
    projector.publish(&Subject::heartbeat(AREA), Bytes::from_static(b"3")).await.unwrap();
    assert_eq!(message(&mut beats).await.payload, "3");
    for asker in [&projector, &gateway, &recorder] {
        let page = soon(asker.request(&Subject::journal_read(AREA), Bytes::new(), PATIENCE)).await;
        assert_eq!(page, Ok(Bytes::from_static(b"page")));
    }
    let board = soon(gateway.request(&Subject::boards_read(AREA), Bytes::new(), PATIENCE)).await;
    assert_eq!(board, Ok(Bytes::from_static(b"board")));
    for (name, family) in [
        ("queue", Family::Queue),
        ("staffing", Family::Staffing),
        ("capacity", Family::Capacity),
        ("feed-porvoo", Family::Capacity),
    ] {
        let source = house.bus(name).await;
        let receipt = soon(source.request(&Subject::intake(AREA, family), Bytes::new(), PATIENCE)).await;
        assert_eq!(receipt, Ok(Bytes::from_static(b"receipt")), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_goes_into_the_stream_and_only_the_recorder_reads_it() {
    let Some(house) = House::open() else { return };
    let wanted = IntakeStream {
        area: AREA.to_owned(),
        replicas: 1,
        max_age: Duration::from_secs(60),
        max_bytes: 1 << 20,
    };
    NatsAdmin::connect(&house.options("admin")).await.unwrap().create(&wanted).await.unwrap();
    let (source, _) = house.bare("staffing").await;
    let subject = Subject::intake(AREA, Family::Staffing).to_string();
    let context = jetstream::new(source);
    let kept = context.publish(subject, "event".into()).await.unwrap();
    assert_eq!(soon(kept.into_future()).await.unwrap().sequence, 1);

    let (recorder, refused) = house.bare("recorder").await;
    let jetstream = jetstream::new(recorder.clone());
    let stream = jetstream.get_stream(wanted.name()).await.unwrap();
    assert_eq!(stream.direct_get(1).await.unwrap().payload, "event");
    let ordered = jetstream::consumer::pull::OrderedConfig::default();
    let consumer = stream.create_consumer(ordered).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    let read = soon(futures_util::StreamExt::next(&mut messages)).await.unwrap().unwrap();
    assert_eq!((read.payload.as_ref(), read.info().unwrap().stream_sequence), (b"event".as_ref(), 1));
    stream.purge().sequence(2).await.unwrap();
    assert_eq!(refused.lock().unwrap().as_slice(), [] as [String; 0]);

    // Looking at the stream is all that the operator's user may do with it afterwards.
    let (admin, refused) = house.bare("admin").await;
    let name = wanted.name();
    for api in
        ["STREAM.UPDATE", "STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.CREATE"]
    {
        admin.publish(format!("$JS.API.{api}.{name}"), "{}".into()).await.unwrap();
    }
    assert_eq!(refusals(&admin, &refused, 6).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_staffing_publisher_publishes_staffing_and_nothing_else() {
    let Some(house) = House::open() else { return };
    let (staffing, refused) = house.bare("staffing").await;
    let stream = proto::subject::intake_stream(AREA);
    let intake = |area, family| Subject::intake(area, family).to_string();
    let mut forbidden = vec![
        intake(AREA, Family::Queue),
        intake(AREA, Family::Capacity),
        intake("uusimaa", Family::Staffing),
        Subject::intake(AREA, Family::Queue).question(),
        Subject::recorded(AREA).to_string(),
        Subject::board(AREA, "situation").to_string(),
        Subject::heartbeat(AREA).to_string(),
        Subject::boards_read(AREA).question(),
        Subject::journal_read(AREA).question(),
        "_INBOX.recorder.x".to_owned(),
        "$SYS.REQ.SERVER.PING".to_owned(),
        "$JS.API.INFO".to_owned(),
        "$JS.API.STREAM.NAMES".to_owned(),
        format!("$JS.API.STREAM.MSG.GET.{stream}"),
        format!("$JS.ACK.{stream}.x"),
    ];
    for api in ["CREATE", "UPDATE", "INFO", "PURGE", "DELETE"] {
        forbidden.push(format!("$JS.API.STREAM.{api}.{stream}"));
    }
    for api in ["DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.NAMES"] {
        forbidden.push(format!("$JS.API.{api}.{stream}"));
    }
    for subject in &forbidden {
        staffing.publish(subject.clone(), "{}".into()).await.unwrap();
    }
    let told = refusals(&staffing, &refused, forbidden.len()).await;
    for subject in &forbidden {
        let sentence = format!("Publish to \"{subject}\"");
        assert!(told.iter().any(|told| told.contains(&sentence)), "{subject} was not refused: {told:?}");
    }
    refused.lock().unwrap().clear();

    let unheard = [">", "tilanne.>", "_INBOX.>", "_INBOX.recorder.>", "$JS.>", "$SYS.>"].map(str::to_owned);
    let boards = [Filter::boards(AREA), Filter::intake(AREA)].map(|filter| filter.to_string());
    let mut kept = Vec::new();
    for filter in unheard.iter().chain(&boards) {
        kept.push(staffing.subscribe(filter.clone()).await.unwrap());
    }
    let told = refusals(&staffing, &refused, kept.len()).await;
    for filter in unheard.iter().chain(&boards) {
        let sentence = format!("Subscription to \"{filter}\"");
        assert!(told.iter().any(|told| told.contains(&sentence)), "{filter} was not refused: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forbidden_subscription_of_the_bus_ends() {
    let Some(house) = House::open() else { return };
    let bus = house.bus("staffing").await;
    let mut boards = bus.subscribe(&Filter::boards(AREA)).await.unwrap();
    assert!(soon(boards.next()).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_unknown_or_unencrypted_does_not_come_in() {
    let Some(house) = House::open() else { return };
    let sentence =
        async |options: NatsOptions| Bus::nats(&options, Limits::default()).await.unwrap_err().to_string();
    let (seed, _) = new_key().unwrap();
    std::fs::write(house.server.directory().join("stranger.seed"), seed).unwrap();
    let told = sentence(house.options("stranger")).await;
    assert!(told.contains("refuses this user"), "{told}");
    let told = sentence(NatsOptions { credentials: Credentials::None, ..house.options("queue") }).await;
    assert!(told.contains("refuses this user"), "{told}");
    let told = sentence(NatsOptions { authority: None, ..house.options("queue") }).await;
    assert!(told.contains("can be reached") && told.contains("certificate"), "{told}");
}
