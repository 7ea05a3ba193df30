//! What each number on a board means: an id that stays, and a text in three languages.
//!
//! A definition belongs to a path of the board's members, with `*` for any one key or its end. Every number of a board has exactly
//! one; a board that grows a number without one fails the tests.

mod forecast;
mod strain;
mod usual;
mod waits;

use serde_json::{Map, Value, json};

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its id, for links and reports.
    pub id: &'static str,
    /// Where it stands on a board: keys parted by dots, `*` for any one key, or for the end of one.
    pub path: &'static str,
    /// Suomi, svenska, English.
    pub text: [&'static str; 3],
}

const fn of(id: &'static str, path: &'static str, text: [&'static str; 3]) -> Definition {
    Definition { id, path, text }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    OF_FIGURES.iter().chain(strain::STRAIN).chain(usual::USUAL).chain(forecast::FORECAST).chain(waits::WAITS)
}

const OF_FIGURES: &[Definition] = &[
    of(
        "board.revision",
        "revision",
        [
            "Viimeisimmän tätä näkymää muuttaneen tapahtuman järjestysnumero.",
            "Ordningsnumret för den senaste händelse som ändrade vyn.",
            "The sequence of the last fact that changed this view.",
        ],
    ),
    of(
        "board.sequence",
        "sequence",
        [
            "Viimeisimmän kirjatun tapahtuman järjestysnumero, kun näkymä piirrettiin.",
            "Ordningsnumret för den senast registrerade händelsen när vyn ritades.",
            "The sequence of the newest fact known when the view was drawn.",
        ],
    ),
    of(
        "reporting.counted",
        "reporting.counted",
        [
            "Asemat, joille tullaan vastaanotolle; puhelinlinjat, etävastaanotto ja kotiin vietävät palvelut eivät ole mukana.",
            "Stationer dit man kommer på mottagning; telefonlinjer, distansmottagning och tjänster i hemmet räknas inte.",
            "Stations that people come to; telephone lines, remote receptions and services at home are not counted.",
        ],
    ),
    of(
        "reporting.open",
        "reporting.open",
        [
            "Näistä asemista nyt avoinna olevat: aseman oman ilmoituksen, muuten aikataulun mukaan.",
            "Av dessa de som är öppna nu: enligt stationens eget besked, annars enligt tidtabellen.",
            "Of these, those that are open now: by the station's own word, else by its timetable.",
        ],
    ),
    of(
        "reporting.open_unknown",
        "reporting.open_unknown",
        [
            "Näistä asemista ne, joiden aukiolo ei ole tiedossa.",
            "Av dessa de vilkas öppethållning är okänd.",
            "Of these, those of which nobody knows whether they are open.",
        ],
    ),
    of(
        "reporting.reporting",
        "reporting.reporting",
        [
            "Avoimista asemista ne, joiden jonotieto on ajantasainen tai vasta vanhenemassa.",
            "Av de öppna de vilkas kötal är aktuella eller först börjar åldras.",
            "Of the open ones, those whose queue figures are fresh or only ageing.",
        ],
    ),
    of(
        "sum.value",
        "sums.*.value",
        [
            "Summa raportoivien avoimien asemien tiedossa olevista jonoista.",
            "Summan över kända köer på öppna stationer som rapporterar.",
            "The sum over the known lanes of open stations that report.",
        ],
    ),
    of(
        "sum.stations",
        "sums.*.stations",
        [
            "Asemat, joista summassa on ainakin yksi jono.",
            "Stationer av vilka minst en kö ingår i summan.",
            "Stations of which at least one lane is in the sum.",
        ],
    ),
    of(
        "sum.lanes_missing",
        "sums.*.lanes_missing",
        [
            "Raportoivien asemien jonot, joista lukua ei tiedetä ja jotka siksi puuttuvat summasta.",
            "Köer på rapporterande stationer vilkas tal är okända och som därför saknas i summan.",
            "Lanes of reporting stations whose figure is not known, and which the sum therefore lacks.",
        ],
    ),
    of("alarm.rank", "alarms.*.rank", RANK),
    of(
        "alarm.count",
        "alarms.*.count",
        [
            "Ihmiset, joita hälytys koskee: yli tavoitteen odottavat, puuttuvat työntekijät tai sisällä olevat.",
            "Människor som larmet gäller: de som väntar över målet, de som saknas i arbetet eller de som är inne.",
            "People whom the alarm is about: overdue, missing from work, or inside.",
        ],
    ),
    of("station.rank", "stations.*.rank", RANK),
    of(
        "shift.required",
        "stations.*.shifts.*.staff.*.required",
        [
            "Vuoron tarve sen pahimmalla hetkellä.",
            "Skiftets behov i dess värsta stund.",
            "Needed in the shift, at its worst moment.",
        ],
    ),
    of(
        "shift.planned",
        "stations.*.shifts.*.staff.*.planned",
        [
            "Vuoroon suunnitellut sen pahimmalla hetkellä.",
            "Planerade för skiftet i dess värsta stund.",
            "Planned for the shift, at its worst moment.",
        ],
    ),
    of(
        "shift.gap",
        "stations.*.shifts.*.staff.*.gap",
        [
            "Vuoron vaje: tarve miinus suunnitellut.",
            "Skiftets brist: behov minus planerade.",
            "The shift's gap: needed less planned.",
        ],
    ),
    of(
        "shift.actual",
        "stations.*.shifts.*.staff.*.actual",
        [
            "Vuorossa tähän mennessä vähimmillään olleet, kunkin tunnin viimeisen ilmoituksen mukaan.",
            "Det minsta antalet i skiftet hittills, enligt varje timmes sista besked.",
            "The fewest at work in the shift so far, by the last word of each hour.",
        ],
    ),
    of("station.language.rank", "stations.*.languages.*.rank", RANK),
    of(
        "station.closing.inside",
        "stations.*.closing.inside",
        [
            "Odottavat ja hoidossa olevat asemalla, joka sulkeutuu; vain, kun kummatkin tiedetään.",
            "Väntande och personer i vård på en station som stänger; endast då båda är kända.",
            "People waiting and in care at a station that closes; only where both are known.",
        ],
    ),
    of(
        "station.closing.inside_at_least",
        "stations.*.closing.inside_at_least",
        [
            "Tiedossa olevat odottavat ja hoidossa olevat, kun kaikkia ei tiedetä: sisällä on vähintään näin monta.",
            "Kända väntande och personer i vård när inte alla är kända: minst så många är inne.",
            "Those waiting and in care who are known of, where not all are: at least so many are inside.",
        ],
    ),
    of(
        "station.closing.pace_of",
        "stations.*.closing.pace_of",
        [
            "Lähdöt viimeisen tunnin aikana, joista valmistumisajan arvio on laskettu, enintään 8.",
            "Avgångar under den senaste timmen som det uppskattade slutet bygger på, högst 8.",
            "Departures of the last hour on which the time of being done rests, at most 8.",
        ],
    ),
    of(
        "service.age_from",
        "stations.*.services.*.age_from",
        ["Palvelun alaikäraja vuosina.", "Tjänstens nedre åldersgräns i år.", "From this age in years."],
    ),
    of(
        "service.age_below",
        "stations.*.services.*.age_below",
        [
            "Palvelu on tätä nuoremmille, vuosina.",
            "Tjänsten är för dem som är yngre än så, i år.",
            "Below this age in years.",
        ],
    ),
    of("lane.rank", "stations.*.lanes.*.rank", RANK),
    of("urgency.rank", "stations.*.lanes.*.urgencies.*.rank", RANK),
    of(
        "urgency.target_s",
        "stations.*.lanes.*.urgencies.*.target_s",
        [
            "Tavoiteaika saapumisesta hoidon alkuun, sekunteina.",
            "Måltiden från ankomst till vårdens början, i sekunder.",
            "The target from joining to care, in seconds.",
        ],
    ),
    of(
        "lane.waiting",
        "stations.*.lanes.*.waiting",
        [
            "Odottavat: tulleet, joiden hoito ei ole alkanut ja jotka eivät ole lähteneet; tai lähteen ilmoittama luku.",
            "Väntande: har kommit, vården har inte börjat och de har inte gått; eller källans tal.",
            "People waiting: joined, care not started, not left; or the source's count.",
        ],
    ),
    of(
        "lane.waiting_by_urgency",
        "stations.*.lanes.*.waiting_by_urgency.*",
        [
            "Odottavat kiireellisyysluokittain; arvioimattomat omana rivinään.",
            "Väntande per brådskandegrad; de obedömda på en egen rad.",
            "People waiting by urgency; the untriaged are a row of their own.",
        ],
    ),
    of(
        "lane.in_care",
        "stations.*.lanes.*.in_care",
        [
            "Hoidossa: hoito alkanut, ei lähtenyt; tai lähteen ilmoittama luku.",
            "I vård: vården har börjat, har inte gått; eller källans tal.",
            "People in care: care started, not left; or the source's count.",
        ],
    ),
    of(
        "lane.present",
        "stations.*.lanes.*.present",
        [
            "Paikalla: odottavat ja hoidossa olevat; tai lähteen ilmoittama luku.",
            "På plats: väntande och i vård; eller källans tal.",
            "People present: waiting and in care; or the source's count.",
        ],
    ),
    of(
        "lane.overdue",
        "stations.*.lanes.*.overdue",
        [
            "Odottavat, joiden kiireellisyysluokan tavoiteaika on ylittynyt.",
            "Väntande vilkas måltid enligt brådskandegraden har överskridits.",
            "People waiting beyond the target of their urgency.",
        ],
    ),
    of(
        "lane.overdue_by_urgency",
        "stations.*.lanes.*.overdue_by_urgency.*.count",
        [
            "Tavoiteajan ylittäneet kiireellisyysluokittain.",
            "De som väntat över måltiden, per brådskandegrad.",
            "People waiting beyond the target, by urgency.",
        ],
    ),
    of(
        "lane.unresolved",
        "stations.*.lanes.*.unresolved",
        [
            "Käynnit, joista ei ole kuultu jonon aikarajan jälkeen; eivät ole muissa luvuissa.",
            "Besök som det inte har hörts något om inom köns tidsgräns; de ingår inte i andra tal.",
            "Visits that have been silent beyond the lane's limit; they are in no other figure.",
        ],
    ),
    of(
        "staff.on_duty",
        "stations.*.staff.*.on_duty",
        [
            "Töissä nyt; ei tiedossa, jos lähde vain kopioi suunnitelman tai jos ennen ovien avaamista kerrottiin, ettei ketään ole.",
            "I arbete nu; okänt om källan bara kopierar planen, eller om det sades före öppning att ingen är där.",
            "At work now; not known where the source only copies the plan, or where before the doors opened it was said that nobody was.",
        ],
    ),
    of(
        "staff.required",
        "stations.*.staff.*.required",
        [
            "Tarvitaan nyt: suunnitelman, muuten aluetiedoston mukaan.",
            "Behövs nu: enligt planen, annars enligt områdesfilen.",
            "Needed now: by the plan, else by the area file.",
        ],
    ),
    of("staff.planned", "stations.*.staff.*.planned", ["Suunniteltu nyt.", "Planerade nu.", "Planned now."]),
    of("staff.called", "stations.*.staff.*.called", ["Kutsuttu töihin.", "Inkallade.", "Called in."]),
    of("staff.arriving", "stations.*.staff.*.arriving", ["Matkalla töihin.", "På väg.", "On their way."]),
    of("staff.absent", "stations.*.staff.*.absent", ["Poissa.", "Frånvarande.", "Absent."]),
    of(
        "staff.gap",
        "stations.*.staff.*.gap",
        [
            "Vajaus nyt: tarve miinus töissä olevat, kun kummatkin tiedetään.",
            "Underbemanning nu: behovet minus de i arbete, då båda är kända.",
            "Missing now: needed less at work, where both are known.",
        ],
    ),
    of(
        "staff.ahead.required",
        "stations.*.staff.*.ahead.*.required",
        [
            "Tarve suunnitelman tässä osassa.",
            "Behovet under denna del av planen.",
            "Needed in this part of the plan.",
        ],
    ),
    of(
        "staff.ahead.planned",
        "stations.*.staff.*.ahead.*.planned",
        ["Suunniteltu tähän osaan.", "Planerade för denna del.", "Planned for this part."],
    ),
    of(
        "staff.ahead.gap",
        "stations.*.staff.*.ahead.*.gap",
        [
            "Tuleva vajaus: tarve miinus suunniteltu.",
            "Kommande underbemanning: behovet minus planerade.",
            "Missing then: needed less planned.",
        ],
    ),
    of(
        "capacity.total",
        "stations.*.capacity.*.total",
        ["Paikat yhteensä.", "Platser totalt.", "Places that exist."],
    ),
    of(
        "capacity.staffed",
        "stations.*.capacity.*.staffed",
        ["Paikat, joille on henkilöstö.", "Platser som har personal.", "Places that have staff."],
    ),
    of(
        "capacity.occupied",
        "stations.*.capacity.*.occupied",
        [
            "Käytössä olevat paikat; voi ylittää muut.",
            "Platser i bruk; kan överstiga de andra.",
            "Places in use; may exceed the others.",
        ],
    ),
    of(
        "capacity.reserved",
        "stations.*.capacity.*.reserved",
        ["Varatut.", "Reserverade.", "Kept for somebody."],
    ),
    of(
        "capacity.boarding",
        "stations.*.capacity.*.boarding",
        [
            "Paikalla olevat, jotka odottavat jatkopaikkaa.",
            "De som väntar på vårdplats någon annanstans.",
            "Used by people who wait for a place elsewhere.",
        ],
    ),
    of(
        "capacity.planned_discharges",
        "stations.*.capacity.*.planned_discharges",
        ["Suunnitellut kotiutukset.", "Planerade utskrivningar.", "Discharges planned."],
    ),
    of(
        "capacity.free",
        "stations.*.capacity.*.free",
        [
            "Vapaana: henkilöstölliset paikat (muuten kaikki) miinus käytössä ja varatut; alle nollan, kun ylipaikoilla.",
            "Lediga: bemannade platser (annars alla) minus de i bruk och reserverade; under noll vid överbeläggning.",
            "Free: staffed places (else all) less those in use and reserved; below zero when over-full.",
        ],
    ),
    of("on_call.language.rank", "stations.*.on_call.*.languages.*.rank", RANK),
    of(
        "contact.offered",
        "stations.*.contacts.*.offered",
        ["Tulleet yhteydenotot.", "Inkomna kontakter.", "Contacts offered."],
    ),
    of(
        "contact.answered",
        "stations.*.contacts.*.answered",
        ["Vastatut.", "Besvarade.", "Contacts answered."],
    ),
    of(
        "contact.abandoned",
        "stations.*.contacts.*.abandoned",
        ["Ennen vastausta katkenneet.", "Avbrutna före svar.", "Contacts given up before an answer."],
    ),
    of(
        "contact.callbacks_waiting",
        "stations.*.contacts.*.callbacks_waiting",
        [
            "Takaisinsoittoa odottavat; kenen luku se on, kertoo coverage.",
            "De som väntar på återuppringning; coverage säger vems tal det är.",
            "People who wait to be called back; whose figure it is stands in coverage.",
        ],
    ),
    of(
        "contact.agents",
        "stations.*.contacts.*.agents",
        ["Vastaajia linjalla.", "Svarare på linjen.", "People who answer the line."],
    ),
];

const RANK: [&str; 3] = [
    "Järjestys näytöllä, 1 ensimmäisenä.",
    "Ordningen på skärmen, 1 först.",
    "The place on a screen, 1 first.",
];

/// The definition of the number at a path of a board.
#[must_use]
pub fn definition_at(path: &[&str]) -> Option<&'static Definition> {
    all().find(|definition| {
        let keys = definition.path.split('.');
        let fits =
            |key: &str, at: &str| key.strip_suffix('*').map_or(key == at, |begin| at.starts_with(begin));
        keys.clone().count() == path.len() && keys.zip(path).all(|(key, at)| fits(key, at))
    })
}

/// All of them by id: `{"definitions": {id: {"path", "text": {"fi", "sv", "en"}}}}`.
#[must_use]
pub fn definitions() -> Value {
    let each = all().map(|Definition { id, path, text: [fi, sv, en] }| {
        ((*id).to_owned(), json!({"path": path, "text": {"fi": fi, "sv": sv, "en": en}}))
    });
    json!({"definitions": each.collect::<Map<_, _>>()})
}
