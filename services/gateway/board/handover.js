// Shifts that ended and that nobody has taken over, with their reports; and signing those.

import { el } from "./element.js";
import { named, word } from "./words.js";

// Where the report of a shift is: of the one that ended last, if none is named. `form` is an ending such as ".html".
export function reportOf(area, form, parameters) {
  return `/v1/areas/${encodeURIComponent(area)}/handover${form}?${new URLSearchParams(parameters)}`;
}

// A row a shift, for the weekend's desk.
export function unsigned(stations, { lang, clock, board, canAct }) {
  const rows = Object.entries(board.handovers?.unsigned ?? {}).map(([from, { name, to, given }]) => {
    const href = reportOf(board.area, ".html", { from, to, lang });
    const sign = canAct ? el("button", { type: "button", "data-do": "sign", "data-id": from }, word(given ? "receive" : "give", lang)) : null;
    return {
      what: el("a", { href, target: "_blank", rel: "noopener" }, named(name, lang, "")),
      text: `${clock.short(from, lang)}–${clock.short(to, lang)}: ${word(given ? "not_received" : "not_given", lang)}`,
      act: sign,
    };
  });
  return { title: "unsigned", rows };
}

// The command that signs what stands in the report now. Whoever receives, receives what was handed over.
export async function signing(area, from, { to, given }) {
  const answer = await fetch(reportOf(area, ".json", { from, to }));
  const report = await answer.json();
  if (!answer.ok) throw new Error(report.error);
  const { sequence, hash } = report.signatures?.given ?? report;
  return { kind: "handover.sign", part: given ? "received" : "given", from, to, sequence, hash };
}
