// A past moment on the same page: what people saw then, or what was by all that is known now. Nothing can be done on it.

import { AreaClock } from "./area_clock.js";
import { word } from "./words.js";

const MINUTE_MS = 60_000;
// A moment far back takes the server some seconds.
const PATIENCE_MS = 15_000;
// A screen that somebody left in the past comes back to now.
const FORGOTTEN_MS = 10 * MINUTE_MS;
// Whoever looks back begins with what was just there, and goes from it.
const BEGIN_MS = 5_000;
const byId = (id) => document.getElementById(id);

// Time that stands still, in the area's zone.
class StoppedClock extends AreaClock {
  now() {
    return this.server;
  }
}

export class Past {
  // `page` gives the area, the view, the language and the live clock; `changed` is called when there is something else to draw.
  constructor(page, changed) {
    Object.assign(this, { page, changed, touched: 0, moment: null, board: null, problem: null, clock: new StoppedClock(), asked: 0 });
    byId("past-open").addEventListener("click", () => this.open());
    byId("past-end").addEventListener("click", () => this.end());
    byId("past-moment").addEventListener("change", (event) => {
      const moment = this.instant(event.target.value);
      if (moment !== null) this.look(moment);
    });
    byId("past-kind").addEventListener("change", () => this.look(this.moment));
    for (const button of document.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.look(this.moment + Number(button.dataset.step) * MINUTE_MS));
    }
  }

  // A wall must not be left showing what was.
  endIfForgotten() {
    if (this.isOpen && performance.now() - this.touched > FORGOTTEN_MS) this.end();
  }

  get isOpen() {
    return this.moment !== null;
  }

  open() {
    const now = this.page.clock.now();
    if (now === null) return;
    this.look(now - BEGIN_MS);
    this.draw(this.page.lang);
    byId("past-end").focus();
  }

  end() {
    Object.assign(this, { moment: null, board: null, problem: null });
    this.asked += 1;
    this.draw(this.page.lang);
    byId("past-open").focus();
    this.changed();
  }

  // Asks for the board of a moment; only the newest question's answer is shown.
  async look(moment) {
    const now = this.page.clock.now();
    this.moment = now === null ? moment : Math.min(moment, now);
    this.clock.set(new Date(this.moment).toISOString());
    this.asked += 1;
    const asked = this.asked;
    // Nothing of another moment or view may stand under this one's name.
    Object.assign(this, { board: null, problem: null, touched: performance.now() });
    this.changed();
    const { area, view } = this.page;
    const when = new Date(this.moment).toISOString();
    const query = `${byId("past-kind").value}=${encodeURIComponent(when)}`;
    let answer = null;
    let problem = null;
    try {
      const path = `/v1/areas/${encodeURIComponent(area)}/boards/${encodeURIComponent(view)}?${query}`;
      const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS) });
      const said = await response.json();
      if (response.ok) answer = said;
      else problem = said.error ?? String(response.status);
    } catch (error) {
      problem = error.message;
    }
    if (asked !== this.asked) return;
    Object.assign(this, { board: answer, problem });
    this.changed();
  }

  // The bar's words in the chosen language.
  speak(lang) {
    const texts = { "past-open": "past_open", "past-end": "past_end", "past-label": "past", "past-shown": "past_shown", "past-at": "past_was" };
    for (const [id, key] of Object.entries(texts)) byId(id).textContent = word(key, lang);
    byId("past-kind").setAttribute("aria-label", word("past_kind", lang));
  }

  // The bar and the moment in its field.
  draw(lang) {
    byId("past").hidden = !this.isOpen;
    byId("past-open").hidden = this.isOpen;
    if (!this.isOpen) return;
    this.clock.setZone(this.page.clock.zone);
    const field = byId("past-moment");
    // Who is typing is not interrupted.
    if (document.activeElement !== field) field.value = this.local(this.moment);
    field.max = this.local(this.page.clock.now() ?? this.moment);
    const text = word("past_moment", lang, { time: this.clock.dated(new Date(this.moment).toISOString(), lang) });
    // Said once, when it changes.
    if (byId("past-told").textContent !== text) byId("past-told").textContent = text;
  }

  // An instant as the field has it, in the area's zone: "2026-11-26T17:40".
  local(moment) {
    const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.page.clock.zone };
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en", options).formatToParts(moment).map(({ type, value }) => [type, value]));
    return `${parts.year.padStart(4, "0")}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
  }

  // The instant that the field's text means in the area's zone, whatever the screen's own is; null if it means none.
  instant(text) {
    const wanted = Date.parse(`${text}Z`);
    if (Number.isNaN(wanted)) return null;
    let moment = wanted;
    // The second time finds the offset that holds at the moment itself, near a change of the clocks.
    for (let round = 0; round < 2; round += 1) moment += wanted - Date.parse(`${this.local(moment)}Z`);
    return Number.isFinite(moment) ? moment : null;
  }
}
