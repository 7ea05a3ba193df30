//! The types that came with the Valvomo's views: contacts, tasks, units, notices; and staff and places as a person
//! tells them.

use super::{
    BTreeMap, Data, Decode, Deserialize, Deserializer, Encode, JsonSchema, Moment, Resource, Serialize, Told,
};

data! {
    /// `contact.observed`: the traffic of a telephone line, a chat or a form.
    ContactObserved {
        /// `116117`, `chat`, `digital` …
        line: String,
        /// The language that is answered, where a line is counted by language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        /// Contacts that were offered.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        offered: Told<u32>,
        /// Of them, answered.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        answered: Told<u32>,
        /// Of them, given up.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        abandoned: Told<u32>,
        /// People who wait to be called back.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        callbacks_waiting: Told<u32>,
        /// Since when the first of them waits.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        oldest_callback: Told<Moment>,
        /// Agents at work.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        agents: Told<u32>,
        /// Whose figures they are, where they are not this area's alone.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        coverage: Told<String>,
        /// The role of the person who says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Until when a person's word holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Moment>,
    }
}

data! {
    /// `task.received`, `task.assigned`, `task.on_scene` and `task.closed`: what is not told stays as it was.
    TaskStep {
        /// An opaque name of the task.
        task: String,
        /// What sort of task it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<TaskKind>,
        /// A code of one of the area's schemes, or `untriaged`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        urgency: Option<String>,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        /// Who goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// How it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    }
}

data! {
    /// `unit.status`: what a unit does.
    UnitStatus {
        /// Which.
        unit: String,
        /// What it does.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        state: Told<UnitState>,
        /// Where it is.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        zone: Told<String>,
        /// What it can do.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        competence: Told<String>,
        /// How long its state and place hold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    }
}

data! {
    /// `notice.posted`: everybody at the station should know this; everybody in the area, if no subject is named.
    NoticePosted {
        /// Its name: who posts the same again replaces it.
        notice: String,
        /// What it is about.
        kind: NoticeKind,
        /// Its words.
        #[serde(deserialize_with = "only_object")]
        text: NoticeText,
        /// Shown from here on; without it, from when it was posted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Moment>,
        /// Shown until; without it, until it is withdrawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    }
}

data! {
    /// A text in at least one language.
    NoticeText {
        /// Suomi.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fi: Option<String>,
        /// Svenska.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sv: Option<String>,
        /// English.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        en: Option<String>,
    }
}

data! {
    /// `notice.withdrawn`: it need not be known any more.
    NoticeWithdrawn {
        /// Which.
        notice: String,
    }
}

// What a person says of staff and places. What feeds say is read as these, too, and stored as it always was.

data! {
    /// `staffing.observed`: people of a role, now.
    StaffingReported {
        /// The role.
        role: String,
        /// The lane they serve.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<String>,
        /// At work.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        on_duty: Told<u32>,
        /// Called in.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        called: Told<u32>,
        /// On their way.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        arriving: Told<u32>,
        /// Absent.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        absent: Told<u32>,
        /// The role of the person who says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Until when a person's word holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Moment>,
    }
}

data! {
    /// `capacity.observed`: places of a kind, now.
    CapacityReported {
        /// The kind.
        resource: Resource,
        /// That exist.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        total: Told<u32>,
        /// That have staff.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        staffed: Told<u32>,
        /// In use.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        occupied: Told<u32>,
        /// Kept for somebody.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        reserved: Told<u32>,
        /// Used by people who wait for a place elsewhere.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        boarding: Told<u32>,
        /// Discharges planned.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        planned_discharges: Told<u32>,
        /// The role of the person who says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Until when a person's word holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Moment>,
    }
}

words! {
    /// What sort of task.
    TaskKind { Dispatch, HomeVisit, SafetyPhone, Transport, Interpreter, }
}
words! {
    /// What a unit does.
    UnitState { Free, Assigned, Travelling, OnScene, Off, }
}
words! {
    /// What a notice is about.
    NoticeKind { Outage, Road, Epidemic, MajorIncident, Other, }
}

impl StaffingReported {
    /// The variant under which it is stored: this one only if a person said it.
    pub(crate) fn stored(self) -> Data {
        if self.by.is_some() || self.valid_until.is_some() {
            return Data::StaffingReported(self);
        }
        let Self { role, lane, on_duty, called, arriving, absent, by: _, valid_until: _ } = self;
        Data::StaffingObserved(super::StaffingObserved { role, lane, on_duty, called, arriving, absent })
    }
}

impl CapacityReported {
    /// The variant under which it is stored: this one only if a person said it.
    pub(crate) fn stored(self) -> Data {
        if self.by.is_some() || self.valid_until.is_some() {
            return Data::CapacityReported(self);
        }
        let Self { resource, total, staffed, occupied, reserved, boarding, planned_discharges, .. } = self;
        Data::CapacityObserved(super::CapacityObserved {
            resource,
            total,
            staffed,
            occupied,
            reserved,
            boarding,
            planned_discharges,
        })
    }
}

/// Derived readers of structs would also take an array of their members in order.
fn only_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NoticeText, D::Error> {
    let members = BTreeMap::<String, Option<String>>::deserialize(deserializer)?;
    let members = members.into_iter().map(|(language, text)| (language, text.into())).collect();
    NoticeText::deserialize(serde_json::Value::Object(members)).map_err(serde::de::Error::custom)
}
