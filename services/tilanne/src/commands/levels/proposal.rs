//! What was seen, as rules that an area file takes.

use situation::area::Area;
use situation::name::{LaneId, StationId, Word};
use situation::strain::{Measure, MeasureRule, StationRule, StrainRules};

use super::samples::{LEAST, PERCENTILES, Samples, Station};

/// The lines of the proposal: a rule for each station that was seen open, with the numbers of samples as remarks.
pub fn lines(area: &Area, rules: &StrainRules, samples: &Samples, every: u32) -> Vec<String> {
    let [second, third, fourth] = PERCENTILES;
    let mut lines = vec![
        format!(
            "# Proposed from the journal of {}, a look every {every} minutes while a station is not closed:",
            area.id
        ),
        format!(
            "# from = the {second}th, {third}th and {fourth}th percentile of what was seen. Read it before you use it."
        ),
    ];
    for (id, station) in &area.stations {
        let Some(rule) = rules.of(id, station) else { continue };
        lines.push(String::new());
        match samples.of(id) {
            Some(seen) => lines.extend(station_lines(id, rule, seen)),
            None => lines.push(format!("# {id}: not enough data, it was never seen open")),
        }
    }
    lines
}

fn station_lines(id: &StationId, rule: &StationRule, seen: &Station) -> Vec<String> {
    let place = format!("strain.stations.{}", quoted(id.as_str()));
    let mut lines = vec![
        format!("[{place}]"),
        format!("needs = {}", rule.needs),
        format!("dwell = \"{}s\"", rule.dwell.as_secs()),
        String::new(),
        format!("[{place}.measures]"),
    ];
    for (name, rule) in &rule.measures {
        let count = format!("n = {} of {}", seen.count(name), seen.looks);
        let (from, remark) = match seen.thresholds(name) {
            Some(from) => (rising(from), count),
            None => (rule.from, format!("not enough data, so as it was: {count}, {LEAST} are needed")),
        };
        lines.push(format!("{} = {{ {} }} # {remark}", quoted(name.as_str()), members(rule, from)));
    }
    lines
}

/// Thresholds are above 0: what is at 0 in most looks has its level 2 from the first that is more.
fn rising(from: [i64; 3]) -> [i64; 3] {
    from.map(|from| from.max(1))
}

fn members(rule: &MeasureRule, from: [i64; 3]) -> String {
    let [second, third, fourth] = from;
    let margin = rule.margin.min(second - 1);
    let mut members = vec![format!("from = [{second}, {third}, {fourth}]")];
    if margin > 0 {
        members.push(format!("margin = {margin}"));
    }
    if rule.shown_only {
        members.push("shown_only = true".to_owned());
    }
    let (lanes, roles) = match &rule.measure {
        Measure::OverdueShare { lanes } => (Some(lanes), None),
        Measure::WaitingPerStaff { lanes, roles } => (Some(lanes), Some(roles)),
        Measure::StaffingGap { roles } | Measure::Edwin { roles, places: _ } => (None, Some(roles)),
        Measure::Occupancy { .. } | Measure::Boarders { .. } | Measure::Nedocs { .. } => (None, None),
    };
    members.extend(list("lanes", lanes.into_iter().flatten().map(LaneId::as_str)));
    members.extend(list("roles", roles.into_iter().flatten().map(Word::as_str)));
    let (places, beds) = match &rule.measure {
        Measure::Boarders { places } | Measure::Edwin { places, roles: _ } => (Some(places), None),
        Measure::Nedocs { places, beds } => (Some(places), Some(beds)),
        Measure::OverdueShare { .. }
        | Measure::WaitingPerStaff { .. }
        | Measure::Occupancy { .. }
        | Measure::StaffingGap { .. } => (None, None),
    };
    for (key, resource) in [("places", places), ("beds", beds)] {
        members.extend(resource.map(|resource| format!("{key} = {}", quoted(resource.as_str()))));
    }
    members.join(", ")
}

fn list<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.map(quoted).collect();
    (!names.is_empty()).then(|| format!("{key} = [{}]", names.join(", ")))
}

/// A name as TOML's basic string, which a key can be, too.
fn quoted(name: &str) -> String {
    toml::Value::from(name).to_string()
}
