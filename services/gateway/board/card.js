// One station as a card.

import { el, figure, ranked } from "./element.js";
import { laneTable } from "./lanes.js";
import { levelChip, reasons } from "./strain.js";
import { named, word } from "./words.js";

// What was told longer ago than this says when.
const LONG_AGO_MS = 3_600_000;
const PARTS = ["on_duty", "total", "required", "free", "occupied", "feed", "staffed"];

export function stationCard(id, station, context) {
  const { lang } = context;
  const title = el("h3", {}, el("a", { href: `#station:${id}` }, named(station.name, lang, id)));
  const parts = [el("header", {}, title, about(station, lang), opening(station, context)), reasons(station, context)];
  if (Object.keys(station.lanes ?? {}).length > 0) parts.push(...laneTable(station, context));
  parts.push(resources(station, context), feeds(station, context));
  return el("article", { class: "card", "data-open": String(station.open ?? "unknown"), "data-worst": worst(station) },
    parts);
}

// A closed station in a line: it matters only while somebody is still inside.
export function closedCard(id, station, context) {
  const { lang } = context;
  const title = el("h3", {}, el("a", { href: `#station:${id}` }, named(station.name, lang, id)));
  const inside = ["waiting", "in_care"].map((name) => {
    const { count, isWhole } = total(station, name);
    const text = isWhole || count === 0 ? figure(isWhole ? count : undefined) : `≥ ${count}`;
    return el("div", { "data-inside": count > 0 ? "yes" : null },
      el("dt", {}, word(name, lang)), el("dd", {}, text));
  });
  // Unless it is known that nobody is, whose word it is and how old matters.
  const lanes = Object.values(station.lanes ?? {}).filter((lane) => lane.feed !== undefined);
  const isAnybodyInside = lanes.some((lane) => !(lane.waiting === 0 && lane.in_care === 0) && lane.present !== 0);
  return el("article", { class: "card line", "data-open": "false", "data-worst": worst(station) },
    title, el("strong", {}, word("closed", lang)), el("dl", {}, inside), isAnybodyInside ? feeds(station, context) : lastWord(station, context));
}

// A closed station may be silent: when it last spoke is enough, and nothing to worry about.
function lastWord(station, { lang, clock }) {
  const times = Object.values(station.feeds ?? {}).map((feed) => feed.last_event_time).filter(Boolean).sort();
  return times.length === 0 ? null : el("small", {}, `${word("last_event", lang)} ${clock.short(times.at(-1), lang)}`);
}

// Over all lanes: those who are known of, and whether they are all.
function total(station, name) {
  const counts = Object.values(station.lanes ?? {}).map((lane) => lane[name]);
  const known = counts.filter((count) => typeof count === "number");
  return { count: known.reduce((sum, count) => sum + count, 0), isWhole: counts.length > 0 && known.length === counts.length };
}

function about(station, lang) {
  const kind = station.kind ? el("span", { class: "kind" }, word(station.kind, lang)) : null;
  return el("p", { class: "about" }, kind, levelChip(station.strain, lang));
}

function opening(station, { lang, clock }) {
  const now = clock.now();
  const passed = (time) => time !== undefined && now !== null && Date.parse(time) <= now;
  let state = station.open === true ? "open" : station.open === false ? "closed" : "opening_unknown";
  if (state === "open" && passed(station.intake_until)) state = "intake_ended";
  const times = [];
  if (station.open === true) {
    for (const name of ["intake_until", "doors_until"]) {
      if (station[name] !== undefined) times.push(`${word(name, lang)} ${clock.short(station[name], lang)}`);
    }
  }
  return el("p", { class: "opening" },
    el("strong", { "data-opening": state }, word(state, lang)),
    times.length > 0 ? ` ${times.join(" · ")}` : null);
}

// Staff and capacity, each "there of what is needed or staffed".
function resources(station, { lang, clock }) {
  const items = [];
  const now = clock.now();
  // A feed may be alive and have said nothing of this for long.
  const told = ({ told_at: at }) => (at !== undefined && now !== null && now - Date.parse(at) > LONG_AGO_MS
    ? word("told_at", lang, { time: clock.short(at, lang) }) : null);
  for (const [key, entry] of flat(station.staff)) {
    const [role, lane] = key.split(".");
    const name = named(entry.name, lang, word(role, lang)) + (lane ? ` (${laneName(station, lane, lang)})` : "");
    const gap = entry.on_duty < entry.required;
    const text = entry.required === undefined ? figure(entry.on_duty) : `${figure(entry.on_duty)}/${entry.required}`;
    const more = [entry.arriving > 0 ? `+${entry.arriving} ${word("arriving", lang)}` : null, told(entry)];
    items.push(item(name, text, more.filter(Boolean).join(", "), gap, feedState(station, entry)));
  }
  for (const [key, entry] of flat(station.capacity)) {
    const of = entry.staffed ?? entry.total;
    const text = of === undefined ? figure(entry.occupied) : `${figure(entry.occupied)}/${of}`;
    const more = [];
    if (entry.free !== undefined) more.push(`${figure(entry.free)} ${word("free", lang, { count: entry.free })}`);
    if (entry.reserved > 0) more.push(`${entry.reserved} ${word("reserved", lang)}`);
    if (told(entry)) more.push(told(entry));
    items.push(item(word(key, lang), text, more.join(", "), entry.free <= 0, feedState(station, entry)));
  }
  return items.length > 0 ? el("dl", { class: "resources" }, items) : null;
}

function item(name, text, more, tight, state) {
  return el("div", { "data-tight": tight ? "yes" : null, "data-feed": state },
    el("dt", {}, name), el("dd", {}, el("b", {}, text), more ? el("small", {}, ` ${more}`) : null));
}

// Staff may be told for a lane of its own: `role.lane`, or lanes inside the role.
function flat(entries) {
  return ranked(entries).flatMap(([key, entry]) => {
    const inner = Object.entries(entry).filter(([name, value]) => typeof value === "object" && !["name", "ahead"].includes(name));
    const own = PARTS.some((part) => part in entry) ? [[key, entry]] : [];
    return [...own, ...inner.map(([lane, part]) => [`${key}.${lane}`, part])];
  });
}

function laneName(station, lane, lang) {
  return named(station.lanes?.[lane]?.name, lang, word(lane, lang));
}

function feedState(station, entry) {
  return station.feeds?.[entry.feed]?.state;
}

function feeds(station, { lang, clock }) {
  const items = ranked(station.feeds).map(([id, feed]) =>
    el("li", { "data-feed": feed.state ?? "never", title: id },
      el("span", { class: "mark", "aria-hidden": "true" }),
      feed.family ? ` ${word(`family_${feed.family}`, lang)}: ` : ` ${id}: `,
      el("strong", {}, word(feed.state ?? "never", lang)),
      feed.last_event_time === undefined ? null
        : el("span", {}, `, ${word("last_event", lang)} ${clock.short(feed.last_event_time, lang)}`)));
  if (items.length === 0) return null;
  return el("ul", { class: "feeds", "aria-label": word("feeds", lang) }, items);
}

const STATES = ["fresh", "ageing", "stale", "lost"];

// The worst state among the feeds that have ever said anything.
function worst(station) {
  // A closed station may be silent.
  if (station.open === false) return null;
  const seen = Object.values(station.feeds ?? {}).map((feed) => STATES.indexOf(feed.state));
  return STATES[Math.max(-1, ...seen)] ?? "never";
}
