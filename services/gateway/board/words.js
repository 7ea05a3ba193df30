// Words in the chosen language. Names of stations and lanes come with the board.

import { WORDS } from "./dictionary.js";

const LANGUAGES = ["fi", "sv", "en"];
export const LOCALES = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" };

// The area's own words, by its ids: services, zones, units, duties.
let own = {};

export function learn(words) {
  own = words ?? {};
}

// The word for `key`, of the area's own where the page has none; the key itself, readable, where nobody has. One of
// something may have a word of its own.
export function word(key, lang, values = {}) {
  const entry = (values.count === 1 ? WORDS[`${key}_one`] : undefined) ?? WORDS[key];
  const text = entry?.[LANGUAGES.indexOf(lang)] ?? own[key]?.[lang] ?? String(key).replaceAll("_", " ");
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "–");
}

// A name that came with the board: in the chosen language, else in any.
export function named(names, lang, otherwise) {
  if (typeof names === "string") return names;
  return names?.[lang] ?? names?.fi ?? names?.sv ?? names?.en ?? otherwise;
}

// The language to begin with: the address, then what was chosen before, then the browser's.
export function firstLanguage() {
  const wanted = [new URLSearchParams(location.search).get("lang"), remembered()];
  wanted.push(...(navigator.languages ?? []).map((tag) => tag.slice(0, 2)));
  return wanted.find((lang) => LANGUAGES.includes(lang)) ?? "fi";
}

export function remember(lang) {
  try {
    localStorage.setItem("lang", lang);
  } catch {
    // A browser without storage asks again next time.
  }
}

function remembered() {
  try {
    return localStorage.getItem("lang");
  } catch {
    return null;
  }
}
