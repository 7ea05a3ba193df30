//! Alarms in an area file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Names, Span};

table! {
    /// What raises alarms, and how many at once.
    AlarmsFile {
        /// So many new alarms are raised one by one within `within`, more come as one; 10 where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most_new: Option<u32>,
        /// The span in which new alarms are counted; 10 minutes where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Span>,
        /// The rules by their ids: lower-case letters, digits, hyphens, underscores.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        rules: BTreeMap<String, AlarmRuleFile>,
    }
}

table! {
    /// One rule.
    AlarmRuleFile {
        /// `overdue`, `staffing_gap`, `feed_lost`, `closed_inside`, `closes_late`, `more_than_usual` or `level`.
        kind: String,
        /// What it says to people.
        text: Names,
        /// Its place on a screen, 1 first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// Of these stations; of all where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stations: Vec<String>,
        /// `overdue`: of these urgencies, `untriaged` among them; of all where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        urgencies: Vec<String>,
        /// `overdue`: so long beyond the target.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Span>,
        /// `staffing_gap`: of these roles; of all where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<String>,
        /// `staffing_gap`: so far ahead, within a day; only now where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ahead: Option<Span>,
        /// `feed_lost`: of these families of feeds; of all where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        families: Vec<String>,
        /// `more_than_usual`: by so many more people in an hour than what one such hour in ten has, at least 1; 1 where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<u32>,
        /// `level`: a station's level of strain is at least this, 2 to 4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<u8>,
        /// So long it stands after its cause was last seen: what comes and goes is one alarm. Nothing where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<Span>,
        /// Somebody else is told when nobody has acknowledged it for so long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_after: Option<Span>,
        /// Who that is, in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_to: Option<Names>,
    }
}
