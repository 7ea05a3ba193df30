//! A feed with its memory: bodies go in, rows and events come out.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use super::header::Header;
use super::plan::Plan;
use super::{Memory, Outcome, Reading, Refusal, RowRead, Spec, body, repeatable};

/// Reads the bodies of one feed, in the order in which they were published.
#[derive(Debug, Clone)]
pub struct Adapter {
    spec: Spec,
    memory: Memory,
}

/// How much of each row a reading keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The events only.
    Events,
    /// Every decoded cell too, for a person to look at.
    Cells,
}

impl Adapter {
    /// An adapter that has read nothing yet.
    pub fn new(spec: Spec) -> Adapter {
        Adapter::with_memory(spec, Memory::default())
    }

    /// An adapter that goes on from an earlier one's memory.
    pub fn with_memory(spec: Spec, memory: Memory) -> Adapter {
        Adapter { spec, memory }
    }

    /// The feed's description.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// What would have to be handed to a new adapter for it to go on from here.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Reads one body, plain or gzip.
    ///
    /// # Errors
    /// [`Refusal`] if the body is not the feed, whole; then nothing of it is used or remembered.
    pub fn read(&mut self, bytes: &[u8], detail: Detail) -> Result<Reading, Refusal> {
        let bytes = body::unpack(bytes, &self.spec)?;
        let digest = *blake3::hash(&bytes).as_bytes();
        if self.memory.is_last(&digest) {
            return Ok(Reading::nothing(Outcome::Unchanged));
        }
        let text = body::decode(&bytes, &self.spec)?;
        if text.trim().is_empty() {
            return Ok(Reading::nothing(Outcome::Empty));
        }
        let before = self.memory.heard_before(&digest);
        let reading = Table { spec: &self.spec, text: &text, before, detail }.read()?;
        self.memory.note(digest, reading.rows.iter().map(|row| row.time).max());
        Ok(reading)
    }
}

/// One decoded body.
struct Table<'a> {
    spec: &'a Spec,
    text: &'a str,
    before: Option<Timestamp>,
    detail: Detail,
}

/// What the end of a body is judged by.
#[derive(Default)]
struct End {
    rows: usize,
    short_of: Option<(u64, usize)>,
    last_cell: Option<String>,
}

impl Table<'_> {
    fn read(&self) -> Result<Reading, Refusal> {
        let mut records = ReaderBuilder::new()
            .delimiter(self.spec.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(self.text.as_bytes());
        let mut record = StringRecord::new();
        next(&mut records, &mut record)?;
        let header = Header::new(&record, self.spec)?;
        let plan = Plan::new(self.spec, &header)?;
        let closing = match &self.spec.complete.last_row {
            Some(rule) => Some(header.at(&rule.column)?),
            None => None,
        };
        let mut reading = Reading::nothing(Outcome::Rows);
        let mut end = End::default();
        let mut ids = HashSet::new();
        while next(&mut records, &mut record)? {
            let line = self.line(&record);
            self.check_record(&record, line, end.rows)?;
            end.rows += 1;
            end.last_cell = closing.map(|at| record.get(at).unwrap_or_default().trim().to_owned());
            let columns = header.names().len();
            end.short_of = (record.len() != columns).then_some((line, record.len()));
            if record.len() != columns {
                reading.complain(line, format!("expected {columns} cells, found {}", record.len()));
            } else if plan.leaves_out(&record) {
                reading.left_out += 1;
            } else {
                let row = plan.read(&record, line, self.before, self.detail == Detail::Cells);
                match row.and_then(|row| refuse_repeated(row, &mut ids)) {
                    Ok(row) => reading.rows.push(row),
                    Err(sentence) => reading.complain(line, sentence),
                }
            }
        }
        self.check_end(&end, header.names().len())?;
        match reading.complaints.first() {
            Some(first) if reading.rows.is_empty() => {
                Err(Refusal::NoRowReadable { rows: end.rows, first: first.clone() })
            }
            Some(_) | None => Ok(reading),
        }
    }

    /// The line where a record begins. The parser's own position stands before the line ends that it has yet
    /// to skip, such as the second half of CR LF.
    fn line(&self, record: &StringRecord) -> u64 {
        let Some(position) = record.position() else { return 0 };
        let from = usize::try_from(position.byte()).ok().and_then(|at| self.text.as_bytes().get(at..));
        let skipped = from.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        (position.line()..).nth(skipped.filter(|byte| **byte == b'\n').count()).unwrap_or_default()
    }

    fn check_record(&self, record: &StringRecord, line: u64, rows: usize) -> Result<(), Refusal> {
        let limits = &self.spec.limits;
        if rows >= limits.rows {
            return Err(Refusal::TooManyRows { limit: limits.rows });
        }
        if let Some(long) = record.iter().find(|cell| cell.len() > limits.field_bytes) {
            return Err(Refusal::CellTooLong { line, found: long.len(), limit: limits.field_bytes });
        }
        if !self.spec.line_breaks_in_cells && record.as_slice().contains(['\n', '\r']) {
            return Err(Refusal::LineBreak { line });
        }
        Ok(())
    }

    /// A body that lacks its end is refused: half a province must not pass for a quiet one.
    fn check_end(&self, end: &End, columns: usize) -> Result<(), Refusal> {
        let rule = &self.spec.complete;
        let cut_off = |expected: String, found: String| Err(Refusal::CutOff { expected, found });
        if let Some((line, cells)) = end.short_of {
            return cut_off(format!("{columns} cells in the last row"), format!("{cells} in line {line}"));
        }
        if rule.final_line_end && !self.text.ends_with(['\n', '\r']) {
            return cut_off("a line end after the last row".to_owned(), "none".to_owned());
        }
        if end.rows < rule.rows_at_least {
            return cut_off(format!("at least {} rows", rule.rows_at_least), end.rows.to_string());
        }
        if let Some(last) = &rule.last_row {
            let found = end.last_cell.as_deref().unwrap_or_default();
            if end.last_cell.is_none() || !last.holds(found) {
                let expected = format!("{} in column {} of the last row", last.wanted(), last.column);
                return cut_off(expected, format!("`{}`", body::quote(found)));
            }
        }
        Ok(())
    }
}

/// The next record. The text is valid and lengths are free, so nothing is left for the parser to refuse; what
/// it would say is kept all the same.
fn next(records: &mut csv::Reader<&[u8]>, record: &mut StringRecord) -> Result<bool, Refusal> {
    records
        .read_record(record)
        .map_err(|error| Refusal::CutOff { expected: "a row".to_owned(), found: error.to_string() })
}

/// Two rows of one id cannot both be true, and which one is cannot be told: the first stands, aloud.
fn refuse_repeated(row: RowRead, ids: &mut HashSet<String>) -> Result<RowRead, String> {
    if let Some(event) = row.events.iter().find(|event| ids.contains(&event.id)) {
        let id = repeatable(&event.id);
        return Err(format!("its id {id} was already given by an earlier row of this body"));
    }
    ids.extend(row.events.iter().map(|event| event.id.clone()));
    Ok(row)
}
