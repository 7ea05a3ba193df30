// Who came to each lane in this hour and in the last, beside how many usually do.

import { figure, ranked } from "./element.js";
import { named, word } from "./words.js";

export function arrivals(stations, { lang, clock }) {
  const rows = stations.flatMap(([id, station]) => ranked(station.lanes).filter(([, lane]) => lane.arrivals).map(([laneId, lane]) => {
    const { this_hour: now, last_hour: before } = lane.arrivals;
    const what = `${named(station.name, lang, id)}, ${named(lane.name, lang, word(laneId, lang))}`;
    const parts = [hour("last_hour", before, lang, clock), hour("this_hour", now, lang, clock)];
    const text = before.usual || now.usual ? parts : [...parts, word("usual_unknown", lang)];
    const state = station.feeds?.[lane.feed]?.state;
    const doubt = state && state !== "fresh" ? ` (${word(state, lang)})` : "";
    return { what, text: `${text.join(" · ")}${doubt}`, feed: doubt ? state : undefined };
  }));
  return { title: "arrivals", rows };
}

function hour(name, { from, count, usual }, lang, clock) {
  const told = word(name, lang, { time: clock.time(from, lang), count: figure(count) });
  if (!usual) return told;
  const more = count > usual.high ? `, ${word("more_than_usual", lang)}` : "";
  return `${told}, ${word("usual", lang, usual)}${more}`;
}
