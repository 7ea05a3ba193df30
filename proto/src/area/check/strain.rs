//! The rules of strain levels.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use situation::area::Area;
use situation::name::{LaneId, StationId, Trilingual, Word};
use situation::strain::{AreaRule, Level, Measure, MeasureRule, StationRule, StrainRules};

use super::{Checked, names, wrong};
use crate::area::file::{AreaStrainFile, CardsFile, MeasureFile, Names, Span, StationStrainFile, StrainFile};

/// What comes and goes within ten minutes is one level.
const USUAL_DWELL: Duration = Duration::from_secs(600);

/// The beginning of the name of a measure of places; the resource follows.
const OCCUPANCY: &str = "occupancy_";

pub(super) fn strain(file: &StrainFile, area: &Area) -> Checked<StrainRules> {
    let everywhere = cards(&BTreeMap::new(), file.cards.as_ref());
    let doctors = words(&file.doctors);
    let mut rules = StrainRules {
        stations: BTreeMap::new(),
        kinds: BTreeMap::new(),
        area: file.area.as_ref().map(|it| area_rule(it, area)).transpose()?,
        cards: cards(&everywhere, file.area.as_ref().and_then(|it| it.cards.as_ref())),
    };
    for (kind, it) in &file.kinds {
        let place = format!("strain.kinds.{kind}");
        if !super::KINDS.contains(&kind.as_str()) && area.stations.values().all(|it| it.kind.as_str() != kind)
        {
            return wrong(place, "no station is of that kind");
        }
        let rule = station_rule(&place, it, &doctors, &everywhere, |_| true)?;
        rules.kinds.insert(Word::new(kind), Arc::new(rule));
    }
    for (id, it) in &file.stations {
        let place = format!("strain.stations.{id}");
        let Some(station) = area.stations.get(id.as_str()) else {
            return wrong(place, format!("there is no station {id:?}"));
        };
        let has_lane = |lane: &str| station.lanes.contains_key(lane);
        let otherwise = rules.kinds.get(&station.kind).map_or(&everywhere, |rule| &rule.cards);
        let rule = station_rule(&place, it, &doctors, otherwise, has_lane)?;
        rules.stations.insert(StationId::new(id), Arc::new(rule));
    }
    Ok(rules)
}

fn area_rule(file: &AreaStrainFile, area: &Area) -> Checked<AreaRule> {
    let counts = |id: &str| area.stations.get(id).is_some_and(|station| station.counted);
    if let Some(unknown) = file.weights.keys().find(|id| !counts(id)) {
        return wrong("strain.area.weights", format!("no station {unknown:?} counts for the area"));
    }
    if file.needs == 0 || file.weights.values().any(|weight| *weight == 0) {
        return wrong("strain.area", "needs and weights are at least 1: of none nothing can be said");
    }
    let weights = file.weights.iter().map(|(id, weight)| (StationId::new(id), *weight)).collect();
    Ok(AreaRule { needs: file.needs, weights, dwell: dwell(file.dwell) })
}

fn station_rule(
    place: &str,
    file: &StationStrainFile,
    doctors: &BTreeSet<Word>,
    everywhere: &BTreeMap<u8, Trilingual>,
    has_lane: impl Fn(&str) -> bool,
) -> Checked<StationRule> {
    let mut measures = BTreeMap::new();
    for (name, it) in &file.measures {
        let place = format!("{place}.measures.{name}");
        if let Some(unknown) = it.lanes.iter().find(|lane| !has_lane(lane)) {
            return wrong(place, format!("the station has no lane {unknown:?}"));
        }
        measures.insert(Word::new(name), measure_rule(&place, name, it, doctors)?);
    }
    let counting = measures.values().filter(|rule| !rule.shown_only).count();
    let needs = file.needs.map_or(1, |needs| usize::try_from(needs).unwrap_or(usize::MAX));
    if needs == 0 || needs > counting {
        return wrong(place, format!("needs is from 1 to {counting}, the measures that make a level"));
    }
    Ok(StationRule {
        measures,
        needs,
        dwell: dwell(file.dwell),
        cards: cards(everywhere, file.cards.as_ref()),
    })
}

fn measure_rule(
    place: &str,
    name: &str,
    file: &MeasureFile,
    doctors: &BTreeSet<Word>,
) -> Checked<MeasureRule> {
    let [second, third, fourth] = file.from;
    if second == 0 || second > third || third > fourth {
        return wrong(
            place,
            "from goes up from level 2 to level 4 and begins above 0: with 0 all would be strained",
        );
    }
    let margin = file.margin.unwrap_or(0);
    if margin >= second {
        return wrong(place, "margin is smaller than the first of from: else level 2 would never end");
    }
    Ok(MeasureRule {
        measure: measure(place, name, file, doctors)?,
        from: file.from.map(i64::from),
        margin: margin.into(),
        shown_only: file.shown_only,
    })
}

fn measure(place: &str, name: &str, file: &MeasureFile, doctors: &BTreeSet<Word>) -> Checked<Measure> {
    let own: &[&str] = match name {
        "overdue_share" => &["lanes"],
        "waiting_per_staff" => &["lanes", "roles"],
        "staffing_gap" => &["roles"],
        "boarders" => &["places"],
        "edwin" => &["roles", "places"],
        "nedocs" => &["places", "beds"],
        _ => &[],
    };
    let given = [
        ("roles", !file.roles.is_empty()),
        ("lanes", !file.lanes.is_empty()),
        ("places", file.places.is_some()),
        ("beds", file.beds.is_some()),
    ];
    if let Some((key, _)) = given.iter().find(|(key, given)| *given && !own.contains(key)) {
        return wrong(place, format!("{key} means nothing to this measure: leave it out"));
    }
    let lanes: BTreeSet<LaneId> = file.lanes.iter().map(LaneId::new).collect();
    let or = |own: &Option<String>, usual: &str| Word::new(own.as_deref().unwrap_or(usual));
    let (places, beds) = (or(&file.places, "room"), or(&file.beds, "bed"));
    let own_roles = words(&file.roles);
    let who_sees = || match (own_roles.is_empty(), doctors.is_empty()) {
        (false, _) => Ok(own_roles.clone()),
        (true, false) => Ok(doctors.clone()),
        (true, true) => wrong(place, "say whose work it is: roles here, or doctors under [strain]"),
    };
    Ok(match name {
        "overdue_share" => Measure::OverdueShare { lanes },
        "waiting_per_staff" => Measure::WaitingPerStaff { lanes, roles: who_sees()? },
        "staffing_gap" => Measure::StaffingGap { roles: own_roles },
        "boarders" => Measure::Boarders { places },
        "edwin" => Measure::Edwin { roles: who_sees()?, places },
        "nedocs" => Measure::Nedocs { places, beds },
        other => match other.strip_prefix(OCCUPANCY).filter(|resource| !resource.is_empty()) {
            Some(resource) => Measure::Occupancy { places: Word::new(resource) },
            None => {
                return wrong(
                    place,
                    "there is no such measure: use overdue_share, waiting_per_staff, staffing_gap, boarders, edwin, \
                     nedocs, or occupancy_ with a resource",
                );
            }
        },
    })
}

fn words(file: &[String]) -> BTreeSet<Word> {
    file.iter().map(Word::new).collect()
}

fn dwell(file: Option<Span>) -> Duration {
    file.map_or(USUAL_DWELL, |span| span.0)
}

/// The cards of a rule, over those that hold otherwise.
fn cards(otherwise: &BTreeMap<u8, Trilingual>, file: Option<&CardsFile>) -> BTreeMap<u8, Trilingual> {
    let CardsFile { level_1, level_2, level_3, level_4 } = file.cloned().unwrap_or_default();
    let own = Level::ALL.into_iter().zip([level_1, level_2, level_3, level_4]);
    let own = own.filter_map(|(level, card): (_, Option<Names>)| Some((level.number(), names(&card?))));
    otherwise.clone().into_iter().chain(own).collect()
}
