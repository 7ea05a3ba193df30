//! A report as JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use situation::alarm::{Acknowledged, Alarm, Shelved};
use situation::area::{Area, Station};
use situation::board::NoticeFigures;
use situation::event::{Note, Person};
use situation::handover::{Hours, LevelReport, Peak, Report, SilenceReport, StationReport};
use situation::name::{AlarmId, FeedId, NoteId, NoticeId, StationId, Word};
use situation::time::Instant;

use super::people;
use crate::board::trilingual;
use crate::canonical;
use crate::time::format;

/// The form of what a report says: it is raised with every change by which the same facts make another one, so that whoever
/// holds a hash of before knows why it is another.
pub const FORM: u32 = 2;

/// Draws a report. Its `hash` is the BLAKE3 of its canonical JSON without `hash`, `epoch` and `signatures`: what two people
/// who signed it have signed.
#[must_use]
pub fn draw(report: &Report, epoch: &str) -> Value {
    let area = &report.area;
    let mut drawn = json!({
        "form": FORM,
        "area": area.id,
        "name": trilingual(&area.name),
        "time_zone": area.calendar.zone.iana_name(),
        "simulated": report.simulated.then_some(true),
        "shift": {
            "name": report.span.name.as_ref().map(trilingual),
            "from": format(report.span.from),
            "to": format(report.span.to),
        },
        "known_from": at(report.begun),
        "ended": report.ended,
        "until": format(report.until),
        "sequence": report.sequence,
        "levels": levels(&report.levels),
        "stations": keyed(area.stations.iter().map(|(id, station)| {
            let told = report.stations.get(id).cloned().unwrap_or_default();
            (id.as_str(), self::station(area, station, &told))
        })),
        "silences": keyed(report.silences.iter().map(|(feed, told)| (feed.as_str(), silences(area, feed, told)))),
        "alarms": keyed(report.alarms.iter().map(|((raised, id), alarm)| {
            (format!("{} {id}", format(*raised)), self::alarm(area, id, alarm))
        })),
        "notes": keyed(report.notes.iter().map(|(id, (written, note))| (id_of(id), self::note(area, *written, note)))),
        "notices": notices(&report.notices),
    });
    canonical::prune(&mut drawn);
    let hash = canonical::hash(&canonical::text(&drawn));
    if let Value::Object(members) = &mut drawn {
        members.insert("hash".into(), hash.into());
        members.insert("epoch".into(), epoch.into());
    }
    drawn
}

fn id_of(id: &NoteId) -> String {
    id.as_str().to_owned()
}

pub(super) fn keyed<K: Into<String>>(members: impl Iterator<Item = (K, Value)>) -> Value {
    Value::Object(members.map(|(key, value)| (key.into(), value)).collect::<Map<_, _>>())
}

fn at(moment: Option<Instant>) -> Option<String> {
    moment.map(format)
}

pub(super) fn peak(peak: Option<&Peak>) -> Value {
    peak.map_or(Value::Null, |peak| json!({"count": peak.count, "at": format(peak.at)}))
}

fn station(area: &Area, station: &Station, told: &StationReport) -> Value {
    let role = |post: &str| area.roles.get(post.split('.').next().unwrap_or(post)).map(trilingual);
    let gaps = told.gaps.iter().map(|(post, gaps)| {
        let gaps = gaps.iter().map(|gap| {
            let missing =
                json!({"to": at(gap.to), "missing": gap.missing, "required": gap.required, "on_duty": gap.on_duty});
            (format(gap.from), missing)
        });
        (post.as_str(), json!({"name": role(post), "times": keyed(gaps)}))
    });
    let places = told.places.iter().map(|(kind, places): (&Word, _)| {
        let least = places.least_free.map(|(free, when)| json!({"free": free, "at": format(when)}));
        (kind.as_str(), json!({"least_free": least, "most_boarding": peak(places.most_boarding.as_ref())}))
    });
    let closings = told.closings.iter().map(|(when, closing)| (format(*when), people::closing(closing)));
    json!({
        "name": trilingual(&station.name),
        "kind": station.kind.as_str(),
        "rank": station.rank,
        "start": hours(&told.at_start, told.waiting.0),
        "end": hours(&told.at_end, told.waiting.1),
        "most_waiting": peak(told.most_waiting.as_ref()),
        "most_present": peak(told.most_present.as_ref()),
        "arrived": told.arrived,
        "left": people::left(&told.left),
        "lanes": people::lanes(area, station, &told.waits),
        "closings": keyed(closings),
        "gaps": keyed(gaps),
        "places": keyed(places),
        "callbacks": keyed(told.callbacks.iter().map(|(line, most)| (line.as_str(), peak(Some(most))))),
        "levels": levels(&told.levels),
        "notices": notices(&told.notices),
    })
}

fn hours(hours: &Hours, waiting: Option<u32>) -> Value {
    json!({
        "open": hours.open,
        "intake_until": at(hours.intake_until),
        "doors_until": at(hours.doors_until),
        "waiting": waiting,
    })
}

fn levels(levels: &[LevelReport]) -> Value {
    keyed(
        levels
            .iter()
            .map(|stood| (format(stood.from), json!({"level": stood.level.number(), "to": at(stood.to)}))),
    )
}

/// With the names of the stations that the feed should have spoken of.
fn silences(area: &Area, feed: &FeedId, told: &[SilenceReport]) -> Value {
    let family = area.feeds.get(feed).map(|feed| feed.family.as_str().to_owned());
    let times = told.iter().map(|silence| {
        let names = silence.stations.iter().map(|id| (id.as_str(), station_name(area, id)));
        let told = json!({"to": at(silence.to), "worst": silence.worst.as_str(), "stations": keyed(names)});
        (at(silence.from).unwrap_or_else(|| "never".to_owned()), told)
    });
    json!({"family": family, "times": keyed(times)})
}

fn station_name(area: &Area, id: &StationId) -> Value {
    area.stations.get(id).map_or(Value::Null, |station| trilingual(&station.name))
}

fn alarm(area: &Area, id: &AlarmId, alarm: &Alarm) -> Value {
    let cause = &alarm.cause;
    let rule = area.alarms.rules.get(&cause.rule);
    let station = cause.station.as_ref().and_then(|id| area.stations.get(id));
    let lane = station.zip(cause.lane.as_ref()).and_then(|(station, id)| station.lanes.get(id));
    let role = cause.role.as_deref().and_then(|post| area.roles.get(post.split('.').next().unwrap_or(post)));
    let handled = |by: &Person, when: Instant, reason: Option<&str>, until: Option<Instant>| {
        json!({
            "at": format(when), "actor": by.actor.as_str(), "role": by.role.as_str(), "reason": reason,
            "until": at(until),
        })
    };
    json!({
        "alarm": id.as_str(),
        "text": rule.map(|rule| trilingual(&rule.text)),
        "rank": rule.and_then(|rule| rule.rank),
        "station": cause.station.as_ref().map(StationId::as_str),
        "station_name": station.map(|station| trilingual(&station.name)),
        "lane_name": lane.map(|lane| trilingual(&lane.name)),
        "role_name": role.map(trilingual),
        "urgency": cause.urgency.as_ref().map(|code| code.as_str()),
        "raised_at": format(alarm.raised),
        // From when another tells of the same cause, this one is over.
        "cleared_at": at(alarm.cleared.or(alarm.superseded)),
        "acknowledged": alarm.acknowledged.as_ref().map(|Acknowledged { at, by, reason }| {
            handled(by, *at, reason.as_deref(), None)
        }),
        "shelved": alarm.shelved.as_ref().map(|Shelved { at, until, by, reason }| {
            handled(by, *at, Some(reason), Some(*until))
        }),
    })
}

fn note(area: &Area, written: Instant, note: &Note) -> Value {
    let Note { station, text, until, by: Person { actor, role } } = note;
    json!({
        "at": format(written),
        "until": format(*until),
        "station": station.as_ref().map(StationId::as_str),
        "station_name": station.as_ref().map(|id| station_name(area, id)),
        "text": text,
        "actor": actor.as_str(),
        "role": role.as_str(),
    })
}

fn notices(notices: &BTreeMap<NoticeId, NoticeFigures>) -> Value {
    let notice = |(id, notice): (&NoticeId, &NoticeFigures)| {
        let NoticeFigures { feed: _, kind, text, from, until } = notice;
        let text = json!({"fi": text.fi, "sv": text.sv, "en": text.en});
        let told = json!({"kind": kind.as_str(), "text": text, "from": format(*from), "until": at(*until)});
        (id.as_str().to_owned(), told)
    };
    keyed(notices.iter().map(notice))
}
