//! A queue whose copies are cheap: what is remembered, in the order in which it came.
//!
//! A state that is to be stored is copied first, while everybody waits. A million entries would take some
//! ten milliseconds; here a copy shares all pieces, and only a piece that is still written to is copied.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

/// Entries in one piece: few enough that copying one takes microseconds, many enough that a million are
/// some hundred pieces.
const PIECE: usize = 4_096;

/// Entries from the oldest to the newest.
#[derive(Debug, Clone)]
pub struct Trail<T> {
    pieces: VecDeque<Arc<Vec<T>>>,
    /// Entries of the first piece that are gone.
    gone: usize,
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self { pieces: VecDeque::new(), gone: 0 }
    }
}

impl<T: Clone> Trail<T> {
    /// Adds the newest entry.
    pub fn push(&mut self, entry: T) {
        match self.pieces.back_mut() {
            Some(piece) if piece.len() < PIECE => Arc::make_mut(piece).push(entry),
            Some(_) | None => self.pieces.push_back(Arc::new(vec![entry])),
        }
    }

    /// Takes the oldest entry.
    pub fn pop(&mut self) -> Option<T> {
        let piece = self.pieces.front()?;
        let entry = piece.get(self.gone)?.clone();
        self.gone += 1;
        if self.gone == piece.len() {
            self.pieces.pop_front();
            self.gone = 0;
        }
        Some(entry)
    }

    /// The oldest entry.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.pieces.front()?.get(self.gone)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum::<usize>() - self.gone
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// All of them, from the oldest on.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter()).skip(self.gone)
    }

    /// An entry by an order in which they came: `place` says how one lies to the wanted one.
    pub fn find(&self, place: impl Fn(&T) -> Ordering) -> Option<&T> {
        let before = |entry: &T| place(entry) == Ordering::Less;
        let piece =
            self.pieces.get(self.pieces.partition_point(|piece| piece.last().is_some_and(&before)))?;
        piece.get(piece.partition_point(before)).filter(|entry| place(entry) == Ordering::Equal)
    }
}

impl<T: Clone> FromIterator<T> for Trail<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut trail = Self::default();
        entries.into_iter().for_each(|entry| trail.push(entry));
        trail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_out_as_it_went_in_and_a_copy_stays_as_it_was() {
        let mut trail: Trail<usize> = (0..3 * PIECE + 7).collect();
        let copy = trail.clone();
        for expected in 0..PIECE + 3 {
            assert_eq!(trail.first(), Some(&expected));
            assert_eq!(trail.pop(), Some(expected));
        }
        trail.push(99_999);
        assert_eq!(trail.len(), 2 * PIECE + 5);
        assert!(trail.iter().copied().eq((PIECE + 3..3 * PIECE + 7).chain([99_999])));
        assert_eq!(trail.find(|entry| entry.cmp(&(2 * PIECE))), Some(&(2 * PIECE)));
        assert_eq!(trail.find(|entry| entry.cmp(&50_000)), None);
        assert!(copy.iter().copied().eq(0..3 * PIECE + 7));
        while trail.pop().is_some() {}
        assert!(trail.is_empty() && trail.first().is_none());
    }
}
