//! One look through a whole JSON document, known members or not, before anything in it is believed.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use situation::identity::contains_identity_code;

/// What stands somewhere in a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// A Finnish personal identity code, in a text or the name of a member.
    pub identity_code: bool,
    /// An object with two members of one name: what one reader takes first, another takes last.
    pub repeated_member: bool,
}

/// Looks through a document.
///
/// # Errors
/// If it is not JSON, or nested deeper than the reader goes.
pub(super) fn scan(json: &str) -> serde_json::Result<Found> {
    let mut found = Found::default();
    let mut reader = serde_json::Deserializer::from_str(json);
    Scan(&mut found).deserialize(&mut reader)?;
    reader.end()?;
    Ok(found)
}

struct Scan<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.identity_code |= contains_identity_code(text);
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Scan(self.0))?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = Vec::new();
        while let Some(name) = members.next_key_seed(Name)? {
            self.0.identity_code |= contains_identity_code(&name);
            names.push(name);
            members.next_value_seed(Scan(self.0))?;
        }
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        self.0.repeated_member |= names.len() < before;
        Ok(())
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
