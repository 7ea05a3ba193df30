//! The area file: what it may say, and each contradiction with its place.

use proto::area::{from_document, from_toml};
use situation::area::Area;

/// A file that is right; each `row` below is put in place of the comment of its table.
pub const SMALL: &str = r#"
id = "testi"
name = { fi = "Testi", sv = "Test", en = "Test" }
time_zone = "Europe/Helsinki"
languages = ["fi", "sv"]
# top

[organisations.kunta]
name = { fi = "Kunta", sv = "Kommun", en = "County" }

[schemes.abc]
untriaged_target = "10m"
urgencies = [{ code = "A", target = "0s" }, { code = "B" }]

[[windows]]
kind = "evening"
name = { fi = "ilta", sv = "kväll", en = "evening" }
days = ["every"]
from = "17:00"
to = "22:00"

[feeds."/feeds/porvoo"]
family = "queue"
organisation = "kunta"
freshness = { interval = "1m" }

[stations.porvoo]
name = { fi = "Porvoo", sv = "Borgå", en = "Porvoo" }
kind = "joint_ed"
organisation = "kunta"
languages = ["fi", "sv"]
feeds = ["/feeds/porvoo"]
hours = [{ days = ["every"], opens = "08:00", intake_until = "20:00", doors_until = "22:00" }]
required = { laakari = 2 }

[stations.porvoo.lanes.kiire]
name = { fi = "Kiire", sv = "Brådskande", en = "Urgent" }
scheme = "abc"
authority = "tickets"

[stations.loviisa]
name = { fi = "Loviisa", sv = "Lovisa", en = "Loviisa" }
travel_minutes = { porvoo = 35 }

[stations.loviisa.lanes.ovi]
name = { fi = "Ovi", sv = "Dörr", en = "Door" }
authority = "counts"
"#;

pub fn small() -> (Area, String) {
    from_toml(SMALL).unwrap()
}

#[test]
fn every_contradiction_names_its_place() {
    let rows = [
        ("id = \"testi\"", "id = \"Testi Alue\"", "at id:"),
        ("Europe/Helsinki", "Europe/Porvoo", "at time_zone:"),
        ("Europe/Helsinki", "+01:99", "at time_zone:"),
        ("Europe/Helsinki", "+999999999:00", "at time_zone:"),
        ("# top", "freshness = { interval = \"0s\" }", "at freshness:"),
        ("# top", "freshness = { interval = \"1m\", stale_after = \"1h\" }", "at freshness:"),
        ("# top", "freshness = { interval = \"1 min\" }", "is not a span"),
        ("# top", "freshness = { interval = \"99999999999999999999d\" }", "is not a span"),
        ("code = \"B\"", "code = \"A\"", "at schemes.abc:"),
        ("code = \"B\"", "code = \"untriaged\"", "at schemes.abc:"),
        ("code = \"B\"", "code = \"\"", "at schemes.abc:"),
        ("kind = \"evening\"", "kind = \"dusk\"", "at windows[0]:"),
        ("from = \"17:00\"", "from = \"25:00\"", "at windows[0]:"),
        ("from = \"17:00\"", "from = \"5pm\"", "at windows[0]:"),
        ("from = \"17:00\"", "from = \"+7:00\"", "at windows[0]:"),
        ("days = [\"every\"]\nfrom", "days = []\nfrom", "at windows[0]: days is empty"),
        ("days = [\"every\"]\nfrom", "days = [\"monday\"]\nfrom", "at windows[0]: day \"monday\""),
        ("to = \"22:00\"", "to = \"22:00\"\nto_day = \"x\"", "at windows[0]: to_day \"x\""),
        ("family = \"queue\"", "family = \"weather\"", "at feeds.\"/feeds/porvoo\":"),
        (
            "family = \"queue\"\norganisation = \"kunta\"",
            "family = \"queue\"\norganisation = \"hus\"",
            "at feeds.",
        ),
        ("interval = \"1m\"", "interval = \"1m\", lost_after = \"2m\"", "at feeds.\"/feeds/porvoo\":"),
        ("kind = \"joint_ed\"\norganisation = \"kunta\"", "organisation = \"hus\"", "at stations.porvoo:"),
        ("feeds = [\"/feeds/porvoo\"]", "feeds = [\"/feeds/x\"]", "at stations.porvoo: feed \"/feeds/x\""),
        ("feeds = [\"/feeds/porvoo\"]", "always_open = true", "at stations.porvoo: always_open and hours"),
        ("intake_until = \"20:00\"", "intake_until = \"23:00\"", "at stations.porvoo.hours[0]: intake_until"),
        (
            "intake_until = \"20:00\"",
            "last_care_until = \"07:00\"",
            "at stations.porvoo.hours[0]: intake_until",
        ),
        ("doors_until = \"22:00\"", "doors_until = \"late\"", "at stations.porvoo.hours[0]: \"late\""),
        ("scheme = \"abc\"", "scheme = \"xyz\"", "at stations.porvoo.lanes.kiire: there is no scheme"),
        ("authority = \"tickets\"", "authority = \"both\"", "at stations.porvoo.lanes.kiire: authority"),
        (
            "authority = \"tickets\"",
            "authority = \"tickets\"\nunresolved_after = \"0s\"",
            "lanes.kiire: unresolved_after",
        ),
        ("porvoo = 35", "sipoo = 35", "at stations.loviisa.travel_minutes: there is no station sipoo"),
        ("[stations.loviisa]", "[stations.sipoo]\n[stations.loviisa]", "at stations.sipoo: name is missing"),
        ("[stations.loviisa]", "[stations.\"a/b\"]\n[stations.loviisa]", "at stations.a/b: use letters"),
        ("authority = \"counts\"", "authority = \"counts\"\nautority = \"x\"", "did you mean `authority`?"),
        ("required = { laakari = 2 }", "required = { laakari = -2 }", "invalid value"),
    ];
    for (right, wrong, sentence) in rows {
        assert!(SMALL.contains(right), "{right}");
        let error = from_toml(&SMALL.replacen(right, wrong, 1)).expect_err(wrong).to_string();
        assert!(error.contains(sentence), "{wrong:?}\n says {error:?} and not {sentence:?}");
    }
}

#[test]
fn an_area_without_stations_is_none() {
    let error = from_toml(SMALL.split("[stations.porvoo]").next().unwrap()).unwrap_err();
    assert!(error.to_string().contains("stations"), "{error}");
    let none = "id = \"x\"\nname = { fi = \"\", sv = \"\", en = \"\" }\ntime_zone = \"+02:00\"\n[stations]\n";
    assert!(from_toml(none).unwrap_err().to_string().contains("at stations:"));
}

#[test]
fn what_the_file_says_is_what_the_area_has() {
    let (area, _) = small();
    let porvoo = &area.stations["porvoo"];
    assert_eq!(porvoo.required["laakari"], 2);
    assert_eq!(porvoo.lanes["kiire"].unresolved_after.as_secs(), 24 * 3600);
    assert_eq!(area.feeds["/feeds/porvoo"].pace.lost_after.as_secs(), 15 * 60);
    assert_eq!(area.schemes["abc"].urgencies[0].target.map(|target| target.as_secs()), Some(0));
    let late = SMALL.replacen("doors_until = \"22:00\"", "doors_until = \"24:00\"", 1);
    assert_eq!(
        from_toml(&late).unwrap().0.stations["porvoo"].hours[0].doors_until,
        jiff::civil::time(0, 0, 0, 0)
    );
}

#[test]
fn the_document_reads_back_as_the_same_area_and_does_not_hang_on_the_files_layout() {
    for text in [SMALL, include_str!("../../../config/areas/skane.toml")] {
        let (area, document) = from_toml(text).unwrap();
        assert_eq!(format!("{:?}", from_document(&document).unwrap()), format!("{area:?}"));
        let value: serde_json::Value = serde_json::from_str(&document).unwrap();
        assert_eq!(proto::canonical::text(&value), document);
        let spaced = text.replace("\n[", "\n# a comment\n\n[");
        assert_eq!(from_toml(&spaced).unwrap().1, document);
    }
}

/// What a file may say of time: put in place of the comments and keys of [`SMALL`].
const OF_TIME: &str = r#"
holidays = "finland"
eves = [
    { before = "good_friday", name = { fi = "kiirastorstai", sv = "skärtorsdagen", en = "Maundy Thursday" }, hours_as = "fri" },
]
shifts = [
    { name = { fi = "yö", sv = "natt", en = "night" }, days = ["every"], from = "22:00", to = "07:00" },
]
"#;
const EXCEPTIONS: &str = r#"exceptions = [
    { date = "2026-12-23", hours = [{ opens = "09:00", doors_until = "12:00" }] },
    { from = "2026-12-21", to = "2027-01-03", closed = true, reason = { fi = "tauko", sv = "paus", en = "break" } },
]
services.labra = { hours = [{ days = ["weekdays"], opens = "08:00", doors_until = "12:00" }] }
required = { laakari = 2 }"#;

pub fn with_times() -> String {
    let over = "over = \"weekend\"\nbegins = \"first_day\"\nbridges = true\nfrom";
    SMALL
        .replace("# top", OF_TIME)
        .replace("days = [\"every\"]\nfrom", over)
        .replace("required = { laakari = 2 }", EXCEPTIONS)
}

#[test]
fn holidays_shifts_and_exceptions_read_back_as_the_same_area() {
    let (area, document) = from_toml(&with_times()).unwrap();
    let again = from_document(&document).unwrap();
    assert_eq!(format!("{again:?}"), format!("{area:?}"));
    assert_eq!((area.calendar.eves.len(), area.shifts.len()), (1, 1));
    let porvoo = &area.stations["porvoo"];
    assert_eq!((porvoo.exceptions.len(), porvoo.services["labra"].hours.len()), (2, 1));
    // Documents that were recorded before there were such keys have none of them.
    let (_, before) = small();
    for key in ["holidays", "eves", "shifts", "exceptions", "over", "bridges", "begins"] {
        assert!(!before.contains(key), "{key} in {before}");
    }
}

#[test]
fn every_contradiction_of_times_names_its_key() {
    let text = with_times();
    let rows = [
        ("holidays = \"finland\"", "holidays = \"suomi\"", "at holidays: \"suomi\""),
        ("holidays = \"finland\"", "", "at eves: eves are of holidays"),
        ("\"good_friday\"", "\"good_fridy\"", "at eves[0]: before \"good_fridy\""),
        ("\"good_friday\"", "\"christmas_day\"", "at eves[0]: the day before christmas_day is a customary"),
        ("\"good_friday\"", "\"boxing_day\"", "at eves[0]: the day before boxing_day is a public holiday"),
        ("hours_as = \"fri\"", "hours_as = \"shut\"", "at eves[0]: hours_as \"shut\""),
        ("hours_as = \"fri\"", "hours_like = \"fri\"", "did you mean `hours_as`?"),
        ("to = \"07:00\"", "to = \"7\"", "at shifts[0]: \"7\" is not a local time"),
        ("days = [\"every\"], from", "days = [], from", "at shifts[0]: days is empty"),
        ("over = \"weekend\"", "over = \"summer\"", "at windows[0]: over \"summer\""),
        (
            "over = \"weekend\"",
            "over = \"weekend\"\ndays = [\"fri\"]",
            "at windows[0]: over contradicts days",
        ),
        ("over = \"weekend\"", "days = [\"fri\"]", "at windows[0]: begins and bridges are for windows"),
        ("\"first_day\"", "\"eve\"", "at windows[0]: begins \"eve\""),
        (
            "date = \"2026-12-23\"",
            "date = \"23.12.2026\"",
            "at stations.porvoo.exceptions[0]: \"23.12.2026\"",
        ),
        (
            "date = \"2026-12-23\"",
            "date = \"2026-12-23T10:00\"",
            "exceptions[0]: \"2026-12-23T10:00\" is not",
        ),
        ("date = \"2026-12-23\"", "from = \"2026-12-23\"", "exceptions[0]: give either date, or from and to"),
        ("to = \"2027-01-03\"", "to = \"2026-01-03\"", "exceptions[1]: to is before from"),
        ("closed = true", "closed = false", "exceptions[1]: say either closed = true or the hours"),
        (
            "opens = \"09:00\"",
            "days = [\"wed\"], opens = \"09:00\"",
            "exceptions[0].hours[0]: the hours of one date",
        ),
        ("doors_until = \"12:00\" }] },", "doors_until = \"12\" }] },", "exceptions[0].hours[0]: \"12\""),
        (
            "days = [\"weekdays\"]",
            "days = [\"holiday\"]",
            "services.labra.hours[0]: day \"holiday\": use mon",
        ),
        (
            "hours = [{ days = [\"weekdays\"], opens = \"08:00\", doors_until = \"12:00\" }]",
            "exceptions = [{ date = \"2026-12-23\", closed = true }]",
            "at stations.porvoo.services.labra: exceptions are from hours",
        ),
    ];
    for (right, wrong, sentence) in rows {
        assert!(text.contains(right), "{right}");
        let error = from_toml(&text.replacen(right, wrong, 1)).expect_err(wrong).to_string();
        assert!(error.contains(sentence), "{wrong}: {error}");
    }
    let never = [
        ("days = [\"every\"], opens", "days = [\"public_holiday\"], opens", "public_holiday\" never comes"),
        ("days = [\"every\"], opens", "days = [\"eve\"], opens", "\"eve\" never comes"),
        ("days = [\"every\"]\nfrom", "over = \"holiday\"\nfrom", "over = \"holiday\" never holds"),
    ];
    for (right, wrong, sentence) in never {
        let error = from_toml(&SMALL.replacen(right, wrong, 1)).expect_err(wrong).to_string();
        assert!(error.contains(sentence), "{wrong}: {error}");
    }
}
