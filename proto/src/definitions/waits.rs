//! What is said of waits.

use super::{Definition, of};

/// Of an urgency. The lane's own figures are of all of them.
const P50: [&str; 3] = [
    "Odotus, jota puolet samankaltaiseen jonoon tulleista ei ylittänyt, sekunteina ylöspäin täysiin minuutteihin; jonoon tulosta hoidon alkuun.",
    "Den väntan som hälften av dem som kom till en liknande kö inte överskred, i sekunder uppåt till hela minuter; från ankomst till kön till vårdens början.",
    "The wait that half of those who met a queue like this one did not exceed, in seconds rounded up to whole minutes; from coming into the lane to care.",
];
const P90: [&str; 3] = [
    "Odotus, jota yhdeksän kymmenestä samankaltaiseen jonoon tulleesta ei ylittänyt, sekunteina ylöspäin täysiin minuutteihin.",
    "Den väntan som nio av tio av dem som kom till en liknande kö inte överskred, i sekunder uppåt till hela minuter.",
    "The wait that nine of ten of those who met a queue like this one did not exceed, in seconds rounded up to whole minutes.",
];
const OF: [&str; 3] = [
    "Odotukset, joihin arvio perustuu: muistissa olevista ne, joiden jono oli eniten tämänhetkisen kaltainen.",
    "De väntetider som uppskattningen bygger på: av dem som finns i minnet de som började i en kö mest lik den nuvarande.",
    "The waits that the estimate rests on: of those remembered, the ones whose queue was most like the present one.",
];
const KNOWN: [&str; 3] = [
    "Muistissa olevat hoitoon johtaneet odotukset; alle 30:stä ei arvioida mitään.",
    "Väntetider till vård som finns i minnet; av färre än 30 uppskattas inget.",
    "Waits for care that are remembered; of fewer than 30 nothing is estimated.",
];
const AHEAD: [&str; 3] = [
    "Nyt jonossa odottavat: jono, jonka tulija kohtaa.",
    "De som väntar i kön nu: den kö som den som kommer möter.",
    "People waiting in the lane now: the queue that one who comes will meet.",
];

const LANE_P50: [&str; 3] = [
    "Kiireellisyysluokasta riippumatta odotus, jota puolet samankaltaiseen jonoon tulleista ei ylittänyt, sekunteina.",
    "Oavsett brådskandegrad den väntan som hälften av dem som kom till en liknande kö inte överskred, i sekunder.",
    "Of whatever urgency, the wait that half of those who met a queue like this one did not exceed, in seconds.",
];
const LANE_P90: [&str; 3] = [
    "Kiireellisyysluokasta riippumatta odotus, jota yhdeksän kymmenestä ei ylittänyt, sekunteina.",
    "Oavsett brådskandegrad den väntan som nio av tio inte överskred, i sekunder.",
    "Of whatever urgency, the wait that nine of ten did not exceed, in seconds.",
];

pub(super) const WAITS: &[Definition] = &[
    of("lane.expected_wait.p50", "stations.*.lanes.*.expected_wait_s.p50", LANE_P50),
    of("lane.expected_wait.p90", "stations.*.lanes.*.expected_wait_s.p90", LANE_P90),
    of("lane.expected_wait.of", "stations.*.lanes.*.expected_wait_s.of", OF),
    of("lane.expected_wait.known", "stations.*.lanes.*.expected_wait_s.known", KNOWN),
    of("lane.expected_wait.ahead", "stations.*.lanes.*.expected_wait_s.ahead", AHEAD),
    of("urgency.expected_wait.p50", "stations.*.lanes.*.expected_wait_by_urgency.*.p50", P50),
    of("urgency.expected_wait.p90", "stations.*.lanes.*.expected_wait_by_urgency.*.p90", P90),
    of("urgency.expected_wait.of", "stations.*.lanes.*.expected_wait_by_urgency.*.of", OF),
    of("urgency.expected_wait.known", "stations.*.lanes.*.expected_wait_by_urgency.*.known", KNOWN),
    of("urgency.expected_wait.ahead", "stations.*.lanes.*.expected_wait_by_urgency.*.ahead", AHEAD),
    of(
        "lane.waits_within.p50",
        "stations.*.lanes.*.waits_within.p50",
        [
            "Viimeisimmistä odotuksista ne, jotka eivät ylittäneet tulohetkellä arvioitua puolta.",
            "Av de senaste väntetiderna de som inte överskred den hälft som uppskattades vid ankomsten.",
            "Of the newest waits, those that did not exceed the half that was to be expected when they began.",
        ],
    ),
    of(
        "lane.waits_within.p90",
        "stations.*.lanes.*.waits_within.p90",
        [
            "Viimeisimmistä odotuksista ne, jotka eivät ylittäneet tulohetkellä arvioitua yhdeksää kymmenestä.",
            "Av de senaste väntetiderna de som inte överskred de nio av tio som uppskattades vid ankomsten.",
            "Of the newest waits, those that did not exceed the nine of ten that were to be expected when they began.",
        ],
    ),
    of(
        "lane.waits_within.of",
        "stations.*.lanes.*.waits_within.of",
        [
            "Viimeisimmät odotukset, joille oli tulohetkellä arvio: enintään 300.",
            "De senaste väntetiderna för vilka det fanns en uppskattning vid ankomsten: högst 300.",
            "The newest waits of which something was to be expected when they began: at most 300.",
        ],
    ),
];
