//! What `tilanne calendar` prints.

use std::collections::BTreeMap;

use super::*;

const AREA: &str = include_str!("../../../../config/areas/itauusimaa.toml");
/// The holidays of Finland as another calendar has them: see `tests/data/README.md`.
const HOLIDAYS: &str = include_str!("../../../../tests/data/finland-holidays.csv");

fn area() -> Area {
    proto::area::from_toml(AREA).unwrap().0
}

fn days(from: &str, to: &str) -> impl Iterator<Item = Date> {
    let (from, to): (Date, Date) = (from.parse().unwrap(), to.parse().unwrap());
    from.series(jiff::Span::new().days(1)).take_while(move |date| *date <= to)
}

fn lines(date: &str, stations: bool) -> Vec<Value> {
    let area = area();
    rows(&area, date.parse().unwrap(), stations).iter().map(|row| row.json(&area)).collect()
}

#[test]
fn every_day_line_from_2000_to_2060_agrees_with_the_other_calendar() {
    let area = area();
    let mut others: BTreeMap<&str, &str> =
        HOLIDAYS.lines().skip(1).map(|line| line.split_once(',').unwrap()).collect();
    for date in days("2000-01-01", "2060-12-31") {
        let line = day_json(&area, date);
        let other = others.remove(date.to_string().as_str());
        // The other calendar counts these two among the holidays; by law they are none.
        let customary = other.is_some_and(|name| matches!(name, "Juhannusaatto" | "Jouluaatto"));
        assert_eq!(line["kind"], "day");
        assert_eq!(line["date"], date.to_string());
        assert_eq!(line["customary_closed"], customary, "{line}");
        assert_eq!(line["public_holiday"], other.is_some() && !customary, "{line}");
        if let Some(other) = other {
            let name = line["name"]["fi"].as_str().unwrap();
            assert!(other.to_lowercase().split("; ").any(|other| other == name), "{line}");
        }
    }
    assert!(others.is_empty(), "not looked at: {others:?}");
}

#[test]
fn a_day_line_has_these_members_and_no_others() {
    let area = area();
    let line = day_json(&area, "2026-12-06".parse().unwrap());
    let name = json!({"fi": "itsenäisyyspäivä", "sv": "självständighetsdagen", "en": "Independence Day"});
    let day = json!({
        "kind": "day", "date": "2026-12-06", "public_holiday": true, "customary_closed": false, "name": name,
    });
    assert_eq!(line, day);
    let plain = day_json(&area, "2026-12-07".parse().unwrap());
    assert_eq!(plain.as_object().unwrap().len(), 4, "{plain}");
    let (elsewhere, _) = proto::area::from_toml(include_str!("../../../../config/areas/skane.toml")).unwrap();
    let unknown = day_json(&elsewhere, "2026-12-06".parse().unwrap());
    assert_eq!((&unknown["public_holiday"], &unknown["name"]), (&Value::Null, &Value::Null));
}

#[test]
fn windows_and_shifts_stand_with_the_day_on_which_they_begin() {
    let of = |kind: &str, date: &str| -> Vec<(String, String)> {
        let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
        let lines = lines(date, false);
        let of_kind = lines.iter().filter(|line| line["kind"] == kind);
        of_kind.map(|line| (text(line, "from"), text(line, "to"))).collect()
    };
    let pair = |from: &str, to: &str| vec![(from.to_owned(), to.to_owned())];
    // Independence Day is a Sunday: the weekend is as long as any.
    assert_eq!(of("weekend", "2026-12-04"), pair("2026-12-04T16:00:00+02:00", "2026-12-07T08:00:00+02:00"));
    // Easter, with the clock change in it.
    assert_eq!(of("weekend", "2027-03-25"), pair("2027-03-25T16:00:00+02:00", "2027-03-30T08:00:00+03:00"));
    assert_eq!(of("office", "2027-03-26"), []);
    assert_eq!(of("holiday", "2027-01-05"), pair("2027-01-05T16:00:00+02:00", "2027-01-07T08:00:00+02:00"));
    let shifts = of("shift", "2027-03-27");
    assert_eq!(shifts.len(), 3);
    assert_eq!(shifts[2], ("2027-03-27T22:00:00+02:00".to_owned(), "2027-03-28T08:00:00+03:00".to_owned()));
}

#[test]
fn openings_are_printed_where_they_are_asked_for() {
    assert!(lines("2026-11-26", false).iter().all(|line| line["kind"] != "opening"));
    let lines = lines("2026-12-28", true);
    let of = |station: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["kind"] == "opening" && line["station"] == station).collect()
    };
    let pukkila = of("pukkila-sote");
    assert_eq!(pukkila.len(), 1, "{pukkila:?}");
    assert_eq!(pukkila[0]["from"], "2026-12-28T09:00:00+02:00");
    assert_eq!(pukkila[0]["to"], "2026-12-28T12:00:00+02:00");
    assert_eq!(pukkila[0]["reason"]["sv"], "öppen bara på förmiddagen");
    let porvoo = of("porvoo-sote");
    assert_eq!(porvoo.len(), 2, "the station, and its laboratory");
    assert_eq!(
        (&porvoo[0]["intake_until"], &porvoo[1]["service"]),
        (&json!("2026-12-28T15:30:00+02:00"), &json!("laboratorio"))
    );
}

#[test]
fn people_read_columns() {
    let area = area();
    let date: Date = "2027-03-25".parse().unwrap();
    assert_eq!(day_text(&area, date), "2027-03-25  Thursday   eve                   kiirastorstai");
    let text: Vec<String> = rows(&area, date, false).iter().map(|row| row.text(&area)).collect();
    assert_eq!(text[1], "    weekend  2027-03-25 16:00 … 2027-03-30 08:00  111h  viikonloppu", "{text:#?}");
}
