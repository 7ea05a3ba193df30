//! What the numbers of the next hours mean.

use super::{Definition, of};

pub(super) const FORECAST: &[Definition] = &[
    of(
        "lane.forecast.count",
        "stations.*.lanes.*.forecast.*.*.count",
        [
            "Ennuste: nykyinen määrä, tälle kellonajalle tavallinen muutos ja osa erosta tavalliseen. Näytetään vain, kun ennusteet ovat osuneet selvästi paremmin kuin nykyinen määrä ja saman tunnin keskiarvo.",
            "Prognos: antalet nu, den vanliga förändringen vid denna tid och en del av avvikelsen från det vanliga. Visas endast då prognoserna har träffat klart bättre än antalet nu och medelvärdet för samma timme.",
            "A forecast: the present count, the change that is usual at this time, and part of the difference from what is usual. Shown only where forecasts were clearly better than the present count and than the mean of the same hour.",
        ],
    ),
    of(
        "lane.forecast.error",
        "stations.*.lanes.*.forecast.*.*.error_hundredths",
        [
            "Ennusteiden keskimääräinen poikkeama toteutuneesta, henkilön sadasosina; ennustettu aina vain aiemmista päivistä.",
            "Prognosernas genomsnittliga avvikelse från utfallet, i hundradelar av en person; alltid ur tidigare dagar.",
            "How far forecasts were off on average, in hundredths of people; each made of the days before it.",
        ],
    ),
    of(
        "lane.forecast.staying_error",
        "stations.*.lanes.*.forecast.*.*.staying_error_hundredths",
        [
            "Poikkeama, jos määrän olisi oletettu pysyvän ennallaan, henkilön sadasosina.",
            "Avvikelsen om antalet hade antagits bli oförändrat, i hundradelar av en person.",
            "How far it was off to say that the count stays as it is, in hundredths of people.",
        ],
    ),
    of(
        "lane.forecast.same_hour_error",
        "stations.*.lanes.*.forecast.*.*.same_hour_error_hundredths",
        [
            "Poikkeama aiempien päivien saman tunnin keskiarvosta, henkilön sadasosina.",
            "Avvikelsen från medelvärdet för samma timme tidigare dagar, i hundradelar av en person.",
            "How far the mean of the same hour of the days before was off, in hundredths of people.",
        ],
    ),
    of(
        "lane.forecast.of",
        "stations.*.lanes.*.forecast.*.*.of",
        [
            "Ennusteita, joita on verrattu toteutuneeseen.",
            "Prognoser som har jämförts med utfallet.",
            "Forecasts that were held against what came.",
        ],
    ),
];
