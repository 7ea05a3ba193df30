// The queues of a station: a table with a row a lane and a column an urgency.

import { el, figure, ranked } from "./element.js";
import { forecast, usualQueue } from "./forecast.js";
import { expectedWait, tooFewWaits } from "./waits.js";
import { named, word } from "./words.js";

const UNTRIAGED = "untriaged";
const DETAILS = ["in_care", "present", "overdue", "unresolved", "oldest_since"];

// The urgencies of a station's lanes, most urgent first, untriaged last: [code, entry].
function urgencies(lanes) {
  const known = {};
  for (const lane of Object.values(lanes)) {
    for (const code of Object.keys(lane.waiting_by_urgency ?? {})) known[code] ??= {};
    Object.assign(known, lane.urgencies);
  }
  if (Object.keys(known).length > 0) known[UNTRIAGED] ??= {};
  const last = ([code]) => Number(code === UNTRIAGED);
  return ranked(known).sort((a, b) => last(a) - last(b));
}

export function laneTable(station, context) {
  const { lang } = context;
  const lanes = station.lanes ?? {};
  const codes = urgencies(lanes);
  // A station that never tells a detail does not spend a column on it; one lane that does is enough.
  const told = (name) => Object.values(lanes).some((lane) => lane[name] !== undefined);
  const details = DETAILS.filter((name) => name === "in_care" || name === "present" || told(name));
  const head = el("tr", {},
    el("th", { scope: "col" }, word("lane", lang)),
    el("th", { scope: "col" }, word("waiting", lang)),
    codes.map(([code, entry]) => urgencyHead(code, entry, lang)),
    details.map((name) => el("th", { scope: "col", class: name }, word(name, lang))));
  const rows = ranked(lanes).map(([id, lane]) => laneRow(id, lane, station, codes, details, context));
  return [el("table", {}, el("thead", {}, head), el("tbody", {}, rows)), tooFewWaits(lanes, lang)];
}

function urgencyHead(code, entry, lang) {
  const name = code === UNTRIAGED ? word(UNTRIAGED, lang) : named(entry.name, lang, code);
  const short = code === UNTRIAGED ? "?" : code;
  return el("th", { scope: "col", class: "urgency", "data-code": code },
    el("abbr", { title: name, "aria-label": name }, short));
}

function laneRow(id, lane, station, codes, details, context) {
  const { lang, clock } = context;
  const state = station.feeds?.[lane.feed]?.state;
  const notes = [];
  if (state && state !== "fresh") notes.push(el("span", { class: "chip", "data-feed": state }, word(state, lang)));
  if (lane.observed_by) {
    const by = named(lane.observed_by, lang, word(lane.observed_by.role, lang));
    const until = lane.valid_until ? `, ${word("valid_until", lang, { time: clock.short(lane.valid_until, lang) })}` : "";
    notes.push(el("span", { class: "chip" }, `${word("by_person", lang, { time: clock.short(lane.observed_at, lang) })} ${word(by, lang)}${until}`));
  }
  const name = named(lane.name, lang, word(id, lang));
  return el("tr", { "data-feed": state },
    el("th", { scope: "row" }, el("span", { class: "lane-name" }, name), notes, expectedWait(lane, lang), usualQueue(lane, lang), forecast(lane, context)),
    cell("waiting", word("waiting", lang), figure(lane.waiting)),
    codes.map(([code]) => urgencyCell(code, lane.waiting_by_urgency?.[code], lang)),
    details.map((detail) => detailCell(detail, lane, context)));
}

function urgencyCell(code, count, lang) {
  const label = code === UNTRIAGED ? "?" : code;
  const attributes = { class: "urgency", "data-code": code, "data-label": label, "data-count": weight(count) };
  if (code === UNTRIAGED) attributes["aria-label"] = `${word(UNTRIAGED, lang)} ${figure(count)}`;
  return el("td", attributes, figure(count));
}

function detailCell(name, lane, { lang, clock }) {
  const value = name === "oldest_since" ? clock.short(lane.oldest_since, lang) : figure(lane[name]);
  return cell(name, word(name, lang), value, name === "oldest_since" ? undefined : lane[name]);
}

function cell(name, label, text, count) {
  return el("td", { class: name, "data-label": label, "data-count": weight(count) }, text);
}

// Lets the style sheet step back what is nothing and what is not known.
function weight(count) {
  if (typeof count !== "number") return "unknown";
  return count === 0 ? "none" : "some";
}
