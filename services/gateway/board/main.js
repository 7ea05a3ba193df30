// The page: what is chosen, the link, and one loop that draws.

import { listen, speakForms } from "./alarms.js";
import { AreaClock } from "./area_clock.js";
import { clearBoard, drawBoard, drawViews } from "./draw.js";
import { reportOf } from "./handover.js";
import { Link } from "./link.js";
import { Past } from "./past.js";
import { firstLanguage, learn, named, remember, word } from "./words.js";

const AMBER_MS = 11_000;
const RED_MS = 30_000;
// Ten pictures a second are as live as an eye can tell, however many changes arrive.
const DRAW_MS = 100;
// Causes for which a board is not live, as the gateway names them.
const SILENT = "projector_silent";
// Nothing is recorded, and the word that says why.
const NOT_RECORDED = { journal_read_only: "read_only", journal_unbound: "unbound", intake_stopped: "stopped" };

const byId = (id) => document.getElementById(id);
const clock = new AreaClock();
const page = {
  lang: firstLanguage(), view: null, board: null, link: null, area: null, stations: {}, clock,
  // By the monotonic clock: a screen's wall clock may be set at any time.
  beat: performance.now(), beaten: false, cause: null, socket: "closed", lastTime: null, problem: null,
  // Why what somebody asked for was not done: it stays until they ask again.
  refusal: null,
};
let dirty = true;
const past = new Past(page, () => {
  dirty = true;
});

function viewFromAddress() {
  const hash = decodeURIComponent(location.hash.slice(1));
  // The page's own anchors are no views.
  if (hash && hash !== "stations") return hash;
  return page.view ?? new URLSearchParams(location.search).get("view") ?? "situation";
}

function open(view) {
  if (view === page.view && page.link) return;
  page.link?.end();
  Object.assign(page, { view, board: null, problem: null });
  page.link = new Link(page.area, view, {
    board(board) {
      page.board = board;
      dirty = true;
    },
    beat(serverTime) {
      clock.set(serverTime);
      Object.assign(page, { beat: performance.now(), beaten: true, lastTime: serverTime });
      // A beat is the end of silence; any other cause ends when the gateway says so.
      if (page.cause === SILENT) page.cause = null;
    },
    // Better a clock that may be behind than none; what is known is known better.
    greeted(serverTime) {
      if (clock.now() === null) clock.set(serverTime);
      // Stations may have been named anew meanwhile. Without an answer the names that are known serve.
      findArea().then(() => { dirty = true; }, () => {});
    },
    caughtUp() {
      // A gateway that had not heard the projector lately would have said so before the board: a fresh page
      // need not wait for the next heartbeat to be live, but one that has waited for long is not made so.
      if (!page.beaten && !page.cause) Object.assign(page, { beat: performance.now(), beaten: true });
    },
    degraded(cause) {
      page.cause = cause;
      dirty = true;
    },
    state(socket) {
      page.socket = socket;
    },
    problem(text) {
      page.problem = text;
      dirty = true;
    },
  });
  dirty = true;
  if (past.isOpen) past.look(past.moment);
}

// What the page may claim, from the age of the projector's heartbeat; an open socket proves nothing.
function claim() {
  const age = performance.now() - page.beat;
  if (age >= RED_MS) return "not_live";
  if (!page.beaten || !page.board) return "connecting";
  if (page.socket !== "open") return "reconnecting";
  if (page.cause in NOT_RECORDED) return "read_only";
  if (age >= AMBER_MS || page.cause) return "late";
  return "live";
}

let lastMinute = null;

function draw() {
  past.endIfForgotten();
  const present = claim();
  // That nothing is live is said whatever is looked at.
  const state = past.isOpen && present !== "not_live" && present !== "read_only" ? "past" : present;
  const { lang } = page;
  if (document.body.dataset.state !== state || dirty) {
    dirty = true;
    document.body.dataset.state = state;
    const text = word(`state_${state}`, lang);
    // Said once, when it changes: a screen reader must not repeat it.
    if (byId("state").textContent !== text) byId("state").textContent = text;
    byId("not-live").hidden = state !== "not_live" && state !== "read_only";
    // With nothing recorded the heart beats on, but the figures are as old as the newest fact.
    const newest = state === "read_only" ? page.board.as_of : page.lastTime;
    const since = newest ? clock.short(newest, lang) : "–";
    byId("not-live").textContent = word(state === "read_only" ? NOT_RECORDED[page.cause] : "not_live", lang, { time: since });
  }
  const now = clock.now();
  const minute = now === null ? null : Math.floor(now / 60_000);
  if (dirty || minute !== lastMinute) {
    lastMinute = minute;
    dirty = false;
    const notice = page.refusal ?? (past.isOpen ? past.problem : page.problem);
    byId("notice").hidden = notice === null;
    if (byId("notice").textContent !== (notice ?? "")) byId("notice").textContent = notice ?? "";
    drawViews(byId("view"), page.view, page.board, lang);
    past.draw(lang);
    const board = past.isOpen ? past.board : page.board;
    const { stations } = page;
    // What nobody knows to be of now is nothing to act on.
    const canAct = !past.isOpen && (state === "live" || state === "late");
    if (board) drawBoard(board, { lang, clock: past.isOpen ? past.clock : clock, canAct, known: stations });
    else clearBoard();
  }
  drawClock(now);
}

// The seconds and the sweep are moved by this loop alone: if they stand, so does the page.
function drawClock(now) {
  const [day, time] = now === null ? ["", "–"] : clock.long(now, page.lang);
  const text = day ? `${day} ${time}` : time;
  if (byId("clock").textContent !== text) byId("clock").textContent = text;
  const beat = Math.min(1, (performance.now() - page.beat) / AMBER_MS);
  byId("sweep").style.transform = `translateX(${(beat * 100).toFixed(1)}%)`;
}

function speak(lang) {
  page.lang = lang;
  document.documentElement.lang = lang;
  const texts = { "view-label": "view", "lang-label": "language", skip: "skip", simulated: "simulated", legend: "legend" };
  for (const [id, key] of Object.entries(texts)) byId(id).textContent = word(key, lang);
  const area = named(page.areaName, lang, "");
  byId("title").textContent = area || word("title", lang);
  document.title = area ? `${area} · ${word("title", lang)}` : word("title", lang);
  byId("lang").value = lang;
  byId("handover").textContent = word("handover", lang);
  if (page.area !== null) byId("handover").href = reportOf(page.area, ".html", { lang });
  speakForms(lang);
  past.speak(lang);
  dirty = true;
}

async function findArea() {
  const answer = await fetch("/v1/areas");
  if (!answer.ok) throw new Error((await answer.json()).error);
  const { areas } = await answer.json();
  const wanted = new URLSearchParams(location.search).get("area");
  const id = wanted in areas ? wanted : Object.keys(areas).sort()[0];
  Object.assign(page, { area: id, areaName: areas[id]?.name, stations: areas[id]?.stations ?? {} });
  learn(areas[id]?.words);
}

async function begin() {
  speak(page.lang);
  setInterval(draw, DRAW_MS);
  byId("lang").addEventListener("change", (event) => {
    remember(event.target.value);
    speak(event.target.value);
  });
  byId("view").addEventListener("change", (event) => {
    location.hash = event.target.value;
  });
  listen(page, (text) => {
    page.refusal = text;
    dirty = true;
  });
  for (let wait = 500; page.area === null; wait = Math.min(wait * 2, 10_000)) {
    try {
      await findArea();
      page.problem = null;
    } catch (error) {
      page.problem = error.message;
      dirty = true;
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
    }
  }
  speak(page.lang);
  open(viewFromAddress());
  addEventListener("hashchange", () => open(viewFromAddress()));
}

begin();
