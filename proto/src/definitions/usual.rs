//! What the numbers of arrivals and of what is usual for an hour mean.

use super::{Definition, of};

pub(super) const USUAL: &[Definition] = &[
    of(
        "lane.arrivals",
        "stations.*.lanes.*.arrivals.*.count",
        [
            "Tunnin aikana tulleet; kuluvalta tunnilta tähän mennessä. Ei tiedossa tunnilta, jolla jonon lähteestä ei kuultu.",
            "De som kommit under timmen; för den pågående timmen hittills. Okänt för en timme då köns källa inte hördes av.",
            "People who came in the hour; so far, of the hour that goes on. Not known of an hour in which nothing was heard of the queue's feed.",
        ],
    ),
    of(
        "lane.arrivals.usual.median",
        "stations.*.lanes.*.arrivals.*.usual.median",
        [
            "Mediaani samanlaisten päivien samalta tunnilta, enintään 13 viikon ajalta.",
            "Medianen för samma timme på likadana dagar, högst 13 veckor bakåt.",
            "The median of the same hour on days alike, at most 13 weeks back.",
        ],
    ),
    of(
        "lane.usual_waiting.median",
        "stations.*.lanes.*.usual_waiting.median",
        [
            "Tunnin alussa odottaneet: mediaani samanlaisten päivien samalta tunnilta, enintään 13 viikon ajalta.",
            "De som väntade när timmen började: medianen för samma timme på likadana dagar, högst 13 veckor bakåt.",
            "People who waited when the hour began: the median of the same hour on days alike, at most 13 weeks back.",
        ],
    ),
    of(
        "lane.arrivals.usual.low",
        "stations.*.lanes.*.arrivals.*.usual.low",
        [
            "Kymmenesosassa samanlaisten päivien samoista tunneista oli vähemmän; alle kymmenestä vähin.",
            "I en tiondel av samma timmar på likadana dagar var det färre; av färre än tio den lägsta.",
            "One in ten of the same hours on days alike had less; of fewer than ten, the least.",
        ],
    ),
    of(
        "lane.usual_waiting.low",
        "stations.*.lanes.*.usual_waiting.low",
        [
            "Tunnin alussa odottaneet: kymmenesosassa samanlaisten päivien samoista tunneista oli vähemmän; alle kymmenestä vähin.",
            "De som väntade när timmen började: i en tiondel av samma timmar på likadana dagar var det färre; av färre än tio den lägsta.",
            "People who waited when the hour began: one in ten of the same hours on days alike had less; of fewer than ten, the least.",
        ],
    ),
    of(
        "lane.arrivals.usual.high",
        "stations.*.lanes.*.arrivals.*.usual.high",
        [
            "Kymmenesosassa samanlaisten päivien samoista tunneista oli enemmän; alle kymmenestä enin.",
            "I en tiondel av samma timmar på likadana dagar var det fler; av färre än tio den högsta.",
            "One in ten of the same hours on days alike had more; of fewer than ten, the most.",
        ],
    ),
    of(
        "lane.usual_waiting.high",
        "stations.*.lanes.*.usual_waiting.high",
        [
            "Tunnin alussa odottaneet: kymmenesosassa samanlaisten päivien samoista tunneista oli enemmän; alle kymmenestä enin.",
            "De som väntade när timmen började: i en tiondel av samma timmar på likadana dagar var det fler; av färre än tio den högsta.",
            "People who waited when the hour began: one in ten of the same hours on days alike had more; of fewer than ten, the most.",
        ],
    ),
    of(
        "lane.arrivals.usual.of",
        "stations.*.lanes.*.arrivals.*.usual.of",
        [
            "Tunteja, joista tavallinen on laskettu.",
            "Timmar som det vanliga är räknat ur.",
            "Hours that the usual is worked out from.",
        ],
    ),
    of(
        "lane.usual_waiting.of",
        "stations.*.lanes.*.usual_waiting.of",
        [
            "Tunnin alussa odottaneet: tunteja, joista tavallinen on laskettu.",
            "De som väntade när timmen började: timmar som det vanliga är räknat ur.",
            "People who waited when the hour began: hours that the usual is worked out from.",
        ],
    ),
    of(
        "contact.callbacks_before",
        "stations.*.contacts.*.callbacks_before.*.callbacks_waiting",
        [
            "Takaisinsoittoa odottaneet samaan aikaan neljänä edellisenä samanlaisena päivänä, 1 uusin.",
            "De som väntade på återuppringning vid samma tid de fyra föregående likadana dagarna, 1 den senaste.",
            "People who waited to be called back at the same time on the last four days alike, 1 the newest.",
        ],
    ),
];
