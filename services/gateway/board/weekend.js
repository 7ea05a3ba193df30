// What the weekend's desk reads besides: the shifts from Friday to Monday, a row a station, and who gives which service.

import { el, figure, ranked } from "./element.js";
import { named, word } from "./words.js";

// A shift that is over is history; it stays in sight for who wants to know how it went.
export function drawLadder(section, board, { lang, clock }) {
  const stations = ranked(board.stations).filter(([, station]) => Object.keys(station.shifts ?? {}).length > 0);
  section.hidden = board.view !== "weekend" || stations.length === 0;
  if (section.hidden) {
    section.replaceChildren();
    return;
  }
  const shifts = new Map();
  for (const [, station] of stations) {
    for (const [from, shift] of Object.entries(station.shifts)) shifts.set(from, shift);
  }
  const columns = [...shifts].sort(([a], [b]) => (a < b ? -1 : 1));
  const head = columns.map(([from, shift]) => el("th", { scope: "col" },
    el("span", {}, clock.weekday(from, lang)), ` ${named(shift.name, lang, "")}`, el("small", {}, ` ${clock.short(from, lang)}`)));
  const rows = stations.map(([id, station]) => el("tr", {},
    el("th", { scope: "row" }, named(station.name, lang, id)),
    columns.map(([from]) => cell(station.shifts[from], lang, clock))));
  section.replaceChildren(
    el("h2", {}, word("ladder", lang)),
    el("div", { class: "wide" }, el("table", { class: "ladder" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, word("ladder_station", lang)), head)), el("tbody", {}, rows))),
    el("p", {}, el("small", {}, word("ladder_legend", lang))));
}

function cell(shift, lang, clock) {
  if (shift === undefined) return el("td", {}, "–");
  const { open, opens, closes, reason, staff = {} } = shift;
  const times = [opens && `${clock.time(opens, lang)}–`, closes && `–${clock.time(closes, lang)}`].filter(Boolean).join(" ");
  const state = open === undefined ? word("opening_unknown", lang) : open === "nothing" ? word("closed", lang) : times || word(open === "part" ? "partly" : "open", lang);
  // That nobody is there whom nobody wanted is no news.
  const matters = ([, { planned, required, actual }]) => planned !== undefined || required !== undefined || actual !== 0;
  const people = Object.entries(staff).filter(matters).map(([post, part]) => {
    const role = named(part.name, lang, word(post.split(".")[0], lang));
    const actual = part.actual === undefined ? "" : ` (${figure(part.actual)})`;
    return el("span", { "data-gap": part.gap > 0 ? "yes" : null }, `${role} ${figure(part.planned)}/${figure(part.required)}${actual}`);
  });
  return el("td", { "data-open": open ?? "unknown" }, el("b", {}, state),
    reason ? el("small", {}, ` ${named(reason, lang, "")}`) : null, people);
}

// Which stations give a service in the view, and which have suspended it.
export function services(stations, { lang, board, clock }) {
  const given = new Map();
  for (const [id, station] of stations) {
    for (const [service, { state, until, from }] of Object.entries(station.services ?? {})) {
      if (board.view !== "weekend" || state === "suspended") continue;
      const when = until ? ` ${word("until", lang, { time: clock.short(until, lang) })}` : from ? ` ${clock.short(from, lang)}–` : "";
      const limited = state === "limited" ? ` (${word("limited", lang)})` : "";
      given.set(service, [...(given.get(service) ?? []), `${named(station.name, lang, id)}${when}${limited}`]);
    }
  }
  const rows = [...given].sort(([a], [b]) => (a < b ? -1 : 1)).map(([service, where]) => ({ what: word(service, lang), text: where.join("; ") }));
  return { title: "services", rows };
}

export function suspended(stations, { lang }) {
  const rows = stations.flatMap(([id, station]) => Object.entries(station.services ?? {})
    .filter(([, service]) => service.state === "suspended")
    .map(([service]) => ({ what: word(service, lang), text: [named(station.name, lang, id), station.reason].filter(Boolean).join(": ") })));
  return { title: "suspended", rows, loud: true };
}

// Beds and who waits for one; discharges make the next ones free.
export function beds(stations, { lang }) {
  const rows = stations.flatMap(([id, station]) => ["bed", "crisis_place", "room"].filter((kind) => station.capacity?.[kind]).map((kind) => {
    const { free, staffed, occupied, boarding, planned_discharges: leaving } = station.capacity[kind];
    const parts = [`${figure(free)} ${word("free", lang, { count: free })}`, `${figure(occupied)}/${figure(staffed)}`];
    if (boarding !== undefined) parts.push(`${word("boarding", lang)} ${figure(boarding)}`);
    if (leaving !== undefined) parts.push(`${word("leaving", lang)} ${figure(leaving)}`);
    return { what: `${named(station.name, lang, id)}, ${word(kind, lang)}`, text: parts.join(" · ") };
  }));
  return { title: "beds", rows };
}
