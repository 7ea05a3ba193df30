// Alarms and notes, with what can be done about them.

import { rememberWho, send, whoIsHere } from "./commands.js";
import { el, figure, ranked } from "./element.js";
import { signing } from "./handover.js";
import { named, word } from "./words.js";

const HOUR_MS = 3_600_000;
// How long an alarm is shelved by the button: long enough to mend something, short enough to be asked again.
const SHELVED_MS = HOUR_MS;
// Nobody takes notice of these any more, so they stand last.
const ORDER = { unacknowledged: 0, cleared_unacknowledged: 1, acknowledged: 2, shelved: 3 };

const byId = (id) => document.getElementById(id);

// What the lists were drawn from: a button that is drawn anew while it is pressed is not pressed.
let drawn = "";

export function drawAlarms(board, context) {
  const { lang, clock, canAct } = context;
  const now = clock.now();
  const key = JSON.stringify([board.view, board.alarms, board.notes, lang, canAct, now === null ? null : Math.floor(now / 60_000)]);
  if (key === drawn) return;
  drawn = key;
  byId("note-fields").disabled = !canAct;
  const alarms = ranked(board.alarms).sort(([, a], [, b]) => ORDER[a.state] - ORDER[b.state]);
  byId("alarms").hidden = alarms.length === 0;
  byId("alarms-title").textContent = word("alarms", lang);
  // Buttons keep the focus while the list under them is drawn anew.
  const focused = document.activeElement?.closest?.("#alarms [data-do]")?.dataset;
  byId("alarm-list").replaceChildren(...alarms.map(([id, alarm]) => alarmRow(id, alarm, context)));
  if (focused) byId("alarm-list").querySelector(`[data-do="${focused.do}"][data-id="${CSS.escape(focused.id)}"]`)?.focus();
  // Said aloud is only how many want to be noticed, when that changes.
  const unseen = alarms.filter(([, alarm]) => alarm.state === "unacknowledged").length;
  const said = unseen === 0 || !canAct ? "" : `${word("alarms", lang)}: ${unseen} ${word("unacknowledged", lang)}`;
  if (byId("alarms-said").textContent !== said) byId("alarms-said").textContent = said;
  const notes = Object.entries(board.notes ?? {}).sort(([, a], [, b]) => (a.at < b.at ? 1 : -1));
  byId("notes").hidden = !canAct && notes.length === 0;
  byId("notes-title").textContent = word("notes", lang);
  byId("note-list").replaceChildren(...notes.map(([id, note]) => noteRow(id, note, board, context)));
}

// The lists were cleared: draw them whatever comes.
export function forgetAlarms() {
  drawn = "";
}

function alarmRow(id, alarm, { lang, clock, canAct }) {
  const unseen = alarm.state === "unacknowledged" || alarm.state === "cleared_unacknowledged";
  const button = (what, key) => el("button", { type: "button", "data-do": what, "data-id": id }, word(key, lang));
  const act = !canAct ? [] : [
    unseen ? button("acknowledge", "acknowledge") : null,
    alarm.state === "unacknowledged" || alarm.state === "acknowledged" ? button("shelve", "shelve") : null,
  ];
  const times = [`${word("raised", lang)} ${clock.short(alarm.raised_at, lang)}`];
  if (alarm.cleared_at) times.push(`${word("cleared", lang)} ${clock.short(alarm.cleared_at, lang)}`);
  const { acknowledged: seen, shelved, escalated } = alarm;
  if (seen) times.push(`${clock.short(seen.at, lang)} ${seen.actor} (${word(seen.role, lang)})${seen.reason ? `: ${seen.reason}` : ""}`);
  if (shelved) times.push(`${word("until", lang, { time: clock.short(shelved.until, lang) })} ${shelved.actor}: ${shelved.reason}`);
  return el("li", { "data-state": alarm.state, "data-escalated": escalated ? "yes" : null },
    el("span", { class: "chip" }, word(alarm.state, lang)),
    el("b", {}, named(alarm.text, lang, alarm.rule)), ` ${cause(alarm, lang, clock)} `,
    escalated ? el("strong", {}, `→ ${named(escalated.to, lang, "")} ${clock.short(escalated.at, lang)} `) : null,
    el("small", {}, times.join(" · ")), ...act);
}

// What an alarm is about, in words: where, whose lane, how many, since when.
function cause(alarm, lang, clock) {
  const parts = [named(alarm.station_name, lang, alarm.station)];
  if (alarm.lane) parts.push(named(alarm.lane_name, lang, alarm.lane));
  if (alarm.urgency) parts.push(alarm.urgency === "untriaged" ? word("untriaged", lang) : alarm.urgency);
  if (alarm.role) parts.push(named(alarm.role_name, lang, word(alarm.role.split(".")[0], lang)));
  const causes = Object.keys(alarm.causes ?? {});
  if (causes.length > 0) parts.push(`${causes.length} ${word("alarms", lang).toLowerCase()} (${causes.join(", ")})`);
  if (alarm.count !== undefined) parts.push(`${figure(alarm.count)} ${word("persons", lang, { count: alarm.count })}`);
  if (alarm.role && alarm.since && alarm.until) {
    parts.push(`${clock.short(alarm.since, lang)}–${clock.short(alarm.until, lang)}`);
  } else {
    if (alarm.since) parts.push(`${word("since", lang)} ${clock.short(alarm.since, lang)}`);
    if (alarm.until) parts.push(`${word("done_by", lang)} ${clock.short(alarm.until, lang)}`);
  }
  return parts.filter(Boolean).join(", ");
}

function noteRow(id, note, board, { lang, clock, canAct }) {
  const where = note.station ? `${named(board.stations?.[note.station]?.name, lang, note.station)}: ` : "";
  const by = `${clock.short(note.at, lang)} ${note.actor} (${word(note.role, lang)}) · ${word("until", lang, { time: clock.short(note.until, lang) })}`;
  const remove = canAct
    ? el("button", { type: "button", "data-do": "remove-note", "data-id": id }, word("remove", lang)) : null;
  return el("li", {}, `${where}${note.text} `, el("small", {}, by), remove);
}

// Listens to the buttons and the two forms, once. `page` gives the area, the board, the language and the clock.
export function listen(page, problem) {
  const who = byId("who");
  const here = whoIsHere();
  Object.assign(who.elements.actor, { value: here.actor });
  Object.assign(who.elements.role, { value: here.role });
  who.addEventListener("change", () => rememberWho(person()));
  const person = () => ({ actor: who.elements.actor.value.trim(), role: who.elements.role.value.trim() });

  const give = async (what) => {
    const { actor, role } = person();
    if (!actor || !role) {
      byId("who-part").open = true;
      who.elements[actor ? "role" : "actor"].focus();
      problem(word("say_who", page.lang));
      return false;
    }
    try {
      const idle = await send(page.area, { ...what, actor, role });
      problem(idle === null ? null : word(`idle_${idle}`, page.lang));
      return true;
    } catch (error) {
      problem(error.message);
      return false;
    }
  };
  const later = (ms) => new Date(Math.round((page.clock.now() ?? 0) + ms)).toISOString();

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    const { do: what, id } = button?.dataset ?? {};
    // Pressed twice it would say that somebody else was quicker.
    const command = async (it) => {
      button.disabled = true;
      await give(it);
      button.disabled = false;
    };
    const alarm = page.board?.alarms?.[id];
    if (what === "acknowledge" && alarm) {
      // What stands now, and no later one of the same cause.
      const expected = id === "summary" ? undefined : { raised_at: alarm.raised_at };
      command({ kind: "alarm.acknowledge", alarm: id, expected });
    } else if (what === "shelve" && alarm) {
      const reason = prompt(word("shelve_why", page.lang))?.trim();
      if (reason) command({ kind: "alarm.shelve", alarm: id, until: later(SHELVED_MS), reason });
    } else if (what === "sign") {
      const shift = page.board?.handovers?.unsigned?.[id];
      if (!shift || !confirm(word("sign_sure", page.lang))) return;
      signing(page.area, id, shift).then(command, (error) => problem(error.message));
    } else if (what === "remove-note") {
      command({ kind: "note.remove", note: id });
    }
  });
  byId("note-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { text, hours } = event.target.elements;
    if (text.value.trim() === "") return;
    const until = later(Number(hours.value) * HOUR_MS);
    if (await give({ kind: "note.add", text: text.value.trim(), until })) text.value = "";
  });
}

// The forms' words in the chosen language.
export function speakForms(lang) {
  const texts = { "who-title": "who", "actor-label": "actor", "role-label": "role", "note-label": "note_text", "note-add": "note_add", "hours-label": "note_hours" };
  for (const [id, key] of Object.entries(texts)) byId(id).textContent = word(key, lang);
}
