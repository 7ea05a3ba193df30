//! Short names for names that return in every step of every ticket, so that a year of closed tickets
//! fits into memory. The numbers depend on the order of arrival and so never leave the fold.

use std::collections::HashMap;

/// A name's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// Names by number and numbers by name.
#[derive(Debug, Clone, Default)]
pub struct Words {
    numbers: HashMap<Box<str>, Symbol>,
    texts: Vec<Box<str>>,
}

impl<'a> FromIterator<&'a str> for Words {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut words = Self::default();
        for text in texts {
            words.symbol(text);
        }
        words
    }
}

impl Words {
    /// The number of a name, given now if it has none.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.numbers.get(text) {
            return *symbol;
        }
        // A u32 of names would need more memory than there is; should it ever overflow, names would
        // share the last number instead of stopping the fold.
        let symbol = Symbol(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.into());
        self.numbers.insert(text.into(), symbol);
        symbol
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.texts.len()
    }

    /// The number of a name, if it has one.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.numbers.get(text).copied()
    }

    /// The names by number.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The name of a number.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", |text| text)
    }
}
