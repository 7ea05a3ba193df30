//! Stamps by number, and what was told under them.

use std::collections::HashMap;
use std::sync::Arc;

use ::situation::fold::state::{Register, Stamp};
use ::situation::name::Word;
use ::situation::time::Instant;

use super::{Error, body_error, v1};

/// Numbers stamps on the way out: the first that comes is 1.
#[derive(Default)]
pub(super) struct Numbers<'a> {
    known: HashMap<&'a Stamp, u32>,
    stamps: Vec<v1::Stamp<'a>>,
}

impl<'a> Numbers<'a> {
    pub fn of(&mut self, stamp: Option<&'a Arc<Stamp>>) -> u32 {
        let Some(stamp) = stamp.map(Arc::as_ref) else { return 0 };
        let stamps = &mut self.stamps;
        *self.known.entry(stamp).or_insert_with(|| {
            let Stamp { time, source, id, by, valid_until } = stamp;
            stamps.push(v1::Stamp {
                time: time.as_micros(),
                source: source.as_str(),
                id: id.as_str(),
                by: by.as_ref().map(Word::as_str),
                valid_until: valid_until.map(Instant::as_micros),
            });
            // Four thousand million stamps would not fit into a body.
            u32::try_from(stamps.len()).unwrap_or(u32::MAX)
        })
    }

    pub fn told<T, U>(&mut self, register: &'a Register<T>, as_: impl FnOnce(&'a T) -> U) -> v1::Told<U> {
        let Register { stamp, value } = register;
        v1::Told { stamp: self.of(stamp.as_ref()), value: value.as_ref().map(as_) }
    }

    pub fn count(&mut self, register: &'a Register<u32>) -> v1::Told<u32> {
        self.told(register, |count| *count)
    }

    pub fn moment(&mut self, register: &'a Register<Instant>) -> v1::Told<i64> {
        self.told(register, |at| at.as_micros())
    }

    pub fn into_list(self) -> Vec<v1::Stamp<'a>> {
        self.stamps
    }
}

/// The stamps of a body that is read, each shared by all that was told under it.
pub(super) struct Stamps(Vec<Arc<Stamp>>);

impl Stamps {
    pub fn of(list: Vec<v1::Stamp<'_>>) -> Self {
        let stamp = |stamp: v1::Stamp<'_>| {
            Arc::new(Stamp {
                time: Instant::from_micros(stamp.time),
                source: stamp.source.into(),
                id: stamp.id.into(),
                by: stamp.by.map(Into::into),
                valid_until: stamp.valid_until.map(Instant::from_micros),
            })
        };
        Self(list.into_iter().map(stamp).collect())
    }

    pub fn get(&self, number: u32) -> Result<Option<Arc<Stamp>>, Error> {
        let Some(place) = number.checked_sub(1) else { return Ok(None) };
        match self.0.get(place as usize) {
            Some(stamp) => Ok(Some(Arc::clone(stamp))),
            None => Err(body_error(format_args!("there is no stamp {number}"))),
        }
    }

    /// The stamp of what is always told by somebody.
    pub fn must(&self, number: u32) -> Result<Arc<Stamp>, Error> {
        self.get(number)?.ok_or_else(|| body_error("nobody told it"))
    }

    pub fn register<T, U>(&self, told: v1::Told<T>, as_: impl FnOnce(T) -> U) -> Result<Register<U>, Error> {
        Ok(Register { stamp: self.get(told.stamp)?, value: told.value.map(as_) })
    }

    pub fn count(&self, told: v1::Told<u32>) -> Result<Register<u32>, Error> {
        self.register(told, |count| count)
    }

    pub fn moment(&self, told: v1::Told<i64>) -> Result<Register<Instant>, Error> {
        self.register(told, Instant::from_micros)
    }
}
