// Looks at the web board as a person would: a real Chromium, a real `tilanne up --demo`.
//
//   node ops/page-check.mjs PATH-TO-TILANNE [SCREENSHOT.png]
//
// Exit 0 when every check held. With a second argument it also saves what the wall screen shows.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, screenshot] = process.argv.slice(2);
const AREA = "itauusimaa";
// From the start of the program to a board that lives. The promise is 3 s; a debug build on a busy machine
// gets a little more, so that a red check means the product and not the neighbours.
const LIVE_MS = 5_000;
// After the last heartbeat the page turns amber at 11 s and says NOT LIVE at 30 s; it draws ten times a second.
const AMBER_MS = 12_000;
const NOT_LIVE_MS = 31_000;
// The gateway and the page back off while the server is away, with jitter.
const BACK_MS = 30_000;
const EXIT_MS = 5_000;
// A command is recorded, folded and shown.
const COMMAND_MS = 10_000;
const WIDTHS = [1920, 1366, 768, 390];

let failed = 0;
let passed = 0;

function check(what, good, found = "") {
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${what}${found === "" ? "" : `: ${found}`}`);
}

// Waits for a page state; tells how long it took, or null if it never came.
async function state(page, wanted, timeout) {
  const from = performance.now();
  try {
    await page.waitForFunction((state) => document.body.dataset.state === state, wanted, { timeout });
    return Math.round(performance.now() - from);
  } catch {
    return null;
  }
}

const ms = (taken, limit) => (taken === null ? `not within ${limit} ms` : `${taken} ms`);

// Starts the program on ports of the machine's choosing; the first log lines tell which.
async function start(data) {
  const flags = ["up", "--demo", "--data", data, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const child = spawn(program, flags, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
  const url = await new Promise((resolve, reject) => {
    let log = "";
    const read = (chunk) => {
      log += chunk;
      const found = /board at (http:\/\/127\.0\.0\.1:\d+)/.exec(log);
      if (found) resolve(found[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    ended.then((code) => reject(new Error(`the program ended (${code}) before it listened:\n${log}`)));
  });
  return { child, ended, url };
}

// What the page shows, read in one go: the revision it drew and every lane's cells as text.
function shown() {
  const text = (cell) => cell?.textContent ?? null;
  const stations = {};
  for (const card of document.querySelectorAll("article.card")) {
    const id = card.querySelector("h3 a").getAttribute("href").slice("#station:".length);
    stations[id] = [...card.querySelectorAll("tbody tr")].map((row) => ({
      waiting: text(row.querySelector("td.waiting")),
      codes: Object.fromEntries(
        [...row.querySelectorAll("td.urgency")].map((cell) => [cell.dataset.code, text(cell)])),
    }));
  }
  return { position: document.getElementById("position").textContent, stations };
}

// Every cell on screen against the board of the very revision that the page says it shows.
async function numbers(page, url) {
  const seen = await page.evaluate(shown);
  const [, revision, hash] = /(\d+) · ([0-9a-f]{8})/.exec(seen.position) ?? [];
  const answer = await fetch(`${url}/v1/areas/${AREA}/boards/situation?sequence=${revision}`);
  const board = await answer.json();
  check("the page's revision has the hash it shows", board.hash?.startsWith(hash), seen.position);
  const wrong = [];
  let cells = 0;
  let unknown = 0;
  const compare = (where, text, value) => {
    cells += 1;
    if (value === undefined) unknown += 1;
    if (text !== (value === undefined ? "–" : String(value))) wrong.push(`${where} shows ${text}, is ${value}`);
  };
  for (const [id, rows] of Object.entries(seen.stations)) {
    const lanes = Object.entries(board.stations[id].lanes ?? {}).sort(([a, x], [b, y]) =>
      (x.rank ?? Infinity) - (y.rank ?? Infinity) || (a < b ? -1 : 1));
    rows.forEach((row, index) => {
      const [name, lane] = lanes[index];
      compare(`${id}/${name}`, row.waiting, lane.waiting);
      for (const [code, cell] of Object.entries(row.codes)) {
        compare(`${id}/${name}/${code}`, cell, lane.waiting_by_urgency?.[code]);
      }
    });
  }
  check(`all ${cells} cells of the lanes show the board's numbers`, cells > 0 && wrong.length === 0, wrong.join("; "));
  check(`what is not known is a dash (${unknown} cells)`, unknown > 0);
  return board;
}

// One figure is withdrawn, as by a feed that does not know it any more: on the page it becomes a dash.
async function withdraw(page, url) {
  const board = await (await fetch(`${url}/v1/areas/${AREA}/boards/situation`)).json();
  const event = {
    specversion: "1.0", id: "page-check", source: "/feeds/sipoo", subject: "sipoo-sote",
    type: "fi.tilanne.queue.observed.v1", time: board.as_of, data: { lane: "kiire", waiting_by_urgency: null },
  };
  const headers = { "content-type": "application/cloudevents+json" };
  const answer = await fetch(`${url}/v1/events`, { method: "POST", headers, body: JSON.stringify(event) });
  const [receipt] = (await answer.json()).receipts;
  const isDash = () => [...document.querySelectorAll("td.urgency")].some((cell) => cell.textContent === "–");
  const seen = await page.waitForFunction(isDash, null, { timeout: COMMAND_MS }).then(() => true, () => false);
  check("a figure that is withdrawn becomes a dash", seen, receipt.status);
}

async function names(page, board) {
  for (const lang of ["sv", "en", "fi"]) {
    await page.selectOption("#lang", lang);
    await page.waitForFunction((lang) => document.documentElement.lang === lang, lang);
    // The cards follow with the next picture.
    await page.waitForTimeout(300);
    const titles = new Set(await page.locator("article.card h3").allTextContents());
    const missing = Object.values(board.stations).map((station) => station.name[lang]).filter((name) => !titles.has(name));
    check(`every station's name in ${lang}`, titles.size > 0 && missing.length === 0, missing.join(", "));
  }
}

async function widths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 1080 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(`no sideways scrolling at ${width} px`, over <= 0, over > 0 ? `${over} px too wide` : "");
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
}

// A note written and removed with the page's own buttons, by somebody who has to say who they are first.
async function notes(page) {
  const text = `tarkistus ${Date.now()}`;
  const stands = (wanted) => page.waitForFunction(
    ([text, wanted]) => document.getElementById("note-list").textContent.includes(text) === wanted, [text, wanted],
    { timeout: COMMAND_MS }).then(() => true, () => false);
  await page.fill("#note-form [name=text]", text);
  await page.click("#note-add");
  const asked = await page.waitForSelector("#who-part[open] #who", { timeout: COMMAND_MS }).then(() => true, () => false);
  check("nobody writes a note without saying who they are", asked);
  await page.fill("#who [name=actor]", "t.k");
  await page.fill("#who [name=role]", "koordinaattori");
  await page.click("#note-add");
  check("a note that is written stands on the page", await stands(true));
  await page.locator("#note-list li", { hasText: text }).locator("button").click();
  check("a note that is removed is gone", await stands(false));
}

// What was shown a moment ago, under a banner that nobody takes for now; and back.
async function past(page, url) {
  await page.click("#past-open");
  check("the page looks back", await state(page, "past", COMMAND_MS) !== null, await page.locator("#past-told").textContent());
  const isDrawn = () => document.getElementById("note-fields").disabled && document.getElementById("position").textContent !== "";
  const drawn = await page.waitForFunction(isDrawn, null, { timeout: COMMAND_MS }).then(() => true, () => false);
  check("what was is shown, and nothing can be done there", drawn);
  const shown = await page.locator("#position").textContent();
  await page.waitForTimeout(2_000);
  check("the past stands still", await page.locator("#position").textContent() === shown, shown);
  const moment = await page.inputValue("#past-moment");
  check("its moment is a local time of the area", /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(moment), moment);
  const now = await (await fetch(`${url}/v1/areas/${AREA}/boards/situation`)).json();
  check("it is older than what is shown now", Number(/\d+/.exec(shown)[0]) <= now.revision, `${shown}, now ${now.revision}`);
  await page.click("#past-end");
  check("and comes back to now", await state(page, "live", COMMAND_MS) !== null);
}

// The page must tell by itself that what it shows is old, and recover by itself.
async function silence(page, child) {
  child.kill("SIGSTOP");
  const amber = await state(page, "late", AMBER_MS);
  check("a frozen server turns the page amber", amber !== null, ms(amber, AMBER_MS));
  const red = await state(page, "not_live", NOT_LIVE_MS - (amber ?? AMBER_MS));
  check("then the page says NOT LIVE", red !== null, red === null ? ms(red, NOT_LIVE_MS) : `${red + (amber ?? AMBER_MS)} ms`);
  check("the banner names the time of the figures", await page.locator("#not-live").isVisible(),
    await page.locator("#not-live").textContent());
  child.kill("SIGCONT");
  const back = await state(page, "live", BACK_MS);
  check("the page comes back by itself", back !== null, ms(back, BACK_MS));
}

async function look(browser, data) {
  const from = performance.now();
  const { child, ended, url } = await start(data);
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: "fi-FI" });
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("response", (response) => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`));
    await page.goto(url);
    const lived = await state(page, "live", LIVE_MS) === null ? null : Math.round(performance.now() - from);
    check("live after the program's start", lived !== null && lived <= LIVE_MS, ms(lived, LIVE_MS));
    check("the page says that the evening is simulated", await page.locator("#simulated").isVisible());
    const before = await page.evaluate(shown);
    await page.waitForFunction((text) => document.getElementById("position").textContent !== text, before.position,
      { timeout: 20_000 });
    check("it moves by itself", true);
    await withdraw(page, url);
    const board = await numbers(page, url);
    await names(page, board);
    await widths(page);
    await notes(page);
    await past(page, url);
    if (screenshot) {
      await page.waitForTimeout(20_000);
      await page.screenshot({ path: screenshot });
    }
    check("no error on the console", complaints.length === 0, complaints.join("; "));
    await silence(page, child);
    const asked = performance.now();
    child.kill("SIGINT");
    const code = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, EXIT_MS, "still running"))]);
    check("Ctrl-C with a viewer connected ends it with 0", code === 0, `${code} after ${Math.round(performance.now() - asked)} ms`);
  } finally {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  }
}

const data = await mkdtemp(join(tmpdir(), "tilanne-page-"));
// Without these flags Chromium looks for its makers on the network at every start.
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: quiet });
try {
  await look(browser, data);
} catch (error) {
  check("the page check came to its end", false, error.message);
} finally {
  await browser.close();
  await rm(data, { recursive: true, force: true });
}
console.log(`page: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
