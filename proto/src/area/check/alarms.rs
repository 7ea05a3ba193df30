//! The rules of alarms.

use std::time::Duration;

use situation::alarm::{AlarmRules, Escalation, Rule, SUMMARY, Watch};
use situation::area::Area;
use situation::name::{StationId, UrgencyCode, Word};
use situation::strain::Level;

use super::{Checked, names, wrong};
use crate::area::file::{AlarmRuleFile, AlarmsFile};
use crate::subject::Family;

/// Boards look a day ahead into the plan: a rule can look no further.
const FURTHEST_AHEAD: Duration = Duration::from_secs(24 * 3600);

pub(super) fn alarms(file: &AlarmsFile, area: &Area) -> Checked<AlarmRules> {
    let usual = AlarmRules::default();
    let most_new = file.most_new.unwrap_or(usual.most_new);
    let within = file.within.map_or(usual.within, |span| span.0);
    if most_new == 0 || within.is_zero() {
        return wrong("alarms", "most_new and within must be more than zero: no alarm would ever be raised");
    }
    let mut rules = usual.rules;
    for (id, it) in &file.rules {
        rules.insert(Word::new(id), rule(id, it, area)?);
    }
    Ok(AlarmRules { rules, most_new, within })
}

fn rule(id: &str, file: &AlarmRuleFile, area: &Area) -> Checked<Rule> {
    let place = format!("alarms.rules.{id}");
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if id.is_empty() || id == SUMMARY || !id.bytes().all(allowed) {
        return wrong(
            place,
            format!("use lower-case letters, digits, hyphens, underscores, and not {SUMMARY:?}"),
        );
    }
    if let Some(unknown) = file.stations.iter().find(|id| !area.stations.contains_key(id.as_str())) {
        return wrong(place, format!("there is no station {unknown:?}"));
    }
    let stations = file.stations.iter().map(|id| id.as_str().into()).collect();
    let escalation = match (&file.escalate_after, &file.escalate_to) {
        (Some(after), Some(to)) => Some(Escalation { after: after.0, to: names(to) }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            return wrong(place, "escalate_after and escalate_to belong together: set both or none");
        }
    };
    Ok(Rule {
        watch: watch(&place, file, area)?,
        stations: (!file.stations.is_empty()).then_some(stations),
        rank: file.rank,
        text: names(&file.text),
        hold: file.hold.map_or(Duration::ZERO, |span| span.0),
        escalation,
    })
}

fn watch(place: &str, file: &AlarmRuleFile, area: &Area) -> Checked<Watch> {
    let own: &[&str] = match file.kind.as_str() {
        "overdue" => &["urgencies", "after"],
        "staffing_gap" => &["roles", "ahead"],
        "feed_lost" => &["families"],
        "closed_inside" | "closes_late" => &[],
        "more_than_usual" => &["by"],
        "level" => &["level"],
        other => {
            return wrong(
                place,
                format!(
                    "kind {other:?}: use overdue, staffing_gap, feed_lost, closed_inside, closes_late, more_than_usual or level"
                ),
            );
        }
    };
    let given = [
        ("urgencies", !file.urgencies.is_empty()),
        ("after", file.after.is_some()),
        ("roles", !file.roles.is_empty()),
        ("ahead", file.ahead.is_some()),
        ("families", !file.families.is_empty()),
        ("by", file.by.is_some()),
        ("level", file.level.is_some()),
    ];
    if let Some((key, _)) = given.iter().find(|(key, given)| *given && !own.contains(key)) {
        return wrong(place, format!("{key} means nothing to kind {:?}: leave it out", file.kind));
    }
    Ok(match file.kind.as_str() {
        "overdue" => {
            let known = |code: &str| {
                area.schemes
                    .values()
                    .any(|scheme| scheme.urgencies.iter().any(|urgency| urgency.code.as_str() == code))
            };
            let is_unknown = |code: &&String| !UrgencyCode::new(code).is_untriaged() && !known(code);
            if let Some(unknown) = file.urgencies.iter().find(is_unknown) {
                return wrong(place, format!("no scheme has the urgency {unknown:?}"));
            }
            let urgencies = file.urgencies.iter().map(UrgencyCode::new).collect();
            Watch::Overdue { urgencies, after: file.after.map_or(Duration::ZERO, |span| span.0) }
        }
        "staffing_gap" => {
            let ahead = file.ahead.map_or(Duration::ZERO, |span| span.0);
            if ahead > FURTHEST_AHEAD {
                return wrong(place, "ahead is more than a day: boards look no further into the plan");
            }
            Watch::StaffingGap { roles: file.roles.iter().map(Word::new).collect(), ahead }
        }
        "feed_lost" => {
            let known = |name: &&String| Family::ALL.iter().any(|family| family.as_str() == name.as_str());
            if let Some(unknown) = file.families.iter().find(|name| !known(name)) {
                return wrong(place, format!("family {unknown:?}: use queue, staffing or capacity"));
            }
            Watch::FeedLost { families: file.families.iter().map(Word::new).collect() }
        }
        "closed_inside" => Watch::ClosedInside,
        "more_than_usual" => match file.by {
            Some(0) => return wrong(place, "by must be at least 1: nothing is more than usual by nothing"),
            by => Watch::MoreThanUsual { by: by.unwrap_or(1) },
        },
        "level" => match file.level.and_then(Level::of).filter(|level| *level > Level::Normal) {
            Some(at_least) => {
                let rules = area.strain.as_ref();
                let has_level =
                    |id: &StationId, station| rules.is_some_and(|rules| rules.of(id, station).is_some());
                let is_meant = |id: &StationId| {
                    file.stations.is_empty() || file.stations.iter().any(|it| it == id.as_str())
                };
                if !area.stations.iter().any(|(id, station)| is_meant(id) && has_level(id, station)) {
                    return wrong(
                        place,
                        "no station that it is about has a level: give one to it in [strain]",
                    );
                }
                Watch::Level { at_least }
            }
            None => return wrong(place, "set level to 2, 3 or 4: from that level of strain on"),
        },
        _ => Watch::ClosesLate,
    })
}
