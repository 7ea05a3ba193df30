// What the desk reads before the stations, the most urgent first: who waits too long, what closes, who is missing, who is to
// be called back, what is under way. A part with nothing to say is not there.

import { el, figure, ranked } from "./element.js";
import { arrivals } from "./arrivals.js";
import { unsigned } from "./handover.js";
import { beds, services, suspended } from "./weekend.js";
import { named, word } from "./words.js";

const HOUR_MS = 3_600_000;
// How far ahead each view looks into the plan.
const AHEAD_MS = { evening: 4 * HOUR_MS, weekend: 24 * HOUR_MS };
const PARTS = [overdue, suspended, closing, gaps, unsigned, callbacks, alternatives, beds, tasks, units, services, duties, arrivals];

export function drawDesk(desk, board, context) {
  const ahead = AHEAD_MS[board.view];
  const parts = ahead === undefined ? [notices] : [...PARTS, notices];
  const stations = ranked(board.stations);
  const seen = parts.map((part) => part(stations, { ...context, board, ahead })).filter((part) => part.rows.length > 0);
  desk.replaceChildren(...seen.map((part) => section(part, context.lang)));
  desk.hidden = seen.length === 0;
}

function section({ title, rows, loud }, lang) {
  return el("section", { class: "part", "data-part": title, "data-loud": loud ? "yes" : null },
    el("h2", {}, word(`desk_${title}`, lang)),
    el("ul", {}, rows.map((row) => el("li", { "data-feed": row.feed }, el("b", {}, row.what), ` ${row.text} `, row.act))));
}

// The state of the feed whose word an entry is, when it can't be trusted to be of now.
function doubt(station, entry) {
  const state = station.feeds?.[entry.feed]?.state;
  return state === "fresh" ? undefined : state;
}

function doubted(text, station, entry, lang) {
  const state = doubt(station, entry);
  return { text: state ? `${text} (${word(state, lang)})` : text, feed: state };
}

function overdue(stations, { lang, clock }) {
  const found = [];
  for (const [id, station] of stations) {
    for (const [laneId, lane] of ranked(station.lanes)) {
      for (const [code, late] of Object.entries(lane.overdue_by_urgency ?? {})) {
        const name = code === "untriaged" ? word(code, lang) : named(lane.urgencies?.[code]?.name, lang, code);
        const where = `${named(station.name, lang, id)}, ${named(lane.name, lang, word(laneId, lang))}`;
        const text = `${name}: ${where}, ${word("since", lang)} ${clock.short(late.since, lang)}`;
        const order = code === "untriaged" ? -1 : lane.urgencies?.[code]?.rank ?? 99;
        found.push({ order, since: late.since, what: figure(late.count), ...doubted(text, station, lane, lang) });
      }
    }
  }
  // Nobody knows how urgent the untriaged are, so they come first.
  found.sort((a, b) => a.order - b.order || (a.since < b.since ? -1 : 1));
  return { title: "overdue", rows: found, loud: true };
}

function closing(stations, { lang, clock }) {
  const rows = stations.filter(([, station]) => station.closing).map(([id, station]) => {
    const { phase, inside, inside_at_least: least, done_by: done, done_latest: latest, pace_of: of } = station.closing;
    const times = ["intake_until", "doors_until"].filter((name) => station[name] !== undefined)
      .map((name) => `${word(name, lang)} ${clock.short(station[name], lang)}`);
    if (done) {
      const end = latest && latest !== done ? `${clock.short(done, lang)}–${clock.short(latest, lang)}` : clock.short(done, lang);
      times.push(`${word("done_by", lang)} ${end} (${word("pace_of", lang, { count: of })})`);
    }
    const people = inside === undefined && least !== undefined ? `${word("at_least", lang)} ${least}` : figure(inside);
    const parts = [word(phase, lang), `${people} ${word("inside", lang)}`, ...times];
    return { what: named(station.name, lang, id), text: parts.join(" · ") };
  });
  return { title: "closing", rows };
}

function gaps(stations, { lang, clock, ahead }) {
  const rows = [];
  const now = clock.now();
  for (const [id, station] of stations) {
    for (const [key, staff] of Object.entries(station.staff ?? {})) {
      const role = named(staff.name, lang, word(key.split(".")[0], lang));
      const what = `${named(station.name, lang, id)}, ${role}`;
      if (staff.gap > 0) {
        const text = [`${word("now", lang)} ${figure(staff.on_duty)}/${figure(staff.required)}`, ...help(staff, lang, clock)].join(", ");
        rows.push({ from: "", what, ...doubted(text, station, staff, lang) });
      }
      for (const [from, part] of Object.entries(staff.ahead ?? {})) {
        if (!(part.gap > 0) || now === null || Date.parse(from) > now + ahead) continue;
        const span = `${clock.short(from, lang)}–${clock.short(part.to, lang)}`;
        rows.push({ from, what, text: `${span}: ${figure(part.planned)}/${figure(part.required)}` });
      }
    }
  }
  rows.sort((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
  return { title: "gaps", rows };
}

// Who is called in, who is on the way, and from when on the plan has enough.
function help(staff, lang, clock) {
  const parts = [];
  if (staff.called > 0) parts.push(`${staff.called} ${word("called", lang, { count: staff.called })}`);
  if (staff.arriving > 0) parts.push(`+${staff.arriving} ${word("arriving", lang)}`);
  const enough = Object.entries(staff.ahead ?? {}).sort().find(([, part]) => part.planned >= part.required);
  if (enough) {
    const [from, { planned, required }] = enough;
    parts.push(word("from_then", lang, { time: clock.short(from, lang), there: planned, needed: required }));
  }
  return parts;
}

function callbacks(stations, { lang, clock }) {
  const rows = stations.flatMap(([, station]) => ranked(station.contacts).map(([, contact]) => {
    const oldest = contact.oldest_callback ? `, ${word("oldest", lang)} ${clock.short(contact.oldest_callback, lang)}` : "";
    const whose = contact.coverage ? `, ${word("covers", lang)} ${word(contact.coverage, lang)}` : "";
    const before = ["1", "2", "3", "4"].map((rank) => figure(contact.callbacks_before?.[rank]?.callbacks_waiting));
    const usual = contact.callbacks_before ? `, ${word("callbacks_before", lang, { counts: before.join(" ") })}` : "";
    const line = [contact.line && word(contact.line, lang), contact.language].filter(Boolean).join(" ");
    const text = `${figure(contact.callbacks_waiting)} ${word("waiting", lang).toLowerCase()}${oldest}${usual}${whose}`;
    return { what: line, ...doubted(text, station, contact, lang) };
  }));
  return { title: "callbacks", rows };
}

// Where else somebody may be helped: places to which nobody comes by themselves, and the next urgent times.
function alternatives(stations, { lang, clock }) {
  const rows = [];
  const now = clock.now();
  for (const [id, station] of stations) {
    const name = named(station.name, lang, id);
    // Who takes nobody in any more is no place to send somebody to, though its doors are open.
    const intake = station.intake_until ?? station.doors_until;
    const takes = intake === undefined || now === null || Date.parse(intake) > now;
    if (station.counted !== true && station.open === true && takes && ["remote_reception", "home_hospital"].includes(station.kind)) {
      rows.push({ what: name, text: intake ? `${word("open", lang)}, ${word("until", lang, { time: clock.short(intake, lang) })}` : word("open", lang) });
    }
    for (const [key, slots] of Object.entries(station.slots ?? {})) {
      const [first] = ranked(slots).map(([, time]) => time);
      if (!key.endsWith(".urgent") || typeof first !== "string") continue;
      rows.push({ what: name, text: `${word("next_slot", lang)} ${clock.short(first, lang)}` });
    }
  }
  return { title: "alternatives", rows };
}

function tasks(stations, { lang, clock }) {
  const rows = stations.flatMap(([, station]) => ranked(station.tasks).map(([id, task]) => {
    const what = [word(task.kind ?? "task", lang), task.urgency, task.zone && word(task.zone, lang)].filter(Boolean).join(" ");
    const unit = task.unit ? `, ${word(task.unit, lang)}` : "";
    const text = `${word(`task_${task.state}`, lang)} ${clock.short(task.since, lang)}${unit}`;
    return { what: what || id, ...doubted(text, station, task, lang) };
  }));
  return { title: "tasks", rows };
}

function units(stations, { lang, clock }) {
  const rows = stations.flatMap(([, station]) => ranked(station.units).map(([id, unit]) => {
    const state = unit.state ? `${word(`unit_${unit.state}`, lang)} ${clock.short(unit.since, lang)}` : "–";
    const where = unit.zone && word(unit.zone, lang);
    return { what: word(id, lang), ...doubted([state, where].filter(Boolean).join(", "), station, unit, lang) };
  }));
  return { title: "units", rows };
}

function duties(stations, { lang }) {
  const rows = stations.flatMap(([, station]) => ranked(station.on_call).map(([, duty]) => {
    const languages = ranked(duty.languages).map(([language]) => language).join(", ");
    const text = [duty.contact ?? "–", languages].filter(Boolean).join(" · ");
    return { what: named(duty.name, lang, word(duty.role, lang)), text: `(${word(duty.duty, lang)}) ${text}` };
  }));
  return { title: "duties", rows };
}

function notices(stations, { lang, clock, board }) {
  const row = (where) => ([, notice]) => {
    const until = notice.until ? ` (${word("until", lang, { time: clock.short(notice.until, lang) })})` : "";
    return { what: [word(`notice_${notice.kind}`, lang), where].filter(Boolean).join(", "), text: `${named(notice.text, lang, "")}${until}` };
  };
  const rows = Object.entries(board.notices ?? {}).map(row(""));
  for (const [id, station] of stations) rows.push(...Object.entries(station.notices ?? {}).map(row(named(station.name, lang, id))));
  return { title: "notices", rows };
}
