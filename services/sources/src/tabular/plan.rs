//! A description laid over a header: which cell of a row becomes which member of which event.

use std::collections::BTreeMap;
use std::sync::Arc;

use csv::StringRecord;
use jiff::Timestamp;
use serde_json::Value;

use super::header::Header;
use super::spec::{Blank, Match};
use super::stamp::Known;
use super::template::Template;
use super::{Event, Refusal, RowRead, Shape, Spec, repeatable};

/// How rows under one header are read.
pub(super) struct Plan<'a> {
    spec: &'a Spec,
    header: &'a Header,
    source: Arc<str>,
    station: usize,
    id_columns: Vec<usize>,
    leave_out: Vec<(usize, &'a Match)>,
    events: Vec<EventPlan<'a>>,
}

struct EventPlan<'a> {
    name: &'a str,
    kind: Arc<str>,
    at: usize,
    members: Vec<(Arc<str>, Member<'a>)>,
}

/// Where a member's value comes from.
enum Member<'a> {
    Set(&'a Value),
    Count(usize),
    Text(&'a Template, Vec<usize>),
    Code(usize, &'a BTreeMap<String, String>),
}

/// A row whose station is known.
pub(super) struct Row<'a> {
    record: &'a StringRecord,
    not_reported: &'a [String],
    pub(super) station: Arc<str>,
}

impl<'a> Row<'a> {
    /// A cell without white space around it, unless it is blank or says "not reported".
    pub(super) fn reported(&self, at: usize) -> Option<&'a str> {
        reported(self.record, at, self.not_reported)
    }

    fn is_blank(&self, at: usize) -> bool {
        cell(self.record, at).is_empty()
    }
}

fn cell(record: &StringRecord, at: usize) -> &str {
    record.get(at).unwrap_or_default().trim()
}

fn reported<'a>(record: &'a StringRecord, at: usize, not_reported: &[String]) -> Option<&'a str> {
    Some(cell(record, at)).filter(|cell| !cell.is_empty() && !not_reported.iter().any(|token| token == cell))
}

impl<'a> Plan<'a> {
    pub(super) fn new(spec: &'a Spec, header: &'a Header) -> Result<Plan<'a>, Refusal> {
        let places = |template: &Template| -> Result<Vec<usize>, Refusal> {
            template.columns().map(|column| header.at(column)).collect()
        };
        let mut leave_out = Vec::new();
        for rule in &spec.leave_out {
            leave_out.push((header.at(&rule.column)?, rule));
        }
        let mut events = Vec::new();
        for event in &spec.events {
            let mut members: Vec<(Arc<str>, Member<'a>)> = Vec::new();
            for (member, value) in &event.set {
                members.push((member.as_str().into(), Member::Set(value)));
            }
            for (member, column) in &event.count {
                members.push((member.as_str().into(), Member::Count(header.at(column)?)));
            }
            for (member, template) in &event.text {
                members.push((member.as_str().into(), Member::Text(template, places(template)?)));
            }
            for (member, code) in &event.code {
                // The map exists: the description was checked.
                let Some(map) = spec.maps.get(&code.map) else { continue };
                members.push((member.as_str().into(), Member::Code(header.at(&code.column)?, map)));
            }
            let at = event.at.as_deref().or(spec.time_column.as_deref()).unwrap_or_default();
            events.push(EventPlan {
                name: &event.name,
                kind: event.kind.as_str().into(),
                at: header.at(at)?,
                members,
            });
        }
        Ok(Plan {
            spec,
            header,
            source: spec.source.as_str().into(),
            station: header.at(&spec.station.column)?,
            id_columns: places(&spec.id)?,
            leave_out,
            events,
        })
    }

    /// Whether a rule leaves the row out, as a total.
    pub(super) fn leaves_out(&self, record: &StringRecord) -> bool {
        self.leave_out.iter().any(|(at, rule)| rule.holds(cell(record, *at)))
    }

    /// Reads one row, wholly or not at all.
    pub(super) fn read(
        &self,
        record: &StringRecord,
        line: u64,
        before: Option<Timestamp>,
        with_cells: bool,
    ) -> Result<RowRead, String> {
        let not_reported = &self.spec.cells.not_reported;
        let row = Row { record, not_reported, station: self.station(record)? };
        let mut events: Vec<Event> = Vec::with_capacity(self.events.len());
        for (rank, plan) in self.events.iter().enumerate() {
            let Some(stamp) = row.reported(plan.at) else {
                match self.spec.shape {
                    Shape::Visit => continue,
                    Shape::Observation => return Err(format!("column {} is blank", self.name(plan.at))),
                }
            };
            let named = |sentence: String| format!("column {}: {sentence}", self.name(plan.at));
            let known = match (self.spec.shape, before, events.last()) {
                (Shape::Observation, Some(before), _) => Known::Past(before),
                (Shape::Visit, _, Some(Event { time, .. })) => Known::NotBefore(*time),
                (Shape::Observation, None, _) | (Shape::Visit, _, None) => Known::Nothing,
            };
            let time = self.spec.clockwork.read(stamp, known).map_err(named)?;
            events.push(Event {
                id: self.spec.id.render(&row, time, plan.name, &self.id_columns)?,
                source: self.source.clone(),
                kind: plan.kind.clone(),
                subject: row.station.clone(),
                time,
                data: self.data(plan, &row, time)?,
                rank,
            });
        }
        let Some(time) = events.iter().map(|event| event.time).min() else {
            return Err("no time column of the visit is filled".to_owned());
        };
        let cells = if with_cells { self.cells(&row) } else { BTreeMap::new() };
        Ok(RowRead { line, station: row.station, time, cells, events })
    }

    fn station(&self, record: &StringRecord) -> Result<Arc<str>, String> {
        let rule = &self.spec.station;
        let cell = reported(record, self.station, &self.spec.cells.not_reported)
            .ok_or_else(|| format!("column {} is blank: whose row is it?", rule.column))?;
        let mapped = match &rule.map {
            Some(map) => map.get(cell).map(String::as_str).ok_or_else(|| {
                format!("column {}: `{}` is not in [station.map]", rule.column, repeatable(cell))
            })?,
            None => cell,
        };
        Ok(if rule.lower_case { mapped.to_lowercase().into() } else { mapped.into() })
    }

    fn data(
        &self,
        plan: &EventPlan<'_>,
        row: &Row<'_>,
        time: Timestamp,
    ) -> Result<Vec<(Arc<str>, Value)>, String> {
        let mut data = Vec::with_capacity(plan.members.len());
        for (member, from) in &plan.members {
            let value = match from {
                Member::Set(value) => Some((*value).clone()),
                Member::Text(template, columns) => {
                    Some(Value::String(template.render(row, time, plan.name, columns)?))
                }
                Member::Count(at) => self.value(row, *at, count)?,
                Member::Code(at, map) => self.value(row, *at, |cell| {
                    let code = map
                        .get(cell)
                        .ok_or_else(|| format!("`{}` is not in the feed's map", repeatable(cell)))?;
                    Ok(Value::String(code.clone()))
                })?,
            };
            data.extend(value.map(|value| (member.clone(), value)));
        }
        Ok(data)
    }

    /// A cell's value: `null` where it was not reported, nothing where the member is to be left out.
    fn value(
        &self,
        row: &Row<'_>,
        at: usize,
        read: impl FnOnce(&str) -> Result<Value, String>,
    ) -> Result<Option<Value>, String> {
        let named = |sentence: String| format!("column {}: {sentence}", self.name(at));
        match (row.reported(at), self.spec.cells.blank) {
            (Some(cell), _) => read(cell).map(Some).map_err(named),
            (None, Blank::Absent) if row.is_blank(at) => Ok(None),
            (None, Blank::Refuse) if row.is_blank(at) => Err(named("it is blank".to_owned())),
            (None, Blank::NotReported | Blank::Absent | Blank::Refuse) => Ok(Some(Value::Null)),
        }
    }

    fn cells(&self, row: &Row<'_>) -> BTreeMap<String, Option<String>> {
        let cell = |(at, name): (usize, &String)| (name.clone(), row.reported(at).map(str::to_owned));
        self.header.names().iter().enumerate().map(cell).collect()
    }

    fn name(&self, at: usize) -> &str {
        self.header.names().get(at).map_or("?", String::as_str)
    }
}

/// A count is plain digits. `12a`, `-1`, `1.0` and `1 234` are somebody's mistake, not ours to guess.
fn count(cell: &str) -> Result<Value, String> {
    match cell.parse::<u32>() {
        Ok(number) if cell.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Value::from(number)),
        Ok(_) | Err(_) => Err(format!("`{}` is not a whole number from 0 up", repeatable(cell))),
    }
}
