//! Figures, their medians, and the targets beside them.

use serde_json::{Map, Value, json};

/// One who did a piece of work, with the medians of what was counted.
pub struct Row {
    work: String,
    on: &'static str,
    who: &'static str,
    figures: Vec<Figure>,
}

struct Figure {
    name: &'static str,
    median: f64,
    low: f64,
    high: f64,
}

impl Row {
    /// From one sample a round; every sample has the same figures.
    pub fn new(
        work: impl Into<String>,
        on: &'static str,
        who: &'static str,
        samples: &[Vec<(&'static str, f64)>],
    ) -> Self {
        let names = samples.first().into_iter().flatten().map(|(name, _)| *name);
        let figures = names.enumerate().map(|(at, name)| {
            let mut column: Vec<f64> = samples.iter().filter_map(|sample| Some(sample.get(at)?.1)).collect();
            column.sort_by(f64::total_cmp);
            let at = |index: usize| column.get(index).copied().unwrap_or(f64::NAN);
            Figure {
                name,
                median: at(column.len() / 2),
                low: at(0),
                high: at(column.len().saturating_sub(1)),
            }
        });
        Self { work: work.into(), on, who, figures: figures.collect() }
    }

    /// The median of a figure.
    pub fn median(&self, name: &str) -> f64 {
        self.figures.iter().find(|figure| figure.name == name).map_or(f64::NAN, |figure| figure.median)
    }
}

/// A figure of ours against what was asked of it.
pub struct Target {
    work: String,
    on: &'static str,
    what: String,
    value: f64,
    limit: f64,
    at_least: bool,
}

impl Target {
    const fn reached(&self) -> bool {
        if self.at_least { self.value >= self.limit } else { self.value <= self.limit }
    }
}

/// Everything that was measured.
pub struct Table {
    as_json: bool,
    targets: Vec<Target>,
}

impl Table {
    /// An empty one, printed as text or as JSON lines.
    pub const fn new(as_json: bool) -> Self {
        Self { as_json, targets: Vec::new() }
    }

    /// Prints rows of one piece of work, each beside the first one's `beside` figure.
    pub fn show(&self, rows: &[Row], beside: &'static str) {
        let first = rows.first().map_or(f64::NAN, |row| row.median(beside));
        if self.as_json {
            rows.iter().for_each(|row| println!("{}", as_json(row, beside, first)));
            return;
        }
        let Some(head) = rows.first() else { return };
        println!("\n{} · {}", head.work, head.on);
        let names: String = head.figures.iter().map(|figure| format!("{:>13}", figure.name)).collect();
        println!("  {:20}{names}{:>9}{:>22}", "", "ratio", "range");
        for row in rows {
            let values: String = row.figures.iter().map(|it| format!("{:>13}", figure(it.median))).collect();
            let range = row.figures.iter().find(|it| it.name == beside);
            let range =
                range.map_or_else(String::new, |it| format!("{}..{}", figure(it.low), figure(it.high)));
            println!("  {:20}{values}{:>9.3}{range:>22}", row.who, row.median(beside) / first);
        }
    }

    /// Notes a target that wants at least this much.
    pub fn at_least(&mut self, of: &Row, what: impl Into<String>, value: f64, limit: f64) {
        self.target(of, what.into(), value, limit, true);
    }

    /// Notes a target that wants at most this much.
    pub fn at_most(&mut self, of: &Row, what: impl Into<String>, value: f64, limit: f64) {
        self.target(of, what.into(), value, limit, false);
    }

    fn target(&mut self, of: &Row, what: String, value: f64, limit: f64, at_least: bool) {
        self.targets.push(Target { work: of.work.clone(), on: of.on, what, value, limit, at_least });
    }

    /// Prints the targets. Answers with how many were missed.
    pub fn conclude(&self) -> usize {
        if !self.as_json && !self.targets.is_empty() {
            println!("\ntargets");
        }
        for target in &self.targets {
            let sign = if target.at_least { "≥" } else { "≤" };
            let reached = if target.reached() { "reached" } else { "MISSED" };
            if self.as_json {
                println!(
                    "{}",
                    json!({
                        "target": target.what, "work": target.work, "on": target.on,
                        "value": round(target.value), "at_least": target.at_least.then_some(target.limit),
                        "at_most": (!target.at_least).then_some(target.limit), "reached": target.reached(),
                    })
                );
            } else {
                let (work, value) = (format!("{} · {}", target.work, target.on), figure(target.value));
                println!("  {reached:8}{work:44}{value:>10} {sign} {:<7}{}", target.limit, target.what);
            }
        }
        self.targets.iter().filter(|target| !target.reached()).count()
    }
}

fn as_json(row: &Row, beside: &str, first: f64) -> Value {
    let mut members = Map::new();
    members.insert("work".to_owned(), json!(row.work));
    members.insert("on".to_owned(), json!(row.on));
    members.insert("who".to_owned(), json!(row.who));
    for it in &row.figures {
        let value = json!({"median": round(it.median), "low": round(it.low), "high": round(it.high)});
        members.insert(it.name.to_owned(), value);
    }
    members.insert("ratio".to_owned(), json!(round(row.median(beside) / first)));
    members.insert("ratio_of".to_owned(), json!(beside));
    Value::Object(members)
}

fn figure(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// A quantile of sorted values; not a number of none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = ((sorted.len().saturating_sub(1)) as f64 * q).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}
