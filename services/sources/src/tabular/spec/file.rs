//! A feed's description as its TOML file spells it, and how it becomes a [`Spec`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::{Cells, Code, Complete, EventSpec, Limits, Match, Place, PollSpec, Shape, Spec, Station};
use crate::tabular::header::collapse;
use crate::tabular::stamp::{Ambiguous, Clockwork, Skipped};
use crate::tabular::template::Template;

/// The file as serde reads it, before the checks.
#[derive(Deserialize)]
pub(super) struct File {
    source: String,
    shape: Shape,
    attribution: Option<String>,
    id: String,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    complete: Complete,
    #[serde(default)]
    leave_out: Vec<Match>,
    #[serde(default)]
    cells: Cells,
    time: Time,
    station: Station,
    event: Vec<FileEvent>,
    #[serde(default)]
    map: BTreeMap<String, BTreeMap<String, String>>,
    poll: Option<FilePoll>,
}

#[derive(Deserialize)]
#[serde(default)]
struct Format {
    encoding: String,
    delimiter: String,
    line_breaks_in_cells: bool,
    required_columns: Vec<String>,
}

impl Default for Format {
    fn default() -> Self {
        Format {
            encoding: "utf-8".to_owned(),
            delimiter: ",".to_owned(),
            line_breaks_in_cells: false,
            required_columns: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
pub(in crate::tabular) struct Time {
    column: Option<String>,
    pub formats: Vec<String>,
    pub time_zone: String,
    #[serde(default)]
    pub ambiguous: Ambiguous,
    #[serde(default)]
    pub skipped: Skipped,
}

#[derive(Deserialize)]
struct FileEvent {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    at: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    count: BTreeMap<String, String>,
    #[serde(default)]
    text: BTreeMap<String, String>,
    #[serde(default)]
    code: BTreeMap<String, Code>,
}

#[derive(Deserialize)]
struct FilePoll {
    url: Option<String>,
    file: Option<PathBuf>,
    every: String,
    timeout: Option<String>,
}

/// Enough for a slow publisher's megabytes, short beside any sensible polling interval.
const TIMEOUT_UNLESS_GIVEN: Duration = Duration::from_secs(30);

/// A publisher is never asked more often, whatever the file says: it is somebody else's server.
const EVERY_AT_LEAST: Duration = Duration::from_secs(1);

impl File {
    pub(super) fn checked(self) -> Result<Spec, String> {
        let encoding =
            encoding_rs::Encoding::for_label(self.format.encoding.as_bytes()).ok_or_else(|| {
                format!(
                    "encoding `{}` is not known; write a WHATWG label such as utf-8",
                    self.format.encoding
                )
            })?;
        let &[delimiter] = self.format.delimiter.as_bytes() else {
            return Err(format!("delimiter `{}` must be one ASCII character", self.format.delimiter));
        };
        let id = Template::parse(&self.id)?;
        let events = self.event.into_iter().map(FileEvent::checked).collect::<Result<Vec<_>, _>>()?;
        let mut spec = Spec {
            source: self.source,
            shape: self.shape,
            attribution: self.attribution,
            limits: self.limits,
            poll: self.poll.map(FilePoll::checked).transpose()?,
            encoding,
            delimiter,
            line_breaks_in_cells: self.format.line_breaks_in_cells,
            required_columns: self.format.required_columns.iter().map(|name| collapse(name)).collect(),
            complete: self.complete,
            leave_out: self.leave_out,
            cells: self.cells,
            time_column: self.time.column.as_deref().map(collapse),
            clockwork: Clockwork::new(&self.time)?,
            station: self.station,
            id,
            events,
            maps: self.map,
        };
        spec.station.column = collapse(&spec.station.column);
        for rule in spec.leave_out.iter_mut().chain(spec.complete.last_row.as_mut()) {
            rule.column = collapse(&rule.column);
            let given = [rule.equals.is_some(), rule.starts_with.is_some(), rule.blank];
            if given.into_iter().filter(|given| *given).count() != 1 {
                return Err(format!(
                    "the rule for column `{}` needs exactly one of equals, starts_with, blank = true",
                    rule.column
                ));
            }
        }
        spec.check_events()?;
        Ok(spec)
    }
}

impl FileEvent {
    fn checked(self) -> Result<EventSpec, String> {
        let mut text = BTreeMap::new();
        for (member, template) in &self.text {
            text.insert(member.clone(), Template::parse(template)?);
        }
        let mut members = BTreeSet::new();
        let all = self.set.keys().chain(self.count.keys()).chain(self.text.keys()).chain(self.code.keys());
        for member in all {
            if !members.insert(member) {
                return Err(format!("event `{}` gives the member `{member}` twice", self.name));
            }
        }
        let mut code = self.code;
        code.values_mut().for_each(|code| code.column = collapse(&code.column));
        Ok(EventSpec {
            kind: format!("fi.tilanne.{}.v1", self.kind),
            name: self.name,
            at: self.at.as_deref().map(collapse),
            set: self.set,
            count: self.count.into_iter().map(|(member, column)| (member, collapse(&column))).collect(),
            text,
            code,
        })
    }
}

impl FilePoll {
    fn checked(self) -> Result<PollSpec, String> {
        let place = match (self.url, self.file) {
            (Some(url), None) if url.starts_with("http://") || url.starts_with("https://") => Place::Url(url),
            (Some(url), None) => return Err(format!("poll.url `{url}` must begin with http:// or https://")),
            (None, Some(file)) => Place::File(file),
            (Some(_), Some(_)) | (None, None) => {
                return Err("[poll] needs exactly one of url and file".to_owned());
            }
        };
        let every = duration("poll.every", &self.every)?;
        if every < EVERY_AT_LEAST {
            return Err(format!("poll.every `{}` is too often; the least is 1s", self.every));
        }
        let timeout = match &self.timeout {
            Some(text) => duration("poll.timeout", text)?,
            None => TIMEOUT_UNLESS_GIVEN,
        };
        Ok(PollSpec { place, every, timeout })
    }
}

fn duration(key: &str, text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| format!("{key} `{text}` is not a duration; write for example 5m or 20s"))
}
