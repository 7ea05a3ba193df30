//! A member of an observation: absent, `null`, or a value.

use bincode::{Decode, Encode};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use situation::event as domain;

/// See [`domain::Told`]. In JSON an unsaid member is absent and a withdrawn one is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub enum Told<T> {
    /// Absent: the earlier value stands.
    #[default]
    Unsaid,
    /// `null`: not known any more.
    Withdrawn,
    /// A value.
    Value(T),
}

impl<T> Told<T> {
    /// For `skip_serializing_if`.
    pub const fn is_unsaid(&self) -> bool {
        matches!(self, Self::Unsaid)
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> domain::Told<U> {
        match self {
            Self::Unsaid => domain::Told::Unsaid,
            Self::Withdrawn => domain::Told::Withdrawn,
            Self::Value(value) => domain::Told::Value(f(value)),
        }
    }
}

impl<T: Serialize> Serialize for Told<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unsaid | Self::Withdrawn => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Told<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Withdrawn, Self::Value))
    }
}

impl<T: JsonSchema> JsonSchema for Told<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
    fn inline_schema() -> bool {
        true
    }
}
