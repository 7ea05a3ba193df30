// Every word on screen, as [suomi, svenska, English]. Names of stations and lanes come with the board.
// A soft hyphen tells where a column's head may break.

const LANGUAGES = ["fi", "sv", "en"];
export const LOCALES = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" };

const WORDS = {
  title: ["Tilannekeskus", "Lägescentral", "Situation centre"],
  skip: ["Siirry asemiin", "Gå till stationerna", "Go to the stations"],
  view: ["Näkymä", "Vy", "View"],
  language: ["Kieli", "Språk", "Language"],
  situation: ["Tilanne", "Läge", "Situation"],
  evening: ["Ilta", "Kväll", "Evening"],
  weekend: ["Viikonloppu", "Veckoslut", "Weekend"],
  open_stations: ["Avoinna", "Öppet", "Open"],
  unknown_stations: ["Aukiolo ei tiedossa", "Öppethållning okänd", "Opening not known"],
  closed_stations: ["Suljettu", "Stängt", "Closed"],
  open: ["avoinna", "öppen", "open"],
  closed: ["suljettu", "stängd", "closed"],
  opening_unknown: ["aukiolo ei tiedossa", "öppethållning okänd", "opening not known"],
  intake_ended: ["sisäänotto päättynyt", "intagningen avslutad", "intake ended"],
  intake_until: ["sisäänotto", "intagning till", "intake until"],
  doors_until: ["ovet", "dörrarna till", "doors until"],
  waiting: ["Odottaa", "Väntar", "Waiting"],
  in_care: ["Hoi\u00addossa", "I vård", "In care"],
  present: ["Pai\u00adkalla", "På plats", "Present"],
  overdue: ["Yli ajan", "Över tid", "Over\u00addue"],
  oldest_since: ["Pisin alkoi", "Längst sedan", "Oldest since"],
  unresolved: ["Selvit\u00adtämättä", "Oklara", "Unre\u00adsolved"],
  wait_expected: ["Odotusarvio", "Uppskattad väntan", "Expected wait"],
  wait_too_few: ["ei tarpeeksi tietoa", "för lite data", "not enough data"],
  wait_ahead: ["{ahead} jonossa", "{ahead} i kön", "{ahead} in the queue"],
  wait_of: ["{of} samankaltaisesta odotuksesta", "enligt {of} liknande väntetider", "from {of} waits like it"],
  wait_known: ["{known} odotusta tiedossa", "{known} kända väntetider", "{known} waits known"],
  forecast: ["Ennuste:", "Prognos:", "Forecast:"],
  forecast_at: ["klo {time} {count} ± {error}", "kl. {time} {count} ± {error}", "{time} {count} ± {error}"],
  forecast_basis: [
    "klo {time}: {of} ennustetta on osunut keskimäärin {error} päähän, nykyinen määrä {staying}, saman tunnin keskiarvo {same}",
    "kl. {time}: {of} prognoser har avvikit i medeltal {error}, antalet nu {staying}, medelvärdet för samma timme {same}",
    "{time}: {of} forecasts were off by {error} on average, the present count by {staying}, the mean of the same hour by {same}",
  ],
  wait_within: [
    "Viimeisistä {of}: {p50} % pysyi ensimmäisessä luvussa, {p90} % toisessa",
    "Av de senaste {of}: {p50} % höll sig inom det första talet, {p90} % inom det andra",
    "Of the last {of}: {p50} % stayed within the first figure, {p90} % within the second",
  ],
  untriaged: ["arvioimatta", "obedömd", "untriaged"],
  lane: ["Jono", "Kö", "Lane"],
  feeds: ["Tietolähteet", "Datakällor", "Feeds"],
  free: ["vapaana", "lediga", "free"],
  required: ["tarve", "behov", "needed"],
  arriving: ["tulossa", "på väg", "arriving"],
  reserved: ["varattu", "reserverade", "reserved"],
  last_event: ["viimeksi", "senast", "last"],
  by_person: ["kertoi {time}", "uppgav {time}", "said at {time}"],
  valid_until: ["voimassa {time} asti", "gäller till {time}", "valid until {time}"],
  reporting: ["raportoi", "rapporterar", "reporting"],
  stations_open: ["Asemia auki", "Öppna stationer", "Stations open"],
  lanes_missing: ["{count} jonoa ei tiedossa", "{count} köer okända", "{count} lanes not known"],
  since: ["alkaen", "sedan", "since"],
  now: ["nyt", "nu", "now"],
  until: ["{time} asti", "till {time}", "until {time}"],
  inside: ["sisällä", "inne", "inside"],
  oldest: ["vanhin", "äldsta", "oldest"],
  covers: ["kattaa:", "täcker:", "covers:"],
  next_slot: ["seuraava kiireaika", "nästa brådskande tid", "next urgent time"],
  closing: ["sulkeutuu", "stänger", "closing"],
  desk_arrivals: ["Tulijat tunnissa", "Ankomster per timme", "Arrivals by the hour"],
  this_hour: ["klo {time}– {count} tähän mennessä", "kl. {time}– {count} hittills", "{time}– {count} so far"],
  last_hour: ["klo {time}– {count}", "kl. {time}– {count}", "{time}– {count}"],
  usual: ["tavallisesti {median} ({low}–{high})", "vanligen {median} ({low}–{high})", "usually {median} ({low}–{high})"],
  usual_unknown: ["Tavallisesta määrästä ei ole kaikkialta tarpeeksi tietoa.", "Om det vanliga antalet finns inte tillräckligt med data överallt.", "Not everywhere is enough known of what is usual."],
  more_than_usual: ["tavallista enemmän", "mer än vanligt", "more than usual"],
  callbacks_before: ["samaan aikaan ennen: {counts}", "vid samma tid förr: {counts}", "at this time before: {counts}"],
  alarms: ["Hälytykset", "Larm", "Alarms"],
  unacknowledged: ["kuittaamatta", "okvitterat", "unacknowledged"],
  acknowledged: ["kuitattu", "kvitterat", "acknowledged"],
  cleared_unacknowledged: ["poistunut kuittaamatta", "upphört okvitterat", "cleared, unacknowledged"],
  shelved: ["vaimennettu", "dämpat", "shelved"],
  acknowledge: ["Kuittaa", "Kvittera", "Acknowledge"],
  shelve: ["Vaimenna tunniksi", "Dämpa en timme", "Shelve for an hour"],
  shelve_why: ["Miksi hälytys vaimennetaan?", "Varför dämpas larmet?", "Why is the alarm shelved?"],
  raised: ["hälytti", "larmade", "raised"],
  cleared: ["poistui", "upphörde", "cleared"],
  persons: ["henkilöä", "personer", "people"],
  until_plain: ["asti", "till", "until"],
  done_by: ["valmista noin", "klart omkring", "done about"],
  notes: ["Muistiinpanot", "Anteckningar", "Notes"],
  note_text: ["Muistiinpano (ei henkilötietoja)", "Anteckning (inga personuppgifter)", "Note (nothing that names a person)"],
  note_hours: ["voimassa, h", "gäller, h", "holds for, h"],
  note_add: ["Lisää", "Lägg till", "Add"],
  remove: ["Poista", "Ta bort", "Remove"],
  who: ["Kuka tässä on (kirjataan kuittauksiin)", "Vem sitter här (antecknas i kvitteringar)", "Who is here (recorded with what you do)"],
  actor: ["Nimimerkki", "Signatur", "Initials"],
  role: ["Rooli", "Roll", "Role"],
  say_who: ["Kerro ensin nimimerkki ja rooli.", "Ange först signatur och roll.", "Say who you are and in which role first."],
  ladder: ["Vuorot", "Skift", "Shifts"],
  ladder_station: ["Asema", "Station", "Station"],
  ladder_legend: [
    "suunniteltu/tarve (paikalla vähimmillään)",
    "planerat/behov (på plats som minst)",
    "planned/needed (there, at the fewest)",
  ],
  partly: ["osan ajasta", "en del av tiden", "part of the time"],
  limited: ["rajoitetusti", "begränsat", "limited"],
  boarding: ["odottaa jatkopaikkaa", "väntar på vårdplats", "boarding"],
  leaving: ["kotiutuu", "skrivs ut", "to be discharged"],
  desk_services: ["Palvelut", "Tjänster", "Services"],
  desk_suspended: ["Keskeytetyt palvelut", "Avbrutna tjänster", "Suspended services"],
  desk_beds: ["Paikat", "Platser", "Places"],
  desk_overdue: ["Yli ajan", "Över tid", "Overdue"],
  desk_closing: ["Sulkeutumassa", "Stänger", "Closing"],
  desk_gaps: ["Vajaukset", "Underbemanning", "Staffing gaps"],
  desk_callbacks: ["Takaisinsoitot", "Återuppringningar", "Callbacks"],
  desk_alternatives: ["Muualla ja seuraavat ajat", "På annat håll och nästa tider", "Elsewhere, and next times"],
  desk_tasks: ["Tehtävät", "Uppdrag", "Tasks"],
  desk_units: ["Yksiköt", "Enheter", "Units"],
  desk_duties: ["Päivystäjät", "Jourhavande", "On call"],
  desk_notices: ["Tiedotteet", "Meddelanden", "Notices"],
  dispatch: ["D-tehtävä", "D-uppdrag", "D task"],
  safety_phone: ["turvapuhelin", "trygghetstelefon", "safety phone"],
  transport: ["kuljetus", "transport", "transport"],
  task_received: ["vastaanotettu", "mottaget", "received"],
  task_assigned: ["annettu", "tilldelat", "assigned"],
  task_on_scene: ["kohteessa", "på plats", "on scene"],
  unit_free: ["vapaa", "ledig", "free"],
  unit_assigned: ["sidottu", "bunden", "assigned"],
  unit_travelling: ["matkalla", "på väg", "travelling"],
  unit_on_scene: ["kohteessa", "på plats", "on scene"],
  unit_off: ["ei käytössä", "ur bruk", "off duty"],
  notice_outage: ["häiriö", "störning", "outage"],
  notice_road: ["liikenne", "trafik", "road"],
  notice_epidemic: ["epidemia", "epidemi", "epidemic"],
  notice_major_incident: ["suuronnettomuus", "storolycka", "major incident"],
  notice_other: ["tiedote", "meddelande", "notice"],
  uusimaa: ["koko Uusimaa", "hela Nyland", "all of Uusimaa"],
  level: ["taso", "nivå", "level"],
  level_1: ["normaali", "normal", "normal"],
  level_2: ["kiristynyt", "ansträngd", "strained"],
  level_3: ["kuormittunut", "belastad", "loaded"],
  level_4: ["ylikuormittunut", "överbelastad", "overloaded"],
  level_unknown: ["ei tiedossa", "okänd", "not known"],
  at_least: ["vähintään", "minst", "at least"],
  why: ["Syyt", "Orsaker", "Reasons"],
  needs: ["{count} mittaria tarvitaan", "{count} mått behövs", "{count} needed"],
  missing: ["puuttuu", "saknas", "missing"],
  thresholds: ["kynnykset", "trösklar", "thresholds"],
  held: ["laskee vasta {margin} alempana", "sjunker först {margin} lägre", "goes down {margin} lower"],
  shown_only: ["ei vaikuta tasoon", "påverkar inte nivån", "makes no level"],
  action_card: ["Toimintakortti", "Åtgärdskort", "Action card"],
  stations: ["Asemat", "Stationer", "Stations"],
  measure_overdue_share: ["yli ajan odottavista", "över tid av de väntande", "overdue of those waiting"],
  measure_waiting_per_staff: ["odottavaa vastaanottajaa kohti", "väntande per mottagare", "waiting for each who sees them"],
  measure_staffing_gap: ["henkilöstövaje", "personalbrist", "staffing gap"],
  measure_boarders: ["jatkopaikkaa odottavia", "väntar på vårdplats", "boarders"],
  measure_occupancy: ["käyttöaste", "beläggning", "occupancy"],
  measure_edwin: ["EDWIN (työkuorma)", "EDWIN (arbetsbörda)", "EDWIN (workload)"],
  measure_nedocs: ["NEDOCS (ruuhka)", "NEDOCS (trängsel)", "NEDOCS (crowding)"],
  undefined_no_staff: ["ei laskettavissa: ei ketään töissä", "kan inte räknas: ingen i arbete", "no value: nobody at work"],
  undefined_no_places: ["ei laskettavissa: ei vapaata paikkaa", "kan inte räknas: ingen plats kvar", "no value: no place left"],
  lack_absent: ["ei ilmoitettu", "inte uppgivet", "not told"],
  lack_stale: ["vanhentunut", "föråldrat", "stale"],
  lack_not_carried: ["ei tule tietolähteistä", "kommer inte från källorna", "not in any feed"],
  on_duty: ["töissä", "i arbete", "at work"],
  staffed: ["henkilöstölliset", "bemannade", "staffed"],
  occupied: ["käytössä", "i bruk", "in use"],
  in_care_by_urgency: ["hoidossa olevien kiireellisyys", "brådskandegrad i vård", "urgency of those in care"],
  respirators: ["hengityskoneet", "respiratorer", "respirators"],
  longest_admission_wait: ["pisin odotus jatkopaikalle", "längsta väntan på vårdplats", "longest admission wait"],
  last_wait_for_bed: ["viimeisen odotus paikalle", "den sistas väntan på plats", "the last one's wait for a bed"],
  lanes: ["jonot", "köer", "lanes"],
  staff: ["henkilöstö", "personal", "staff"],
  fresh: ["ajantasainen", "aktuell", "fresh"],
  ageing: ["vanhenemassa", "åldras", "ageing"],
  stale: ["vanhentunut", "föråldrad", "stale"],
  lost: ["yhteys poikki", "förbindelse bruten", "lost"],
  never: ["ei vielä tietoa", "ingen uppgift ännu", "nothing yet"],
  state_connecting: ["Yhdistetään", "Ansluter", "Connecting"],
  state_live: ["Reaaliaikainen", "Realtid", "Live"],
  state_reconnecting: ["Yhdistetään uudelleen", "Ansluter på nytt", "Reconnecting"],
  state_late: ["Syke myöhässä", "Pulsen är sen", "Heartbeat late"],
  state_read_only: ["Mitään ei kirjata", "Inget registreras", "Nothing is recorded"],
  state_not_live: ["EI REAALIAIKAINEN", "INTE I REALTID", "NOT LIVE"],
  not_live: [
    "EI REAALIAIKAINEN: luvut ovat kello {time}",
    "INTE I REALTID: siffrorna är från kl. {time}",
    "NOT LIVE: the figures are from {time}",
  ],
  read_only: [
    "LEVY ON TÄYNNÄ: mitään uutta ei kirjata, luvut ovat kello {time}",
    "DISKEN ÄR FULL: inget nytt registreras, siffrorna är från kl. {time}",
    "THE DISK IS FULL: nothing new is recorded, the figures are from {time}",
  ],
  unbound: [
    "MITÄÄN UUTTA EI KIRJATA: kirjanpidossa on vika, luvut ovat kello {time}",
    "INGET NYTT REGISTRERAS: fel i journalen, siffrorna är från kl. {time}",
    "NOTHING NEW IS RECORDED: a fault in the journal, the figures are from {time}",
  ],
  stopped: [
    "MITÄÄN UUTTA EI KIRJATA: tapahtumien vastaanotto on poikki, luvut ovat kello {time}",
    "INGET NYTT REGISTRERAS: mottagningen av händelser är avbruten, siffrorna är från kl. {time}",
    "NOTHING NEW IS RECORDED: the intake of events is cut off, the figures are from {time}",
  ],
  simulated: [
    "SIMULOITU: harjoitustietoa, ei todellisia potilaita",
    "SIMULERAT: övningsdata, inga verkliga patienter",
    "SIMULATED: exercise data, no real patients",
  ],
  restored: [
    "PALAUTETTU hetkeen {time}: sen jälkeisiä tietoja voi puuttua",
    "ÅTERSTÄLLD till {time}: senare uppgifter kan saknas",
    "RESTORED to {time}: what was reported later may be missing",
  ],
  legend: [
    "– ei tiedossa · ? arvioimatta",
    "– inte känt · ? obedömd",
    "– not known · ? untriaged",
  ],
  revision: ["versio", "revision", "revision"],
  no_stations: ["Ei asemia tässä näkymässä", "Inga stationer i denna vy", "No stations in this view"],
  // Kinds of station
  joint_ed: ["yhteispäivystys", "samjour", "joint emergency department"],
  urgent_reception: ["kiirevastaanotto", "brådskande mottagning", "urgent reception"],
  evening_reception: ["iltavastaanotto", "kvällsmottagning", "evening reception"],
  health_station: ["sote-asema", "social- och hälsostation", "health station"],
  nurse_led: ["hoitajavetoinen asema", "sköterskeledd station", "nurse-led station"],
  home_hospital: ["kotisairaala", "hemsjukhus", "home hospital"],
  mobile_unit: ["liikkuva yksikkö", "mobil enhet", "mobile unit"],
  remote_reception: ["etävastaanotto", "distansmottagning", "remote reception"],
  phone_line: ["Päivystysapu 116117", "Jourhjälpen 116117", "116117 phone line"],
  crisis_desk: ["sosiaali- ja kriisipäivystys", "social- och krisjour", "social and crisis desk"],
  dental_on_call: ["hammaspäivystys", "tandvårdsjour", "dental on call"],
  partner: ["yhteistyöyksikkö", "samarbetsenhet", "partner unit"],
  // Roles
  doctor: ["lääkäri", "läkare", "doctor"],
  back_up: ["takapäivystäjä", "bakjour", "back-up"],
  nurse: ["sairaanhoitaja", "sjukskötare", "nurse"],
  triage_nurse: ["triagehoitaja", "triageskötare", "triage nurse"],
  coordinator: ["koordinaattori", "koordinator", "coordinator"],
  crisis_worker: ["kriisityöntekijä", "krisarbetare", "crisis worker"],
  field_commander: ["kenttäjohtaja", "fältchef", "field commander"],
  interpreter: ["tulkki", "tolk", "interpreter"],
  // Resources
  room: ["huoneet", "rum", "rooms"],
  bed: ["vuodepaikat", "vårdplatser", "beds"],
  stretcher: ["paarit", "bårar", "stretchers"],
  isolation: ["eristyshuoneet", "isoleringsrum", "isolation"],
  crisis_place: ["kriisipaikat", "krisplatser", "crisis places"],
  placement: ["sijoituspaikat", "placeringar", "placements"],
  sobering: ["selviämispaikat", "tillnyktring", "sobering places"],
  remote: ["etäajat", "distanstider", "remote slots"],
  home_visit: ["kotikäynnit", "hembesök", "home visits"],
  // Families of feeds
  family_queue: ["jonot", "köer", "queues"],
  family_staffing: ["henkilöstö", "personal", "staff"],
  family_capacity: ["tilat", "kapacitet", "capacity"],
};

// The word for `key`; the key itself, readable, where there is none.
export function word(key, lang, values = {}) {
  const known = WORDS[key]?.[LANGUAGES.indexOf(lang)];
  const text = known ?? String(key).replaceAll("_", " ");
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "–");
}

// A name that came with the board: in the chosen language, else in any.
export function named(names, lang, otherwise) {
  if (typeof names === "string") return names;
  return names?.[lang] ?? names?.fi ?? names?.sv ?? names?.en ?? otherwise;
}

// The language to begin with: the address, then what was chosen before, then the browser's.
export function firstLanguage() {
  const wanted = [new URLSearchParams(location.search).get("lang"), remembered()];
  wanted.push(...(navigator.languages ?? []).map((tag) => tag.slice(0, 2)));
  return wanted.find((lang) => LANGUAGES.includes(lang)) ?? "fi";
}

export function remember(lang) {
  try {
    localStorage.setItem("lang", lang);
  } catch {
    // A browser without storage asks again next time.
  }
}

function remembered() {
  try {
    return localStorage.getItem("lang");
  } catch {
    return null;
  }
}
