// JSON Merge Patch (RFC 7396) that changes nothing in place: what a patch does not touch stays the
// very same object, so that the page redraws only what changed and never shows half a patch.

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export function patched(target, patch) {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = patched(result[key], value);
  }
  return result;
}
