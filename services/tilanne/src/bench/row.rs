//! One figure a row.

use std::borrow::Cow;

use serde_json::json;

use crate::Error;
use crate::output::say;

/// A figure and what stands beside it.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub name: Cow<'static, str>,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// The limit or peer measured in the same run, and its value.
    pub beside: Option<(&'static str, f64)>,
}

impl Row {
    /// A figure beside a limit.
    pub const fn beside(
        name: &'static str,
        value: f64,
        unit: &'static str,
        what: &'static str,
        limit: f64,
    ) -> Self {
        Self { name: Cow::Borrowed(name), value, unit, beside: Some((what, limit)) }
    }

    /// A figure that stands for itself.
    pub const fn alone(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), value, unit, beside: None }
    }

    /// The same under a name that was made.
    pub fn named(self, name: String) -> Self {
        Self { name: Cow::Owned(name), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        self.beside.map(|(_, limit)| self.value / limit).filter(|ratio| ratio.is_finite())
    }

    /// Prints it as a line of text or JSON.
    pub fn print(&self, as_json: bool) -> Result<(), Error> {
        if as_json {
            let (what, limit) = self.beside.unzip();
            let row = json!({
                "name": self.name, "value": round(self.value), "unit": self.unit,
                "beside": what, "beside_value": limit.map(round), "ratio": self.ratio().map(round),
            });
            return say(&row.to_string());
        }
        let beside = match (self.beside, self.ratio()) {
            (Some((what, limit)), Some(ratio)) => {
                format!("  beside {what} {}  ratio {ratio:.3}", figure(limit))
            }
            (_, _) => String::new(),
        };
        say(&format!("{:34} {:>12} {:9}{beside}", self.name, figure(self.value), self.unit))
    }
}

fn figure(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// The median of each row over several runs, with the limit of the run that it comes from.
pub fn medians(runs: Vec<Vec<Row>>) -> Vec<Row> {
    let rows = runs.first().map_or(0, Vec::len);
    (0..rows)
        .filter_map(|at| {
            let mut column: Vec<Row> = runs.iter().filter_map(|run| run.get(at).cloned()).collect();
            column.sort_by(|a, b| a.value.total_cmp(&b.value));
            let middle = column.len() / 2;
            column.into_iter().nth(middle)
        })
        .collect()
}

/// A quantile of sorted values; 0 of none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = ((sorted.len().saturating_sub(1)) as f64 * q).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}
