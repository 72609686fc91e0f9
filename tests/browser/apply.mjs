// Applies deltas: one case a line, [document, deltas] or [null, deltas, "nothing"]; answers {after} or {error}.
// What is given is frozen, so that a change of it is an error; what is shared is checked here.

import { createInterface } from "node:readline";

const { apply } = await import(`${process.env.PARTIALJSON_BROWSER}/patch.js`);

function freeze(value) {
  if (value !== null && typeof value === "object") {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

/** The paths of all containers in a value. */
function* containers(value, path = "") {
  if (value === null || typeof value !== "object") return;
  yield [path, value];
  for (const key of Object.keys(value)) {
    yield* containers(value[key], `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  }
}

/** Everything that no delta has touched is the same object in both. */
function shared(before, after, deltas) {
  const now = new Map(containers(after));
  const moved = (path) => deltas.some(({ op, path: at }) => op === "add" && /\/(-|\d+)$/.test(at) && path.startsWith(at.slice(0, at.lastIndexOf("/") + 1)));
  for (const [path, value] of containers(before)) {
    const touched = deltas.some(({ path: at }) => `${at}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${at}/`));
    if (!touched && !moved(path) && now.get(path) !== value) return path;
  }
  return null;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [given, deltas, nothing] = freeze(JSON.parse(line));
  const before = nothing ? undefined : given;
  let answer;
  try {
    const after = apply(before, deltas);
    const path = shared(before, after, deltas);
    answer = { after };
    if (after === undefined) answer = { nothing: true };
    if (path !== null) answer.copied = path;
    if ({}.polluted !== undefined || Object.getPrototypeOf(after ?? {}) === null) answer.polluted = true;
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
}
