// How long the JSON text of a value is, in UTF-8 bytes, at a cost in proportion to what changed since the last time: a
// state that was folded shares what did not change, and the length of a container that is known is remembered.

const known = new WeakMap();
const encoder = new TextEncoder();

/** The length of `JSON.stringify(value)` in bytes. */
export function sizeOf(value) {
  if (typeof value !== "object" || value === null) return textSize(JSON.stringify(value) ?? "");
  let size = known.get(value);
  if (size !== undefined) return size;
  size = 2;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      size += sizeOf(item);
      count += 1;
    }
  } else {
    for (const key of Object.keys(value)) {
      size += textSize(JSON.stringify(key)) + 1 + sizeOf(value[key]);
      count += 1;
    }
  }
  size += Math.max(0, count - 1);
  known.set(value, size);
  return size;
}

function textSize(text) {
  return encoder.encode(text).length;
}
