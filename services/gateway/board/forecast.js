// How many usually wait in a lane at this hour, and how many will be in it in the next, where that was told well before.

import { el } from "./element.js";
import { LOCALES, word } from "./words.js";

const FIGURES = ["waiting", "present"];

export function forecast(lane, { lang, clock }) {
  const told = FIGURES.map((name) => [name, hours(lane.forecast?.[name])]).filter(([, entries]) => entries.length > 0);
  if (told.length === 0) return null;
  const text = told.map(([name, entries]) => {
    const each = entries.map((entry) => word("forecast_at", lang, { time: clock.short(entry.at, lang), number: entry.count, error: people(entry.error_hundredths, lang) }));
    return `${word(name, lang).toLowerCase()} ${each.join(", ")}`;
  });
  const lines = told.flatMap(([name, entries]) => entries.map((entry) => `${word(name, lang)}: ${basis(entry, lang, clock)}`));
  return el("span", { class: "expected", title: lines.join("\n") }, `${word("forecast", lang)} `, text.join(" · "));
}

export function usualQueue(lane, lang) {
  if (lane.usual_waiting === undefined) return null;
  return el("span", { class: "expected" }, `${word("waiting", lang)} ${word("usual", lang, lane.usual_waiting)}`);
}

// The nearest first.
function hours(entries) {
  return Object.values(entries ?? {}).sort((a, b) => (a.at < b.at ? -1 : 1));
}

// What the figure rests on, beside the two guesses that it was better than.
function basis(entry, lang, clock) {
  return word("forecast_basis", lang, {
    time: clock.short(entry.at, lang),
    of: entry.of,
    error: people(entry.error_hundredths, lang),
    staying: people(entry.staying_error_hundredths, lang),
    same: people(entry.same_hour_error_hundredths, lang),
  });
}

function people(hundredths, lang) {
  return (hundredths / 100).toLocaleString(LOCALES[lang], { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
