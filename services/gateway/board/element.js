// Making elements. Text goes in as text, so nothing in a name can become markup.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// A number as it is shown. What is not known is a dash: never a zero, never blank.
export function figure(value) {
  return typeof value === "number" ? String(value).replace("-", "−") : "–";
}

// Entries of a keyed object in the order of their `rank`, then of their key.
export function ranked(object) {
  const rank = (entry) => (typeof entry?.rank === "number" ? entry.rank : Infinity);
  return Object.entries(object ?? {}).sort(([idA, a], [idB, b]) => {
    if (rank(a) !== rank(b)) return rank(a) < rank(b) ? -1 : 1;
    return idA < idB ? -1 : 1;
  });
}
