/**
 * Deltas of partialjson, applied to a JSON value.
 *
 * A delta is {op, path, value} with a JSON Pointer (RFC 6901). "add" and "replace" are those of JSON Patch (RFC 6902);
 * "append" adds text to the end of a string. The document before is left as it was, and the one after shares with it
 * whatever no delta has touched, as the same objects: a component that is memoised by them is not drawn again.
 *
 * Each container is copied once, when a change first goes through it. Keys are data, "__proto__" too.
 */

const INDEX = /^(0|[1-9]\d{0,15})$/;

/**
 * The document after the deltas.
 *
 * @param {unknown} document the JSON value before them; undefined if nothing had come
 * @param {Iterable<{op: string, path: string, value: unknown}>} deltas changes in order
 * @returns {unknown}
 * @throws {Error} a delta is none, or its path does not exist; the message tells which delta, counted from 0
 */
export function apply(document, deltas) {
  const root = [document];
  const own = new Set();
  let number = 0;

  const fail = (why) => {
    throw new Error(`delta ${number}: ${why}`);
  };

  const set = (container, key, value) =>
    Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });

  for (const delta of deltas) {
    const { op, path, value } = delta ?? {};
    if (value === undefined || typeof path !== "string") fail("expected an object with op, path and value");
    if (path && path[0] !== "/") fail(`"${path}" is not a JSON Pointer`);
    let container = root;
    let key = 0;
    for (const step of path.split("/").slice(1)) {
      let child = Object.hasOwn(container, key) ? container[key] : fail(`path "${path}" does not exist`);
      if (child === null || typeof child !== "object") fail(`path "${path}" does not exist`);
      if (!own.has(child)) {
        child = Array.isArray(child) ? child.slice() : { ...child };
        own.add(child);
        set(container, key, child);
      }
      container = child;
      key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      if (Array.isArray(child)) {
        key = key === "-" ? child.length : INDEX.test(key) ? +key : -1;
        if (key < 0 || key > child.length) fail(`path "${path}" does not exist`);
      }
    }
    const there = Object.hasOwn(container, key);
    if (op === "add") {
      if (path && Array.isArray(container)) container.splice(key, 0, value);
      else set(container, key, value);
    } else if (op !== "replace" && op !== "append") {
      fail(`unknown operation "${op}"`);
    } else if (!there) {
      fail(`path "${path}" does not exist`);
    } else if (op === "replace") {
      set(container, key, value);
    } else if (typeof container[key] !== "string" || typeof value !== "string") {
      fail(`only a string can be appended to "${path}", and only to a string`);
    } else {
      set(container, key, container[key] + value);
    }
    number++;
  }
  return root[0];
}
