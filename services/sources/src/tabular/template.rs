//! Texts made of constants and named parts, such as `{station}-{time}-{event}`.

use super::plan::Row;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Constant(String),
    Station,
    Time,
    Event,
    Column(String),
}

impl Template {
    /// Reads a template; the error is a sentence without the file's name.
    pub(super) fn parse(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once('{') {
            if !before.is_empty() {
                parts.push(Part::Constant(before.to_owned()));
            }
            let (name, after) = tail
                .split_once('}')
                .filter(|(name, _)| !name.contains('{'))
                .ok_or_else(|| format!("`{text}` opens a brace that it never closes"))?;
            parts.push(match name {
                "station" => Part::Station,
                "time" => Part::Time,
                "event" => Part::Event,
                _ => match name.strip_prefix("column:") {
                    Some(column) => Part::Column(super::header::collapse(column)),
                    None => {
                        return Err(format!(
                            "`{text}` names the part `{name}`; write one of station, time, event, column:NAME"
                        ));
                    }
                },
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Constant(rest.to_owned()));
        }
        Ok(Template(parts))
    }

    /// The columns that it needs.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Column(name) => Some(name.as_str()),
            Part::Constant(_) | Part::Station | Part::Time | Part::Event => None,
        })
    }

    pub(super) fn has_station(&self) -> bool {
        self.0.contains(&Part::Station)
    }

    pub(super) fn has_time(&self) -> bool {
        self.0.contains(&Part::Time)
    }

    pub(super) fn has_event(&self) -> bool {
        self.0.contains(&Part::Event)
    }

    /// The text for one event of a row. A blank or unreported cell refuses the row: an id with a hole would
    /// collide with the next one.
    pub(super) fn render(
        &self,
        row: &Row<'_>,
        time: jiff::Timestamp,
        event: &str,
        columns: &[usize],
    ) -> Result<String, String> {
        let mut text = String::with_capacity(40);
        let mut columns = columns.iter();
        for part in &self.0 {
            match part {
                Part::Constant(constant) => text.push_str(constant),
                Part::Station => text.push_str(&row.station),
                Part::Time => super::stamp::push_compact(&mut text, time),
                Part::Event => text.push_str(event),
                Part::Column(name) => {
                    let cell = columns.next().and_then(|at| row.reported(*at));
                    text.push_str(cell.ok_or_else(|| format!("column {name} is blank, and an id needs it"))?);
                }
            }
        }
        Ok(text)
    }
}
