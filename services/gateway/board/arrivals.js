// Who came to each lane in this hour and in the last, beside how many usually do.

import { figure, ranked } from "./element.js";
import { named, word } from "./words.js";

const HOUR_MS = 3_600_000;

export function arrivals(stations, { lang, clock }) {
  const lanes = stations.flatMap(([id, station]) => ranked(station.lanes).filter(([, lane]) => says(lane.arrivals)).map((entry) => [id, station, ...entry]));
  const rows = lanes.map(([id, station, laneId, lane]) => {
    const { this_hour: now, last_hour: before } = lane.arrivals;
    const what = `${named(station.name, lang, id)}, ${named(lane.name, lang, word(laneId, lang))}`;
    const parts = [hour("last_hour", before, lang, clock), hour("this_hour", now, lang, clock)];
    const state = station.feeds?.[lane.feed]?.state;
    const doubt = state && state !== "fresh" ? ` (${word(state, lang)})` : "";
    return { what, text: `${parts.join(" · ")}${doubt}`, feed: doubt ? state : undefined };
  });
  // Said once, not of each lane.
  if (lanes.some(([, , , lane]) => !lane.arrivals.this_hour.usual)) rows.push({ what: "", text: word("usual_unknown", lang) });
  return { title: "arrivals", rows };
}

// A lane to which nobody comes and of which nothing is usual has nothing to tell here.
function says(arrivals) {
  const { this_hour: now, last_hour: before } = arrivals ?? { this_hour: {}, last_hour: {} };
  return [now, before].some(({ count, usual }) => count > 0 || usual !== undefined);
}

function hour(name, { from, count, usual }, lang, clock) {
  const to = clock.time(new Date(Date.parse(from) + HOUR_MS).toISOString(), lang);
  const told = word(name, lang, { time: clock.time(from, lang), to, count: figure(count) });
  if (!usual) return told;
  const more = count > usual.high ? `, ${word("more_than_usual", lang)}` : "";
  return `${told}, ${word("usual", lang, usual)}${more}`;
}
