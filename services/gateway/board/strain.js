// How strained a station or the area is: colour, word and number together, with the reasons and what to do.

import { el, figure } from "./element.js";
import { named, word } from "./words.js";

// From this level on the card stands open.
const TOP = 4;
// Parts of a path into a station that say nothing to people.
const SILENT = new Set(["lanes", "staff", "capacity"]);

// The level as a chip; "not known" where there is none. Nothing where nobody is asked for one.
export function levelChip(strain, lang) {
  if (strain === undefined) return null;
  if (!Number.isInteger(strain.level)) {
    const least = strain.at_least === undefined ? ""
      : `, ${word("at_least", lang)} ${strain.at_least} ${word(`level_${strain.at_least}`, lang)}`;
    return el("span", { class: "level", "data-level": "unknown" }, `${word("level", lang)}: ${word("level_unknown", lang)}${least}`);
  }
  return el("span", { class: "level", "data-level": strain.level },
    `${word("level", lang)} ${strain.level} ${word(`level_${strain.level}`, lang)}`);
}

// Since when, the measures and what is missing, and the card; all of it to be opened.
export function reasons(station, { lang, clock }) {
  const { strain } = station;
  if (strain === undefined) return null;
  const measures = Object.entries(strain.measures ?? {}).sort(([, a], [, b]) => weight(b) - weight(a));
  const told = strain.since === undefined ? null
    : el("small", {}, ` ${word("since", lang)} ${clock.short(strain.since, lang)} · ${word("needs", lang, { count: strain.needs })}`);
  const rows = el("ul", {}, measures.map(([name, measure]) => measureRow(name, measure, station, lang)));
  const briefly = brief(measures, strain, lang);
  // At level 1, or one that only its dwell keeps up, there is nothing that it is due to.
  const title = strain.level === undefined ? "missing" : "why";
  const head = briefly === "" ? word("measures", lang) : `${word(title, lang)}:`;
  const summary = el("summary", {}, el("b", {}, head), " ", briefly, told, keptUp(strain, lang));
  // At the top levels nobody should have to open what is to be done.
  const isTop = (strain.level ?? strain.at_least) >= TOP;
  const opened = el("details", { class: "strain" }, summary, rows, isTop ? null : card(strain.card, lang));
  return isTop ? el("div", { class: "strain" }, opened, card(strain.card, lang)) : opened;
}

function keptUp({ kept_up: isKeptUp, dwell_s: dwell }, lang) {
  return isKeptUp ? el("small", {}, ` · ${word("kept_up", lang, { minutes: Math.round(dwell / 60) })}`) : null;
}

// What people do, a step a line.
export function card(text, lang) {
  const steps = named(text, lang, "").split("\n").filter((step) => step !== "");
  if (steps.length === 0) return null;
  return el("div", { class: "action" }, el("b", {}, word("action_card", lang)), el("ul", {}, steps.map((step) => el("li", {}, step))));
}

const weight = (measure) => (measure.shown_only ? 0 : measure.level ?? 0.5);

// In one line: what reaches the level, or what is missing.
function brief(measures, strain, lang) {
  const { level } = strain;
  if (level === undefined) {
    const lacking = measures.filter(([, it]) => !it.shown_only && it.level === undefined).map(([name]) => measureName(name, lang));
    return lacking.join(", ");
  }
  const reaching = measures.filter(([, it]) => !it.shown_only && level > 1 && it.level >= level);
  return reaching.map(([name, it]) => `${measureName(name, lang)} ${value(it, lang)}`).join(", ");
}

function measureRow(name, measure, station, lang) {
  const parts = [el("span", {}, measureName(name, lang)), " ", el("b", {}, value(measure, lang))];
  if (measure.level !== undefined) {
    parts.push(" ", el("span", { class: "level", "data-level": measure.level }, `${measure.level} ${word(`level_${measure.level}`, lang)}`));
  }
  const { level_2: second, level_3: third, level_4: fourth } = measure.thresholds ?? {};
  const steps = [second, third, fourth].map((from) => quantity(from, measure.unit, lang)).join(" / ");
  const remarks = [`${word("thresholds", lang)} ${steps}`];
  if (measure.held) remarks.push(word("held", lang, { margin: quantity(measure.margin, measure.unit, lang) }));
  if (measure.shown_only) remarks.push(word("shown_only", lang));
  parts.push(el("small", {}, ` ${remarks.join(" · ")}`));
  const lacks = Object.entries(measure.missing ?? {}).map(([path, why]) => `${input(path, station, lang)}: ${word(`lack_${why}`, lang)}`);
  if (lacks.length > 0) parts.push(el("small", { class: "lacks" }, ` ${word("missing", lang)}: ${lacks.join(", ")}`));
  return el("li", { "data-known": measure.level === undefined ? "no" : "yes" }, parts);
}

function measureName(name, lang) {
  const places = name.startsWith("occupancy_") ? name.slice("occupancy_".length) : null;
  return places ? `${word("measure_occupancy", lang)} (${word(places, lang)})` : word(`measure_${name}`, lang);
}

function value(measure, lang) {
  if (measure.undefined !== undefined) return word(`undefined_${measure.undefined}`, lang);
  if (measure.value !== undefined) return quantity(measure.value, measure.unit, lang);
  if (measure.at_least !== undefined) return `≥ ${quantity(measure.at_least, measure.unit, lang)}`;
  return figure(undefined);
}

// Values are whole on the board; a decimal comma is the screen's business.
function quantity(value, unit, lang) {
  if (typeof value !== "number") return figure(value);
  if (unit === "percent") return `${value} %`;
  if (unit !== "hundredths") return String(value);
  const text = String(value / 100);
  return lang === "en" ? text : text.replace(".", ",");
}

// "lanes.kiire.present" in words: the lane's name, then what of it.
function input(path, station, lang) {
  const [first, second, ...rest] = path.split(".");
  if (!SILENT.has(first) || second === undefined) return word(first, lang);
  const entry = station[first]?.[second];
  return [named(entry?.name, lang, word(second, lang)), ...rest.map((part) => word(part, lang).replaceAll("\u00ad", "").toLowerCase())].join(" ");
}

// What the area's level was drawn from: an opened card is not closed by what changes elsewhere.
let drawn = "";

export function forgetAreaLevel() {
  drawn = "";
}

// The area's level in the head of the page.
export function drawAreaLevel(place, board, { lang, clock }) {
  const { strain } = board;
  const key = JSON.stringify([lang, clock.zone, strain]);
  if (key === drawn) return;
  drawn = key;
  place.hidden = strain === undefined;
  if (strain === undefined) {
    place.replaceChildren();
    return;
  }
  const was = place.querySelector("details")?.open;
  const counts = Object.entries(strain.stations ?? {}).filter(([, count]) => count > 0).sort()
    .map(([level, count]) => `${level === "unknown" ? word("level_unknown", lang) : `${level.slice(-1)} ${word(level, lang)}`}: ${count}`);
  const since = strain.since === undefined ? "" : ` ${word("since", lang)} ${clock.short(strain.since, lang)}`;
  const isTop = (strain.level ?? strain.at_least) >= TOP;
  place.replaceChildren(el("details", { open: was || isTop ? "" : null },
    el("summary", {}, levelChip(strain, lang), el("small", {}, since), keptUp(strain, lang)),
    el("p", {}, el("small", {}, `${word("stations", lang)} ${counts.join(" · ")}`)), card(strain.card, lang)));
}
