// What somebody who comes to a lane now may expect, and what that rests on.

import { el, ranked } from "./element.js";
import { named, word } from "./words.js";

// Nobody can know the minute: rounded up to whole five minutes.
const STEP_S = 300;
const STEP_MIN = 5;

// Of a lane of which enough is known.
export function expectedWait(lane, lang) {
  const entry = lane.expected_wait_s;
  if (entry?.p50 === undefined) return null;
  const lines = [inputs(entry, lang), ...ofUrgencies(lane, lang), ...within(lane, lang)];
  const codes = ranked(lane.urgencies).map(([code]) => code)
    .filter((code) => lane.expected_wait_by_urgency?.[code]?.p50 !== undefined)
    .map((code) => `${code}:\u00a0${span(lane.expected_wait_by_urgency[code])}`);
  return el("span", { class: "expected", title: lines.join("\n"), "data-known": "yes" }, `${word("wait_expected", lang)} `,
    el("b", {}, `${span(entry)} min`), codes.length > 0 ? ` (${codes.join(" · ")})` : null, `, ${inputs(entry, lang)}`);
}

// The lanes of which too little is known, said once for all of them.
export function tooFewWaits(lanes, lang) {
  const few = ranked(lanes).filter(([, lane]) => lane.expected_wait_s !== undefined && lane.expected_wait_s.p50 === undefined);
  if (few.length === 0) return null;
  const name = ([id, lane]) => named(lane.name, lang, word(id, lang));
  const title = few.map((entry) => `${name(entry)}: ${inputs(entry[1].expected_wait_s, lang)}`).join("\n");
  return el("p", { class: "expected", title, "data-known": "no" },
    `${word("wait_expected", lang)}: ${word("wait_too_few", lang)} (${few.map(name).join(", ")})`);
}

function span(entry) {
  const minutes = (seconds) => Math.ceil(seconds / STEP_S) * STEP_MIN;
  return `${minutes(entry.p50)}–${minutes(entry.p90)}`;
}

function inputs(entry, lang) {
  const ahead = word("wait_ahead", lang, { ahead: entry.ahead });
  return entry.p50 === undefined
    ? `${ahead}, ${word("wait_known", lang, { count: entry.known })}`
    : `${ahead}, ${word("wait_of", lang, { of: entry.of })}`;
}

function ofUrgencies(lane, lang) {
  return ranked(lane.urgencies)
    .filter(([code]) => lane.expected_wait_by_urgency?.[code] !== undefined)
    .map(([code]) => {
      const entry = lane.expected_wait_by_urgency[code];
      const text = entry.p50 === undefined ? word("wait_too_few", lang) : `${span(entry)} min`;
      return `${code}: ${text} (${inputs(entry, lang)})`;
    });
}

// How often a wait stayed within what was said when it began.
function within(lane, lang) {
  const { p50, p90, of } = lane.waits_within ?? {};
  if (!(of > 0)) return [];
  const share = (count) => Math.round((100 * count) / of);
  return [word("wait_within", lang, { p50: share(p50), p90: share(p90), of })];
}
