//! Every word of a report. Names of stations, lanes, roles and alarms come from the area.

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Suomi.
    Fi,
    /// Svenska.
    Sv,
    /// English.
    En,
}

impl Language {
    /// By its code: `fi`, `sv` or `en`.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        match code {
            "fi" => Some(Self::Fi),
            "sv" => Some(Self::Sv),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fi => "fi",
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    /// The codes in which a name is looked for, the first first: a name that is not there in this language is better than none.
    pub(super) const fn codes(self) -> [&'static str; 3] {
        match self {
            Self::Fi => ["fi", "sv", "en"],
            Self::Sv => ["sv", "fi", "en"],
            Self::En => ["en", "fi", "sv"],
        }
    }

    /// A word by its key; the key itself where there is none.
    pub(super) fn word(self, key: &str) -> &str {
        let found = WORDS.iter().chain(OUTCOMES).find(|(known, _)| *known == key);
        found.map_or(key, |(_, [fi, sv, en])| match self {
            Self::Fi => fi,
            Self::Sv => sv,
            Self::En => en,
        })
    }
}

type Word = (&'static str, [&'static str; 3]);

const WORDS: &[Word] = &[
    ("title", ["Vuororaportti", "Skiftrapport", "Shift report"]),
    (
        "goes_on",
        ["vuoro jatkuu: tilanne {time}", "skiftet pågår: läget {time}", "the shift goes on: as of {time}"],
    ),
    (
        "known_from",
        ["tietoja vasta {time} alkaen", "uppgifter först från {time}", "known only from {time} on"],
    ),
    ("simulated", ["SIMULOITU", "SIMULERAD", "SIMULATED"]),
    ("span", ["aikaväli", "tid", "time"]),
    ("none", ["Ei ole.", "Inga.", "None."]),
    ("more", ["ja {count} muuta (ks. JSON)", "och {count} till (se JSON)", "and {count} more (see JSON)"]),
    ("stations", ["Asemat", "Stationer", "Stations"]),
    ("station", ["Asema", "Station", "Station"]),
    ("open", ["Auki", "Öppen", "Open"]),
    ("yes", ["kyllä", "ja", "yes"]),
    ("no", ["ei", "nej", "no"]),
    ("level", ["Kuormitustaso", "Belastningsnivå", "Level"]),
    ("area", ["Koko alue", "Hela området", "The whole area"]),
    ("queue", ["Jono", "Kö", "Queue"]),
    ("most_waiting", ["Eniten odotti", "Flest väntade", "Most waiting"]),
    ("most_present", ["Eniten paikalla", "Flest på plats", "Most present"]),
    ("arrived", ["Tuli", "Kom", "Came"]),
    ("left", ["Lähti", "Gick", "Left"]),
    ("waits", ["Odotukset ja tavoitteet", "Väntetider och mål", "Waits against targets"]),
    ("urgency", ["Kiireellisyys", "Brådska", "Urgency"]),
    ("target", ["Tavoite", "Mål", "Target"]),
    ("within", ["Ajoissa", "I tid", "In time"]),
    ("longest", ["Pisin", "Längst", "Longest"]),
    ("waiting", ["Odottaa nyt", "Väntar nu", "Waiting now"]),
    ("overdue", ["yli ajan {count}", "över tid {count}", "{count} overdue"]),
    ("longest_yet", ["pisin {time}", "längst {time}", "longest {time}"]),
    ("untriaged", ["arvioimatta", "obedömd", "untriaged"]),
    ("alarms", ["Hälytykset", "Larm", "Alarms"]),
    ("alarm", ["Hälytys", "Larm", "Alarm"]),
    ("where", ["Missä", "Var", "Where"]),
    ("stood", ["Voimassa", "Gällde", "Stood"]),
    ("handling", ["Käsittely", "Hantering", "Handling"]),
    ("unacknowledged", ["KUITTAAMATTA", "OKVITTERAT", "UNACKNOWLEDGED"]),
    ("silences", ["Tietolähteiden katkot", "Avbrott i datakällor", "Feeds down"]),
    ("feed", ["Tietolähde", "Datakälla", "Feed"]),
    ("time", ["Aika", "Tid", "Time"]),
    ("worst", ["Pahimmillaan", "Som värst", "At worst"]),
    ("stale", ["vanhentunut", "föråldrad", "stale"]),
    ("lost", ["yhteys poikki", "förbindelse bruten", "lost"]),
    ("never", ["ei vielä tietoa", "ingen uppgift ännu", "never heard"]),
    ("gaps", ["Henkilöstövajeet", "Personalbrist", "Staffing below need"]),
    ("role", ["Rooli", "Roll", "Role"]),
    ("missing", ["Puuttui", "Saknades", "Missing"]),
    ("on_duty", ["Töissä / tarve", "I tjänst / behov", "On duty / required"]),
    ("closings", ["Sulkemiset ja aukiolo", "Stängningar och öppethållning", "Closings and hours"]),
    ("inside", ["Sisällä", "Inne", "Inside"]),
    ("unseen_at_closing", ["Näkemättä", "Osedda", "Unseen"]),
    ("closed", ["sulkeutui", "stängdes", "closed"]),
    ("hours_changed", ["aukiolo muuttui", "öppettiden ändrades", "hours changed"]),
    ("intake", ["sisäänotto", "intagning", "intake"]),
    ("doors", ["ovet", "dörrarna", "doors"]),
    ("empty", ["tyhjä {time}", "tom {time}", "empty at {time}"]),
    ("still", ["yhä sisällä {count}", "fortfarande inne {count}", "{count} still inside"]),
    ("places", ["Paikat ja takaisinsoitot", "Platser och återuppringningar", "Places and callbacks"]),
    ("least_free", ["vähiten vapaana", "minst lediga", "fewest free"]),
    ("most_boarding", ["jatkopaikkaa odotti eniten", "väntade på vårdplats, flest", "most boarding"]),
    (
        "callbacks",
        ["takaisinsoittoa odotti eniten", "väntade på återuppringning, flest", "most callbacks waiting"],
    ),
    (
        "notes",
        [
            "Avoimet muistiinpanot ja tiedotteet",
            "Öppna anteckningar och meddelanden",
            "Open notes and notices",
        ],
    ),
    ("note", ["Muistiinpano", "Anteckning", "Note"]),
    ("by", ["Kuka", "Vem", "Who"]),
    ("signatures", ["Allekirjoitukset", "Underskrifter", "Signatures"]),
    ("given", ["Luovutti", "Överlämnade", "Handed over"]),
    ("received", ["Otti vastaan", "Tog emot", "Received"]),
    ("unsigned", ["allekirjoittamatta", "inte undertecknad", "not signed"]),
    (
        "other_report",
        [
            "eri raportti: ?sequence={sequence}",
            "en annan rapport: ?sequence={sequence}",
            "another report: ?sequence={sequence}",
        ],
    ),
    ("facts", ["tapahtumaan {sequence} asti", "till händelse {sequence}", "up to fact {sequence}"]),
    ("room", ["huone", "rum", "room"]),
    ("bed", ["vuode", "säng", "bed"]),
    ("stretcher", ["paari", "bår", "stretcher"]),
    ("isolation", ["eristys", "isolering", "isolation"]),
    ("crisis_place", ["kriisipaikka", "krisplats", "crisis place"]),
    ("placement", ["sijoituspaikka", "placering", "placement"]),
    ("sobering", ["selviäminen", "tillnyktring", "sobering"]),
    ("remote_place", ["etävastaanotto", "distansmottagning", "remote"]),
    ("home_visit", ["kotikäynti", "hembesök", "home visit"]),
];

/// How people left.
const OUTCOMES: &[Word] = &[
    ("treated", ["hoidettu", "behandlad", "treated"]),
    ("unseen", ["lähti näkemättä", "gick osedd", "left unseen"]),
    ("booked", ["sai ajan", "fick tid", "booked"]),
    ("advised", ["neuvottu", "rådgiven", "advised"]),
    ("redirected", ["ohjattu muualle", "hänvisad", "redirected"]),
    ("remote", ["etävastaanotolle", "till distansmottagning", "to a remote doctor"]),
    ("admitted", ["osastolle", "inlagd", "admitted"]),
    ("transferred", ["siirretty", "flyttad", "transferred"]),
    ("no_show", ["ei saapunut", "uteblev", "no show"]),
    ("emergency", ["ensihoidon mukana", "med ambulans", "by ambulance"]),
    ("died", ["kuoli", "avled", "died"]),
    ("not_told", ["syy ei tiedossa", "orsak okänd", "not told how"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_once_and_in_each_language() {
        let mut keys = std::collections::BTreeSet::new();
        for (key, texts) in WORDS.iter().chain(OUTCOMES) {
            assert!(keys.insert(key), "{key} twice");
            assert!(texts.iter().all(|text| !text.is_empty()), "{key}");
        }
    }
}
