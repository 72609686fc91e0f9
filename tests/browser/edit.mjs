// Makes documents and deltas, and applies these by rules of its own: arguments are a seed and how many.

let seed = Number(process.argv[2]);

function random(below) {
  // Mulberry32
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}

const pick = (values) => values[random(values.length)];
const KEYS = ["a", "b", "0", "1", "10", "-", "", "a/b", "~", "~1", "__proto__", "constructor", "length", "01"];
const TEXTS = ["", "x", "ü", "😀", "\ud83d", "\ude00", '"\\\n', "\u2028"];

function value(depth) {
  const kind = random(depth > 0 ? 8 : 6);
  if (kind < 3) return pick(TEXTS);
  if (kind < 6) return pick([null, true, false, 0, -1.5, 1e21, 12]);
  const size = random(4);
  if (kind === 6) return Array.from({ length: size }, () => value(depth - 1));
  return Object.fromEntries(Array.from({ length: size }, () => [pick(KEYS), value(depth - 1)]));
}

const escaped = (key) => String(key).replaceAll("~", "~0").replaceAll("/", "~1");
const put = (container, key, what) =>
  Object.defineProperty(container, key, { value: what, writable: true, enumerable: true, configurable: true });

function edit(root) {
  let container = root;
  let key = 0;
  let path = "";
  while (container[key] !== null && typeof container[key] === "object" && random(4)) {
    const keys = Object.keys(container[key]);
    if (!keys.length) break;
    container = container[key];
    key = Array.isArray(container) ? Number(pick(keys)) : pick(keys);
    path += `/${escaped(key)}`;
  }
  const here = container[key];
  const isSet = !path || !Array.isArray(container);
  if (typeof here === "string" && random(2)) {
    const text = pick(TEXTS);
    put(container, key, here + text);
    return { op: "append", path, value: text };
  }
  const what = value(2);
  if (Array.isArray(here) && random(3)) {
    const index = random(here.length + 1);
    here.splice(index, 0, structuredClone(what));
    return { op: "add", path: `${path}/${index === here.length - 1 && random(2) ? "-" : index}`, value: what };
  }
  if (here !== null && typeof here === "object" && !Array.isArray(here) && random(3)) {
    const name = pick(KEYS);
    put(here, name, JSON.parse(JSON.stringify(what)));
    return { op: "add", path: `${path}/${escaped(name)}`, value: what };
  }
  put(container, key, JSON.parse(JSON.stringify(what)));
  return { op: isSet ? pick(["add", "replace"]) : "replace", path, value: what };
}

for (let count = Number(process.argv[3]); count > 0; count--) {
  const document = value(3);
  const root = [JSON.parse(JSON.stringify(document))];
  const deltas = Array.from({ length: random(12) }, () => edit(root));
  console.log(JSON.stringify([document, deltas, root[0]]));
}
