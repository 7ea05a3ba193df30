// The area's time: the server's word carried on by this machine's monotonic clock. The wall clock of
// the screen is never asked, for it may be wrong and the demo has one of its own.

import { LOCALES } from "./words.js";

const FALLBACK_ZONE = "Europe/Helsinki";

export class AreaClock {
  constructor() {
    this.zone = FALLBACK_ZONE;
    this.server = null;
    this.heard = 0;
    this.formats = new Map();
  }

  set(serverTime) {
    const time = Date.parse(serverTime);
    if (Number.isNaN(time)) return;
    this.server = time;
    this.heard = performance.now();
  }

  // Milliseconds since the epoch, or null before the first word of the server.
  now() {
    return this.server === null ? null : this.server + (performance.now() - this.heard);
  }

  setZone(zone) {
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      this.zone = zone;
    } catch {
      this.zone = FALLBACK_ZONE;
    }
  }

  format(time, lang, options) {
    const key = JSON.stringify([lang, this.zone, options]);
    if (!this.formats.has(key)) {
      const all = { hourCycle: "h23", timeZone: this.zone, ...options };
      this.formats.set(key, new Intl.DateTimeFormat(LOCALES[lang], all));
    }
    return this.formats.get(key).format(time);
  }

  // A clock time, with the day where it is not today's.
  short(text, lang) {
    const time = Date.parse(text);
    if (text === undefined || Number.isNaN(time)) return "–";
    const clock = this.format(time, lang, { hour: "2-digit", minute: "2-digit" });
    const day = (at) => this.format(at, lang, { day: "numeric", month: "numeric" });
    const now = this.now();
    return now === null || day(time) === day(now) ? clock : `${day(time)} ${clock}`;
  }

  // From when to when, each with the day where it is not today's; the end without it where it is that of the beginning.
  span(from, to, lang) {
    const day = (text) => this.format(Date.parse(text), lang, { day: "numeric", month: "numeric" });
    const isOneDay = !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(to)) && day(from) === day(to);
    return `${this.short(from, lang)}–${isOneDay ? this.time(to, lang) : this.short(to, lang)}`;
  }

  // The day of the week.
  weekday(text, lang) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? "–" : this.format(time, lang, { weekday: "short" });
  }

  // The clock time alone, where the day is told beside it.
  time(text, lang) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? "–" : this.format(time, lang, { hour: "2-digit", minute: "2-digit" });
  }

  // The day with its year, and the clock time.
  dated(text, lang) {
    const time = Date.parse(text);
    if (text === undefined || Number.isNaN(time)) return "–";
    return this.format(time, lang, { day: "numeric", month: "numeric", year: "numeric", hour: "2-digit", minute: "2-digit" });
  }

  // The day, and hours, minutes and seconds.
  long(time, lang) {
    const day = this.format(time, lang, { weekday: "short", day: "numeric", month: "numeric" });
    return [day, this.format(time, lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" })];
  }
}
