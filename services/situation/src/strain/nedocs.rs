//! NEDOCS, the National Emergency Department Overcrowding Scale.
//!
//! Weiss SJ, Derlet R, Arndahl J, Ernst AA, Richards J, Fernández-Frankelton M et al.: Estimating the degree of emergency
//! department overcrowding in academic medical centers: results of the National ED Overcrowding Study (NEDOCS). Academic
//! Emergency Medicine 2004; 11: 38-50.

/// The inputs that no event carries: people on respirators, and two that are hours, the longest time that anybody admitted
/// has waited and the time from the door to a bed of the last who got one. Each can only add to the score.
pub const NOT_TOLD: [&str; 3] = ["respirators", "longest_admission_wait", "last_wait_for_bed"];

/// The scale ends here.
const MOST: i64 = 200;

/// What the score is at the least, `−20 + 85.8 patients / places + 600 boarders / beds`, in points from 0 to 200, rounded
/// down. To that come 13.4 for each respirator, 0.93 and 5.64 for each hour of [`NOT_TOLD`]. `None`: undefined without
/// places or beds.
#[must_use]
pub fn nedocs(patients: u32, places: u32, boarders: u32, beds: u32) -> Option<i64> {
    // In hundredths of a point.
    let of_places = (i64::from(patients) * 8_580).checked_div(places.into())?;
    let of_beds = (i64::from(boarders) * 60_000).checked_div(beds.into())?;
    Some((of_places + of_beds - 2_000).div_euclid(100).clamp(0, MOST))
}

#[cfg(test)]
mod tests {
    use super::nedocs;

    #[test]
    fn is_at_least_what_patients_and_boarders_make() {
        // 85.8 × 21 / 12 + 600 × 4 / 40 − 20 = 150.15 + 60 − 20.
        assert_eq!(nedocs(21, 12, 4, 40), Some(190));
        assert_eq!(nedocs(0, 12, 0, 40), Some(0), "the scale begins at 0");
        assert_eq!(nedocs(90, 12, 9, 40), Some(200), "and ends at 200");
    }

    #[test]
    fn has_no_value_without_places_or_beds() {
        assert_eq!((nedocs(3, 0, 0, 40), nedocs(3, 12, 0, 0)), (None, None));
    }
}
