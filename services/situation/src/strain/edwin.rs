//! EDWIN, the Emergency Department Work Index.
//!
//! Bernstein SL, Verghese V, Leung W, Lunney AT, Perez I: Development and validation of a new index to measure emergency
//! department crowding. Academic Emergency Medicine 2003; 10: 938-942.

/// `Σ nᵢ tᵢ / (Nₐ (B_T − B_A))` in hundredths, rounded down. `work` is the sum over the people present, each with the weight
/// of their triage category (the most urgent the highest: 5 of five); then physicians on duty, treatment bays, and the bays
/// taken by people who are admitted and wait. `None`: undefined, for there is no physician or no bay left for anybody new.
#[must_use]
pub fn edwin(work: u32, physicians: u32, bays: u32, boarders: u32) -> Option<i64> {
    let free_of_boarders = bays.checked_sub(boarders)?;
    let hands = i64::from(physicians).checked_mul(i64::from(free_of_boarders))?;
    (i64::from(work) * 100).checked_div(hands)
}

#[cfg(test)]
mod tests {
    use super::edwin;

    #[test]
    fn is_the_work_over_physicians_and_the_bays_that_are_left() {
        // Ten people of category 3, two physicians, twelve bays, two of them taken by boarders.
        assert_eq!(edwin(30, 2, 12, 2), Some(150));
        assert_eq!(edwin(0, 2, 12, 2), Some(0));
        assert_eq!(edwin(10, 3, 1, 0), Some(333), "rounded down");
    }

    #[test]
    fn has_no_value_without_a_physician_or_a_bay_that_boarders_leave() {
        assert_eq!(edwin(30, 0, 12, 2), None);
        assert_eq!(edwin(30, 2, 4, 4), None);
        assert_eq!(edwin(30, 2, 4, 5), None, "more boarders than bays");
        assert_eq!(edwin(0, 0, 12, 0), None, "nobody there changes nothing of that");
    }
}
