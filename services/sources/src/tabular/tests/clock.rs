use super::{COUNTS, body, feed};
use crate::tabular::{Adapter, Detail, Refusal};

fn row(stamp: &str, present: u32) -> Vec<u8> {
    body(&format!("Here;51;{present};1;1;{stamp}\n"))
}

fn time(adapter: &mut Adapter, stamp: &str, present: u32) -> String {
    let reading = adapter.read(&row(stamp, present), Detail::Events).unwrap();
    reading.rows[0].time.to_string()
}

fn refused(toml: &str, stamp: &str) -> String {
    let refusal = feed(toml).read(&row(stamp, 1), Detail::Events).unwrap_err();
    assert!(matches!(refusal, Refusal::NoRowReadable { .. }));
    refusal.to_string()
}

#[test]
fn an_hour_without_its_zero_is_read_on_both_sides_of_a_clock_change() {
    let mut adapter = feed(COUNTS);
    assert_eq!(time(&mut adapter, "2024-03-10T1:45", 1), "2024-03-10T06:45:00Z");
    assert_eq!(time(&mut adapter, "2024-03-10T3:45", 1), "2024-03-10T07:45:00Z");
    assert_eq!(time(&mut adapter, "2024-03-10T13:45", 1), "2024-03-10T17:45:00Z");
}

#[test]
fn an_hour_that_does_not_exist_is_read_forward_or_refused() {
    assert_eq!(time(&mut feed(COUNTS), "2024-03-10T2:45", 1), "2024-03-10T07:45:00Z");
    let sentence = refused(&COUNTS.replace("\"forward\"", "\"refuse\""), "2024-03-10T2:45");
    assert!(sentence.contains("does not exist in America/Toronto: clocks went forward"), "{sentence}");
}

#[test]
fn an_hour_that_exists_twice_is_the_earlier_first_and_the_later_for_a_later_different_body() {
    let mut adapter = feed(COUNTS);
    assert_eq!(time(&mut adapter, "2023-11-05T0:45", 1), "2023-11-05T04:45:00Z");
    assert_eq!(time(&mut adapter, "2023-11-05T1:45", 1), "2023-11-05T05:45:00Z");
    assert_eq!(time(&mut adapter, "2023-11-05T1:45", 2), "2023-11-05T06:45:00Z");
    assert_eq!(time(&mut adapter, "2023-11-05T2:45", 1), "2023-11-05T07:45:00Z");
}

#[test]
fn the_second_time_round_is_known_by_any_stamp_of_the_hour() {
    let mut adapter = feed(COUNTS);
    assert_eq!(time(&mut adapter, "2023-11-05T1:50", 1), "2023-11-05T05:50:00Z");
    assert_eq!(time(&mut adapter, "2023-11-05T1:05", 2), "2023-11-05T06:05:00Z");
    assert_eq!(time(&mut adapter, "2023-11-05T1:35", 3), "2023-11-05T06:35:00Z");
}

#[test]
fn the_same_body_is_read_alike_whatever_came_between() {
    let mut adapter = feed(COUNTS);
    for _ in 0..3 {
        assert_eq!(time(&mut adapter, "2023-11-05T1:45", 1), "2023-11-05T05:45:00Z");
        assert_eq!(time(&mut adapter, "2023-11-05T1:45", 2), "2023-11-05T06:45:00Z");
    }
}

#[test]
fn bodies_of_other_years_do_not_make_it_the_later() {
    let mut adapter = feed(COUNTS);
    time(&mut adapter, "2025-01-07T13:45", 1);
    assert_eq!(time(&mut adapter, "2023-11-05T1:45", 1), "2023-11-05T05:45:00Z");
}

#[test]
fn an_adapter_goes_on_from_anothers_memory() {
    let mut first = feed(COUNTS);
    time(&mut first, "2023-11-05T1:45", 1);
    let mut second = Adapter::with_memory(first.spec().clone(), first.memory().clone());
    assert_eq!(time(&mut second, "2023-11-05T1:45", 2), "2023-11-05T06:45:00Z");
}

#[test]
fn an_hour_that_exists_twice_can_be_always_the_later_or_refused() {
    let later = COUNTS.replace("\"earlier\"", "\"later\"");
    assert_eq!(time(&mut feed(&later), "2023-11-05T1:45", 1), "2023-11-05T06:45:00Z");
    let sentence = refused(&COUNTS.replace("\"earlier\"", "\"refuse\""), "2023-11-05T1:45");
    assert!(sentence.contains("exists twice in America/Toronto"), "{sentence}");
}

#[test]
fn a_fixed_offset_has_no_clock_changes() {
    let fixed = COUNTS.replace("America/Toronto", "+01:00");
    assert_eq!(time(&mut feed(&fixed), "2017-03-26T2:30", 1), "2017-03-26T01:30:00Z");
    let west = COUNTS.replace("America/Toronto", "-03:30");
    assert_eq!(time(&mut feed(&west), "2017-03-26T2:30", 1), "2017-03-26T06:00:00Z");
}

#[test]
fn an_instant_with_its_own_offset_needs_no_zone() {
    let rfc = COUNTS.replace("%Y-%m-%dT%H:%M", "rfc3339");
    assert_eq!(time(&mut feed(&rfc), "2023-11-05T01:45:00-05:00", 1), "2023-11-05T06:45:00Z");
    let offset = COUNTS.replace("%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M%z");
    assert_eq!(time(&mut feed(&offset), "5.11.2023 1:45-0500", 1), "2023-11-05T06:45:00Z");
}

#[test]
fn several_forms_are_tried_in_order() {
    let both = COUNTS.replace("[\"%Y-%m-%dT%H:%M\"]", "[\"%Y-%m-%dT%H:%M:%S\", \"%d.%m.%Y %H.%M\"]");
    let mut adapter = feed(&both);
    assert_eq!(time(&mut adapter, "2024-07-01T03:45:10", 1), "2024-07-01T07:45:10Z");
    assert_eq!(time(&mut adapter, "1.7.2024 3.45", 1), "2024-07-01T07:45:00Z");
}

#[test]
fn a_stamp_with_something_behind_it_is_not_guessed() {
    assert!(refused(COUNTS, "2024-07-01T3:45:10").contains("is not a time of the form %Y-%m-%dT%H:%M"));
    assert!(refused(COUNTS, "2024-02-30T3:45").contains("2024-02-30T3:45"));
}
