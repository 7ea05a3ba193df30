//! Columns by name. Published headers carry stray blanks and TABs that come and go; names do not.

use csv::StringRecord;

use super::{Refusal, Spec, body, keys, repeatable};

/// A header, by collapsed names.
pub(super) struct Header {
    names: Vec<String>,
}

/// A name without white space around it and with single blanks inside; case is kept.
pub(super) fn collapse(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Header {
    /// Takes the first record as a header.
    pub(super) fn new(record: &StringRecord, spec: &Spec) -> Result<Header, Refusal> {
        let names: Vec<String> = record.iter().map(collapse).collect();
        if names.len() == 1 && spec.columns().any(|column| Some(column) != names.first().map(String::as_str))
        {
            let header = body::quote(record.get(0).unwrap_or_default());
            return Err(Refusal::Delimiter { delimiter: char::from(spec.delimiter), header });
        }
        let header = Header { names };
        spec.columns().try_for_each(|column| header.at(column).map(|_| ()))?;
        for (at, name) in header.names.iter().enumerate() {
            // A nameless column (a comma at the end of every line) can be there twice: nothing asks for it.
            if !name.is_empty() && header.names.iter().take(at).any(|earlier| earlier == name) {
                return Err(Refusal::ColumnTwice { column: repeatable(name).to_owned() });
            }
        }
        Ok(header)
    }

    /// Where a column stands.
    pub(super) fn at(&self, column: &str) -> Result<usize, Refusal> {
        self.names.iter().position(|name| name == column).ok_or_else(|| Refusal::Column {
            expected: column.to_owned(),
            // A table without its header begins with a row, whose cells are no names.
            nearest: keys::nearest(column, self.names.iter().map(|name| repeatable(name)))
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// The collapsed names, in the order of the body.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}

impl Spec {
    /// Every column that the description speaks of.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let events = self.events.iter().flat_map(|event| {
            let count = event.count.values().map(String::as_str);
            let code = event.code.values().map(|code| code.column.as_str());
            let text = event.text.values().flat_map(|template| template.columns());
            event.at.as_deref().into_iter().chain(count).chain(code).chain(text)
        });
        let rules = self.leave_out.iter().chain(&self.complete.last_row).map(|rule| rule.column.as_str());
        std::iter::once(self.station.column.as_str())
            .chain(self.time_column.as_deref())
            .chain(self.required_columns.iter().map(String::as_str))
            .chain(self.id.columns())
            .chain(rules)
            .chain(events)
    }
}
