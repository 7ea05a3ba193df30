//! Who may say and hear what: one user a service and a source, each with the least it needs.

use proto::subject::{Family, Filter, Subject, intake_stream};

use super::wire::RESPONDERS;

/// A user of the server and what it may do. Everything else is forbidden to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its name, which is also that of its connection, its inboxes and its seed's file.
    pub name: String,
    /// Subjects that it may publish.
    pub publish: Vec<String>,
    /// Subjects that it may subscribe to, some of them only within a queue group.
    pub subscribe: Vec<String>,
    /// Whether it may answer those who ask it, wherever they want their answer.
    pub answers: bool,
}

/// A source beside the three intake services: a publisher of events of some families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its user's name.
    pub name: String,
    /// What it may publish.
    pub families: Vec<Family>,
}

/// Names of the users that every area has beside its sources.
pub const SERVICES: [&str; 7] =
    ["queue", "staffing", "capacity", "recorder", "projector", "gateway", "admin"];

/// All users of one area.
#[must_use]
pub fn users(area: &str, sources: &[Source]) -> Vec<User> {
    let services = Family::ALL.into_iter().map(|family| publisher(area, family.as_str(), &[family]));
    services
        .chain([recorder(area), projector(area), gateway(area), admin(area)])
        .chain(sources.iter().map(|source| publisher(area, &source.name, &source.families)))
        .collect()
}

impl User {
    /// One that may only write to and read from its own inboxes: answers come there, and the bus finds out by a
    /// message to itself that the server has heard of a subscription.
    fn new(name: &str) -> Self {
        let own = format!("_INBOX.{name}.>");
        Self { name: name.to_owned(), publish: vec![own.clone()], subscribe: vec![own], answers: false }
    }

    fn publishes(mut self, subject: impl ToString) -> Self {
        self.publish.push(subject.to_string());
        self
    }

    fn asks(self, subject: &Subject) -> Self {
        let question = subject.question();
        self.publishes(question)
    }

    /// A subscription of the bus hears publications and takes its turn with requests.
    fn listens(mut self, filter: &Filter) -> Self {
        self.subscribe.push(filter.to_string());
        self.subscribe.push(format!("{} {RESPONDERS}", filter.questions()));
        self
    }

    fn answers(mut self) -> Self {
        self.answers = true;
        self
    }
}

/// Publishes events into the stream; what the stream says of them and their receipts come to its inbox.
fn publisher(area: &str, name: &str, families: &[Family]) -> User {
    let subjects = families.iter().map(|family| Subject::intake(area, *family));
    subjects.fold(User::new(name), User::publishes)
}

/// Reads the stream by sequence, puts into it what recorders say to each other, and trims it; answers sources (in
/// whichever inbox they name), announces facts and hears its peers do so, and reads and shows journals.
fn recorder(area: &str) -> User {
    let stream = intake_stream(area);
    let user = User::new("recorder")
        .publishes("_INBOX.>")
        .publishes(Subject::recorded(area))
        .publishes(Subject::intake_own(area))
        .publishes(Subject::intake_opening(area))
        .asks(&Subject::journal_read(area))
        .asks(&one_of_several(&Subject::journal_read(area)))
        .publishes("$JS.API.INFO");
    let of_stream = ["STREAM.INFO", "STREAM.PURGE", "DIRECT.GET", "CONSUMER.CREATE"];
    let user = of_stream.iter().fold(user, |user, api| user.publishes(format!("$JS.API.{api}.{stream}")));
    let below = ["DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.INFO", "CONSUMER.MSG.NEXT", "CONSUMER.DELETE"];
    let user = below.iter().fold(user, |user, api| user.publishes(format!("$JS.API.{api}.{stream}.>")));
    user.publishes(format!("$JS.ACK.{stream}.>"))
        .publishes(format!("$JS.FC.{stream}.>"))
        .listens(&Filter::exactly(&Subject::recorded(area)))
        .listens(&Filter::exactly(&Subject::journal_read(area)))
        .listens(&Filter::exactly(&one_of_several(&Subject::journal_read(area))))
        .answers()
}

/// The subject of each recorder or projector that may be asked by its name: its processes share one user.
fn one_of_several(any: &Subject) -> Subject {
    Subject::from_wire(&format!("{any}.*"))
}

fn projector(area: &str) -> User {
    User::new("projector")
        .publishes(Filter::boards(area))
        .publishes(Subject::heartbeat(area))
        .asks(&Subject::journal_read(area))
        .asks(&one_of_several(&Subject::journal_read(area)))
        .listens(&Filter::exactly(&Subject::recorded(area)))
        .listens(&Filter::exactly(&Subject::boards_read(area)))
        .listens(&Filter::exactly(&one_of_several(&Subject::boards_read(area))))
        .answers()
}

/// Shows boards, and hands in what people at the desk say.
fn gateway(area: &str) -> User {
    User::new("gateway")
        .publishes(Subject::intake(area, Family::Desk))
        .asks(&Subject::boards_read(area))
        .asks(&one_of_several(&Subject::boards_read(area)))
        .asks(&Subject::journal_read(area))
        .asks(&one_of_several(&Subject::journal_read(area)))
        .listens(&Filter::boards(area))
        .listens(&Filter::exactly(&Subject::heartbeat(area)))
}

/// Makes and looks at the intake stream, and hears where the recorders stand. It can neither read nor remove what is in it, nor alter the stream: who may
/// do that may have its events copied elsewhere.
fn admin(area: &str) -> User {
    let stream = intake_stream(area);
    let user = User::new("admin").publishes("$JS.API.INFO");
    let apis = ["STREAM.CREATE", "STREAM.INFO"];
    let mut user = apis.iter().fold(user, |user, api| user.publishes(format!("$JS.API.{api}.{stream}")));
    user.subscribe.push(Subject::recorded(area).to_string());
    user
}

/// A new key pair: the seed, which is secret, and the public key, which the server knows.
///
/// # Errors
/// Where the system has no randomness.
pub fn new_key() -> Result<(String, String), String> {
    let pair = nkeys::KeyPair::new_user();
    let seed = pair.seed().map_err(|error| error.to_string())?;
    Ok((seed, pair.public_key()))
}

/// The public key of a seed, if it is a user's seed.
#[must_use]
pub fn public_key(seed: &str) -> Option<String> {
    let pair = nkeys::KeyPair::from_seed(seed.trim()).ok()?;
    Some(pair.public_key()).filter(|key| key.starts_with('U'))
}

/// The part of the server's configuration that names the users, each with its public key.
#[must_use]
pub fn authorization(users: &[(User, String)]) -> String {
    let mut text = String::from(
        "# Written by `tilanne nats users`. It holds public keys only; edit nothing here, run that again.\n\
         authorization {\n  users = [\n",
    );
    for (user, key) in users {
        let User { name, publish, subscribe, answers } = user;
        // One for `taken`, one for the answer, within the longest that anybody waits for one.
        let answers = if *answers { "\n        allow_responses: { max: 2, expires: \"2m\" }" } else { "" };
        text.push_str(&format!(
            "    # {name}\n    {{\n      nkey: {key}\n      permissions: {{\n        \
             publish: {{ allow: [{}] }}\n        subscribe: {{ allow: [{}] }}{answers}\n      }}\n    }}\n",
            quoted(publish),
            quoted(subscribe),
        ));
    }
    text.push_str("  ]\n}\n");
    text
}

fn quoted(subjects: &[String]) -> String {
    subjects.iter().map(|subject| format!("\"{subject}\"")).collect::<Vec<_>>().join(", ")
}
