//! Which known key a mistyped one was probably meant to be.

/// The known key with the fewest differences from `key`; the empty text if none is known.
pub(super) fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known.min_by_key(|candidate| distance(key, candidate)).unwrap_or_default()
}

/// How many letters must be added, removed or changed (Levenshtein), one row of the table at a time.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above_first, from) in left.chars().enumerate() {
        let mut diagonal = above_first;
        let mut before = above_first + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&right) {
            let changed = diagonal + usize::from(from != *to);
            diagonal = *cell;
            before = changed.min(diagonal + 1).min(before + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = above_first + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_single_letters() {
        for (left, right, expected) in
            [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("drain", "darin", 2)]
        {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn a_typo_finds_its_key() {
        let known = ["server.listen", "server.admin", "log.filter"];
        assert_eq!(nearest("server.lisen", known.into_iter()), "server.listen");
        assert_eq!(nearest("logs.filter", known.into_iter()), "log.filter");
        assert_eq!(nearest("x", std::iter::empty()), "");
    }
}
