// What somebody who comes to a lane now may expect, and what that rests on.

import { el, ranked } from "./element.js";
import { word } from "./words.js";

// Nobody can know the minute: rounded up to whole five minutes.
const STEP_S = 300;
const STEP_MIN = 5;

export function expectedWait(lane, lang) {
  const entry = lane.expected_wait_s;
  if (entry === undefined) return null;
  const lines = [inputs(entry, lang), ...ofUrgencies(lane, lang), ...within(lane, lang)];
  const codes = ranked(lane.urgencies).map(([code]) => code)
    .filter((code) => lane.expected_wait_by_urgency?.[code]?.p50 !== undefined)
    .map((code) => `${code}:\u00a0${span(lane.expected_wait_by_urgency[code])}`);
  const text = entry.p50 === undefined
    ? [word("wait_too_few", lang)]
    : [el("b", {}, `${span(entry)} min`), codes.length > 0 ? ` (${codes.join(" · ")})` : null, `, ${inputs(entry, lang)}`];
  return el("span", { class: "expected", title: lines.join("\n"), "data-known": entry.p50 === undefined ? "no" : "yes" },
    `${word("wait_expected", lang)} `, text);
}

function span(entry) {
  const minutes = (seconds) => Math.ceil(seconds / STEP_S) * STEP_MIN;
  return `${minutes(entry.p50)}–${minutes(entry.p90)}`;
}

function inputs(entry, lang) {
  const ahead = word("wait_ahead", lang, { ahead: entry.ahead });
  return entry.p50 === undefined
    ? `${ahead}, ${word("wait_known", lang, { known: entry.known })}`
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
