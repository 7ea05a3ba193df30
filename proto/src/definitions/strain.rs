//! What the numbers of strain levels mean, with their formulas and where these come from.

use super::{Definition, of};

/// The texts of a level.
const LEVEL: [&str; 3] = [
    "Kuormitustaso 1-4 (normaali, kiristynyt, kuormittunut, ylikuormittunut): korkein, johon riittävän moni mittari yltää; nousee heti, laskee viiveellä ja vasta marginaalin verran kynnyksen alla. Puuttuu, kun puuttuvat tiedot voisivat muuttaa sen.",
    "Belastningsnivå 1-4 (normal, ansträngd, belastad, överbelastad): den högsta som tillräckligt många mått når; stiger genast, sjunker med fördröjning och först en marginal under tröskeln. Saknas när uppgifter som saknas kunde ändra den.",
    "Strain level 1-4 (normal, strained, loaded, overloaded): the highest that enough measures reach; it rises at once and goes down after a while and a margin below the threshold. Absent where what is missing could change it.",
];

const AT_LEAST: [&str; 3] = [
    "Taso on vähintään tämä, vaikka se ei ole tiedossa.",
    "Nivån är minst denna, fast den inte är känd.",
    "The level is at least this, although it is not known.",
];

const NEEDS: [&str; 3] =
    ["Näin monen on yllettävä tasolle.", "Så många måste nå nivån.", "So many must reach a level."];

const DWELL: [&str; 3] = [
    "Taso on voimassa vähintään näin monta sekuntia alkamisestaan; sanotaan, kun vain se pitää tason ylhäällä.",
    "En nivå gäller minst så många sekunder från sin början; sägs när endast det håller den uppe.",
    "A level stands for at least so many seconds from its beginning; told where only that keeps it up.",
];

pub(super) const STRAIN: &[Definition] = &[
    of("area.level", "level", LEVEL),
    of("area.strain.level", "strain.level", LEVEL),
    of("area.strain.at_least", "strain.at_least", AT_LEAST),
    of("area.strain.needs", "strain.needs", NEEDS),
    of("area.strain.dwell_s", "strain.dwell_s", DWELL),
    of(
        "area.strain.stations",
        "strain.stations.*",
        [
            "Avoinna olevat asemat, joille tullaan vastaanotolle, tasoittain; unknown: taso ei tiedossa.",
            "Öppna stationer dit man kommer på mottagning, per nivå; unknown: nivån är okänd.",
            "Open stations that people come to, by level; unknown: the level is not known.",
        ],
    ),
    of("station.level", "stations.*.level", LEVEL),
    of("station.strain.level", "stations.*.strain.level", LEVEL),
    of("station.strain.at_least", "stations.*.strain.at_least", AT_LEAST),
    of("station.strain.needs", "stations.*.strain.needs", NEEDS),
    of("station.strain.dwell_s", "stations.*.strain.dwell_s", DWELL),
    of(
        "strain.measure.level",
        "stations.*.strain.measures.*.level",
        [
            "Taso, jolle mittari yltää yksinään; held: vain marginaalin turvin.",
            "Den nivå som måttet når för sig; held: bara tack vare marginalen.",
            "The level that the measure reaches by itself; held: only by the margin.",
        ],
    ),
    of(
        "strain.measure.at_least",
        "stations.*.strain.measures.*.at_least",
        [
            "Mittarin arvo on vähintään tämä: osa tiedoista puuttuu.",
            "Måttets värde är minst detta: en del av uppgifterna saknas.",
            "The measure's value is at least this: some of its inputs are missing.",
        ],
    ),
    of(
        "strain.measure.thresholds",
        "stations.*.strain.measures.*.thresholds.*",
        [
            "Tästä arvosta alkaen mittari on tällä tasolla.",
            "Från detta värde är måttet på denna nivå.",
            "From this value on the measure is at that level.",
        ],
    ),
    of(
        "strain.measure.margin",
        "stations.*.strain.measures.*.margin",
        [
            "Näin paljon kynnyksen alla voimassa oleva taso katsotaan vielä saavutetuksi.",
            "Så långt under tröskeln räknas nivån som gäller ännu som nådd.",
            "So far below a threshold the level that stands still counts as reached.",
        ],
    ),
    of(
        "strain.overdue_share",
        "stations.*.strain.measures.overdue_share.value",
        [
            "Tavoiteajan ylittäneet prosentteina odottavista niissä jonoissa, joilla on tavoiteaika.",
            "De som väntat över måltiden i procent av de väntande, i köer som har en måltid.",
            "People waiting beyond their target, per cent of those waiting in lanes that have targets.",
        ],
    ),
    of(
        "strain.waiting_per_staff",
        "stations.*.strain.measures.waiting_per_staff.value",
        [
            "Odottavat yhtä töissä olevaa vastaanottajaa kohti, sadasosina.",
            "Väntande per person i arbete som tar emot, i hundradelar.",
            "People waiting for each of those at work who see them, in hundredths.",
        ],
    ),
    of(
        "strain.occupancy",
        "stations.*.strain.measures.occupancy_*.value",
        [
            "Käytössä olevat paikat prosentteina henkilöstöllisistä (muuten kaikista).",
            "Platser i bruk i procent av de bemannade (annars av alla).",
            "Places in use, per cent of the staffed ones (else of all).",
        ],
    ),
    of(
        "strain.staffing_gap",
        "stations.*.strain.measures.staffing_gap.value",
        [
            "Puuttuvat prosentteina tarpeesta siinä tehtävässä, josta puuttuu eniten.",
            "De som saknas i procent av behovet, i den roll som saknar mest.",
            "People missing, per cent of those needed, in the role that lacks most.",
        ],
    ),
    of(
        "strain.boarders",
        "stations.*.strain.measures.boarders.value",
        [
            "Paikalla olevat, jotka odottavat jatkopaikkaa.",
            "De som väntar på vårdplats någon annanstans.",
            "People who take a place here and wait for one elsewhere.",
        ],
    ),
    of(
        "strain.edwin",
        "stations.*.strain.measures.edwin.value",
        [
            "EDWIN sadasosina: Σ n·t / (lääkärit · (paikat − jatkopaikkaa odottavat)), n paikalla kiireellisyysluokassa, t luokan paino (viidestä kiireellisin 5, arvioimaton keskimmäinen). Bernstein ym., Acad Emerg Med 2003; 10: 938-942.",
            "EDWIN i hundradelar: Σ n·t / (läkare · (platser − de som väntar på vårdplats)), n på plats i brådskandegraden, t gradens vikt (av fem den mest brådskande 5, obedömd den mellersta). Bernstein m.fl., Acad Emerg Med 2003; 10: 938-942.",
            "EDWIN in hundredths: Σ n·t / (physicians · (bays − boarders)), n present in an urgency, t its weight (the most urgent of five 5, untriaged the middle one). Bernstein et al., Acad Emerg Med 2003; 10: 938-942.",
        ],
    ),
    of(
        "strain.nedocs",
        "stations.*.strain.measures.nedocs.value",
        [
            "NEDOCS pisteinä 0-200: −20 + 85,8 · potilaat / paikat + 600 · jatkopaikkaa odottavat / sairaalan paikat + 13,4 · hengityskoneet + 0,93 · pisin odotus jatkopaikalle (h) + 5,64 · viimeisen odotus paikalle (h). Weiss ym., Acad Emerg Med 2004; 11: 38-50.",
            "NEDOCS i poäng 0-200: −20 + 85,8 · patienter / platser + 600 · de som väntar på vårdplats / sjukhusets platser + 13,4 · respiratorer + 0,93 · längsta väntan på vårdplats (h) + 5,64 · den sistas väntan på plats (h). Weiss m.fl., Acad Emerg Med 2004; 11: 38-50.",
            "NEDOCS in points from 0 to 200: −20 + 85.8 · patients / places + 600 · boarders / hospital beds + 13.4 · respirators + 0.93 · longest admission wait (h) + 5.64 · the last one's wait for a bed (h). Weiss et al., Acad Emerg Med 2004; 11: 38-50.",
        ],
    ),
];
