//! The keys of an area file.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares a table of the file: unknown keys refused, unset ones left out of the document.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
    };
}

mod alarms;
mod strain;
mod times;

pub use alarms::{AlarmRuleFile, AlarmsFile};
pub use strain::{AreaStrainFile, CardsFile, MeasureFile, StationStrainFile, StrainFile};
pub use times::{EveFile, ExceptionFile, HoursFile, ShiftFile, WindowFile};

table! {
    /// A whole area file.
    AreaFile {
        /// The area's id: lower-case letters, digits and hyphens.
        id: String,
        /// Its name.
        name: Names,
        /// An IANA zone such as `Europe/Helsinki`, or an offset such as `+01:00`.
        time_zone: String,
        /// Languages of service, the screen's first language first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        languages: Vec<String>,
        /// Credit that the data's licence asks for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribution: Option<String>,
        /// Who runs stations and feeds.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        organisations: BTreeMap<String, OrganisationFile>,
        /// Names of roles.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        roles: BTreeMap<String, RoleFile>,
        /// Names of the area's own ids that have no name anywhere else: services, zones, units, duties, lines.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        words: BTreeMap<String, Names>,
        /// When silence becomes a reason to doubt, where a feed does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        freshness: Option<PaceFile>,
        /// Urgency schemes.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        schemes: BTreeMap<String, SchemeFile>,
        /// Whose public holidays and customary closed days are kept: `finland`. Unset: hours, windows and
        /// shifts know days of the week only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holidays: Option<String>,
        /// The eves that are kept; the first that fits a day is its. Christmas Eve and Midsummer Eve are
        /// customary closed days and need no mention.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        eves: Vec<EveFile>,
        /// Windows of the week and over days off; the first that holds names the moment.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        windows: Vec<WindowFile>,
        /// The shifts in which people take turns.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shifts: Vec<ShiftFile>,
        /// The feeds that are expected to speak.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        feeds: BTreeMap<String, FeedFile>,
        /// What raises alarms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alarms: Option<AlarmsFile>,
        /// What makes levels of strain; without it there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        strain: Option<StrainFile>,
        /// What holds for every station that does not say otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        station_defaults: Option<StationFile>,
        /// The stations.
        stations: BTreeMap<String, StationFile>,
    }
}

table! {
    /// A text in three languages.
    Names {
        /// Suomi.
        fi: String,
        /// Svenska.
        sv: String,
        /// English.
        en: String,
    }
}

table! {
    /// An organisation.
    OrganisationFile {
        /// Its name.
        name: Names,
    }
}

table! {
    /// A role.
    RoleFile {
        /// Its name.
        name: Names,
    }
}

table! {
    /// How often a feed speaks. What is not set follows from the interval: ageing after 2 of them,
    /// stale after 5, lost after 15.
    PaceFile {
        /// How often it should speak.
        interval: Span,
        /// Ageing from this age on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ageing_after: Option<Span>,
        /// Stale from this age on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stale_after: Option<Span>,
        /// Lost from this age on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lost_after: Option<Span>,
    }
}

table! {
    /// An urgency scheme.
    SchemeFile {
        /// How soon somebody should be triaged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        untriaged_target: Option<Span>,
        /// The codes, the most urgent first.
        urgencies: Vec<UrgencyFile>,
    }
}

table! {
    /// One urgency.
    UrgencyFile {
        /// The code.
        code: String,
        /// Its name; the code itself where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Names>,
        /// From joining to care.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<Span>,
    }
}

table! {
    /// A feed.
    FeedFile {
        /// Whose it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organisation: Option<String>,
        /// `queue`, `staffing` or `capacity`.
        family: String,
        /// How often it speaks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        freshness: Option<PaceFile>,
        /// Its numbers of people at work are copied from the plan, so they are not shown as known.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        copies_plan: bool,
    }
}

table! {
    /// A station, or the defaults of all.
    StationFile {
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Names>,
        /// Its place on a screen, 1 first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// Its kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Whose it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organisation: Option<String>,
        /// Whether it counts in "3 of 8 stations open"; where it is not said its kind decides: home hospitals, mobile
        /// units, remote receptions, telephone lines, desks, dental duty and partners do not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counted: Option<bool>,
        /// Languages of service.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        languages: Vec<String>,
        /// Never closes.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        always_open: bool,
        /// Its timetable. Without one, and not always open, nobody knows from here whether it is open.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hours: Vec<HoursFile>,
        /// Dates on which it is closed or has other hours. The first that covers a date holds; a station's
        /// own stand before those of `station_defaults`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exceptions: Vec<ExceptionFile>,
        /// The feeds that speak about it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        feeds: Vec<String>,
        /// Its queues.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        lanes: BTreeMap<String, LaneFile>,
        /// Its services, and whom they are for.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        services: BTreeMap<String, ServiceFile>,
        /// People required by role, where no plan says otherwise.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        required: BTreeMap<String, u32>,
        /// Minutes by road to other stations.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        travel_minutes: BTreeMap<String, u32>,
    }
}

table! {
    /// A queue.
    LaneFile {
        /// Its name.
        name: Names,
        /// Its place on a screen, 1 first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// Its urgency scheme.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scheme: Option<String>,
        /// `tickets` (counted here) or `counts` (told by the source).
        authority: String,
        /// How long a ticket may be silent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unresolved_after: Option<Span>,
    }
}

table! {
    /// A service.
    ServiceFile {
        /// From this age in years.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age_from: Option<u32>,
        /// Below this age in years.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age_below: Option<u32>,
        /// When it is given: never outside the station's own hours. Without any, nothing is said of it but by
        /// the station.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hours: Vec<HoursFile>,
        /// Dates on which it is not given or at other times.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exceptions: Vec<ExceptionFile>,
    }
}

/// A span as text: whole numbers with units, such as `90s`, `5m`, `72h`, `1h30m`, `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, JsonSchema)]
#[schemars(with = "String")]
pub struct Span(pub Duration);

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || {
            format!("{text:?} is not a span: write whole numbers with units, such as 90s, 5m, 72h, 1h30m, 2d")
        };
        let mut seconds = 0_u64;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(refused)?;
            let (number, tail) = rest.split_at(digits);
            let unit = match tail.chars().next() {
                Some('s') => 1,
                Some('m') => 60,
                Some('h') => 3_600,
                Some('d') => 86_400,
                Some(_) | None => return Err(refused()),
            };
            let number: u64 = number.parse().map_err(|_| refused())?;
            seconds = number.checked_mul(unit).and_then(|s| seconds.checked_add(s)).ok_or_else(refused)?;
            rest = tail.get(1..).unwrap_or_default();
        }
        if text.is_empty() { Err(refused()) } else { Ok(Self(Duration::from_secs(seconds))) }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{}s", self.0.as_secs()))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
