//! A head as people pass it on: `SEQUENCE:HASH`, or the bare hash of the present head.

use std::fmt;
use std::str::FromStr;

use ::journal::{Head, Journal};
use proto::fact::{hex, unhex};

use crate::Error;

/// The head that somebody expects of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Where; the journal's end if it is not said.
    sequence: Option<u64>,
    hash: [u8; 32],
}

/// A head as it is printed.
pub fn text(head: Head) -> String {
    format!("{}:{}", head.sequence, hex(&head.hash))
}

impl FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || "a head is SEQUENCE:HASH as stat prints it, or a hash of 64 hex digits".to_owned();
        let (sequence, hash) = match text.split_once(':') {
            Some((sequence, hash)) => (Some(sequence.parse().map_err(|_| refused())?), hash),
            None => (None, text),
        };
        Ok(Self { sequence, hash: unhex(hash).ok_or_else(refused)? })
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sequence {
            Some(sequence) => write!(f, "{sequence}:{}", hex(&self.hash)),
            None => f.write_str(&hex(&self.hash)),
        }
    }
}

impl Expected {
    /// Holds a journal, of which everything up to `end` is sound, against this head.
    ///
    /// # Errors
    /// [`Error::Bad`] says how it differs.
    pub fn check(&self, journal: &dyn Journal, end: Head) -> Result<(), Error> {
        let sequence = self.sequence.unwrap_or(end.sequence);
        if sequence > end.sequence {
            return Err(Error::Bad(format!(
                "the journal is shorter than expected: it ends at {}, {self} was to be in it",
                text(end)
            )));
        }
        let there = if sequence == end.sequence { end } else { journal.read_from(sequence, 1)?.before };
        self.equals(there)
    }

    /// Holds one head against this one.
    ///
    /// # Errors
    /// [`Error::Bad`] says how it differs.
    pub fn equals(&self, there: Head) -> Result<(), Error> {
        if there.hash == self.hash && self.sequence.is_none_or(|sequence| sequence == there.sequence) {
            return Ok(());
        }
        Err(Error::Bad(format!("another journal than expected: its head is {}, not {self}", text(there))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_printed() {
        let head = Head { sequence: 7, hash: [0xab; 32] };
        let expected: Expected = text(head).parse().unwrap();
        assert_eq!((expected.to_string(), expected.equals(head).is_ok()), (text(head), true));
        assert!(expected.equals(Head { sequence: 8, ..head }).is_err());
        let bare: Expected = "ab".repeat(32).parse().unwrap();
        assert!(bare.equals(head).is_ok() && bare.equals(Head::START).is_err());
        for wrong in ["", "7", "7:", ":ab", "x:00", "7:zz", &"0".repeat(63)] {
            assert!(wrong.parse::<Expected>().is_err(), "{wrong}");
        }
    }
}
