//! The area file: what it may say, and each contradiction with its place.

use proto::area::{from_document, from_toml};
use situation::area::Area;

/// A file that is right; each `row` below is put in place of the comment of its table.
const SMALL: &str = r#"
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
        ("to = \"22:00\"", "to = \"22:00\"\nto_day = \"x\"", "at windows[0]: day \"x\""),
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
        ("intake_until = \"20:00\"", "intake_until = \"23:00\"", "at stations.porvoo: intake_until"),
        ("intake_until = \"20:00\"", "last_care_until = \"07:00\"", "at stations.porvoo: intake_until"),
        ("doors_until = \"22:00\"", "doors_until = \"late\"", "at stations.porvoo: \"late\""),
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
