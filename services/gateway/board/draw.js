// Draws a board. A station whose object did not change keeps its card.

import { drawAlarms, forgetAlarms } from "./alarms.js";
import { closedCard, stationCard } from "./card.js";
import { drawDesk } from "./desk.js";
import { el, figure, ranked } from "./element.js";
import { drawAreaLevel, forgetAreaLevel } from "./strain.js";
import { drawLadder } from "./weekend.js";
import { named, word } from "./words.js";

const byId = (id) => document.getElementById(id);
// id -> { station, key, card }: what each card was drawn from.
const drawn = new Map();

export function drawBoard(board, context) {
  const { lang, clock } = context;
  clock.setZone(board.time_zone ?? "Europe/Helsinki");
  // Times are judged by the minute, so cards are drawn anew when it turns.
  const now = clock.now();
  const key = `${lang} ${clock.zone} ${now === null ? "" : Math.floor(now / 60_000)}`;
  const stations = Object.entries(board.stations ?? {});
  for (const [id, station] of stations) {
    const known = drawn.get(id);
    if (known?.station === station && known.key === key) continue;
    const focused = known?.card.contains(document.activeElement);
    // What somebody has opened to read stays open while its figures change.
    const opened = known?.card.querySelector("details.strain")?.open;
    const card = (station.open === false && stations.length > 1 ? closedCard : stationCard)(id, station, context);
    if (opened) card.querySelector("details.strain")?.setAttribute("open", "");
    const reading = known?.card.querySelector("details.strain")?.contains(document.activeElement);
    known?.card.replaceWith(card);
    if (focused) card.querySelector(reading ? "details.strain summary" : "a")?.focus();
    drawn.set(id, { station, key, card });
  }
  for (const id of drawn.keys()) {
    if (!board.stations?.[id]) {
      drawn.get(id).card.remove();
      drawn.delete(id);
    }
  }
  const name = ([id, station]) => named(station.name, lang, id);
  stations.sort((a, b) => rank(a[1]) - rank(b[1]) || name(a).localeCompare(name(b), lang));
  const closed = stations.filter(([, station]) => station.open === false);
  const rest = stations.filter(([, station]) => station.open !== false);
  fill(byId("open"), rest);
  fill(byId("closed"), closed);
  byId("open-title").textContent = stations.length === 0 ? word("no_stations", lang)
    : rest.some(([, station]) => station.open === true) ? word("open_stations", lang) : word("unknown_stations", lang);
  byId("closed-title").textContent = word("closed_stations", lang);
  byId("closed-part").hidden = closed.length === 0;
  byId("window").textContent = windowTold(board, lang, clock);
  byId("simulated").hidden = board.simulated !== true;
  byId("restored").hidden = board.restored === undefined;
  byId("restored").textContent = word("restored", lang, { time: clock.dated(board.restored?.to, lang) });
  byId("position").textContent = `${word("revision", lang)} ${board.revision} · ${String(board.hash).slice(0, 8)}`;
  byId("day").textContent = named(board.day?.name, lang, "");
  drawAreaLevel(byId("area-level"), board, context);
  drawSums(board, lang);
  drawAlarms(board, context);
  drawDesk(byId("desk"), board, context);
  byId("stations").dataset.desk = board.view === "evening" || board.view === "weekend" ? "yes" : "no";
  drawElsewhere(byId("elsewhere"), board, context);
  drawLadder(byId("ladder"), board, context);
}

// Which evening or weekend it is: in the morning that is not to be guessed.
function windowTold({ window, name }, lang, clock) {
  if (window === undefined) return named(name, lang, "");
  return `${named(window.name, lang, "")} ${clock.span(window.from, window.to, lang)}`;
}

// The stations that people come to and that serve nobody in the view's window: who looks for one finds it.
function drawElsewhere(place, board, { lang, known }) {
  const others = ranked(known).filter(([id, station]) => station.counted && !board.stations?.[id]);
  place.hidden = others.length === 0 || !["evening", "weekend"].includes(board.view);
  const names = others.map(([id, station]) => named(station.name, lang, id));
  place.textContent = `${word("not_serving", lang)}: ${names.join(", ")}`;
}

// Nothing of another view may stand under this one's name.
export function clearBoard() {
  forgetAlarms();
  forgetAreaLevel();
  drawn.clear();
  for (const id of ["open", "closed", "sums", "area-level", "desk", "alarm-list", "note-list", "ladder"]) byId(id).replaceChildren();
  for (const id of ["open-title", "window", "day", "position"]) byId(id).textContent = "";
  for (const id of ["closed-part", "simulated", "restored", "alarms", "notes", "ladder", "area-level", "elsewhere"]) byId(id).hidden = true;
}

function rank(station) {
  return Number.isInteger(station.rank) ? station.rank : 1_000_000;
}

// Puts the cards in order, moving only those that stand elsewhere.
function fill(grid, stations) {
  stations.forEach(([id], index) => {
    const { card } = drawn.get(id);
    if (grid.children[index] !== card) grid.insertBefore(card, grid.children[index] ?? null);
  });
  while (grid.children.length > stations.length) grid.lastElementChild.remove();
}

// The sums over the open stations that report, as the board has them, and of how many stations they are.
function drawSums(board, lang) {
  const { sums, reporting } = board;
  if (reporting === undefined) {
    byId("sums").replaceChildren();
    return;
  }
  const entry = (label, value, note) =>
    el("div", {}, el("dt", {}, label), el("dd", {}, value, note ? el("small", {}, ` ${note}`) : null));
  const sum = (name) => {
    const { value, stations = 0, lanes_missing: missing = 0 } = sums?.[name] ?? {};
    const lacks = missing > 0 ? `, ${word("lanes_missing", lang, { count: missing })}` : "";
    return entry(word(name, lang), figure(value), `${word("reporting", lang)} ${stations}/${reporting.open ?? 0}${lacks}`);
  };
  byId("sums").replaceChildren(
    entry(word("stations_open", lang), `${figure(reporting.open)}/${figure(reporting.counted)}`, word("counted", lang)),
    sum("waiting"), sum("overdue"));
}

export function drawViews(select, view, board, lang) {
  const views = ["situation", "evening", "weekend"].map((id) => [id, word(id, lang)]);
  for (const [id, station] of Object.entries(board?.stations ?? {})) {
    views.push([`station:${id}`, named(station.name, lang, id)]);
  }
  if (!views.some(([id]) => id === view)) views.push([view, view]);
  const key = JSON.stringify([views, view]);
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  select.replaceChildren(...views.map(([id, name]) => el("option", { value: id, selected: id === view }, name)));
}
