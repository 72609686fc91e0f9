// connect.js against connections that do what they are told: node --test connect.test.mjs

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const { connect } = await import(`${process.env.PARTIALJSON_BROWSER}/connect.js`);

let opened;

class FakeEventSource {
  closed = false;
  listeners = {};

  constructor(url, options) {
    Object.assign(this, { url, options });
    opened.push(this);
  }

  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }

  close() {
    this.closed = true;
  }

  get since() {
    return new URL(this.url, "http://host").searchParams.get("since");
  }

  say = (frame) => this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  end = () => this.listeners.end?.({});
  drop = () => this.onerror?.({});
}

class FakeWebSocket {
  closed = false;
  sent = [];

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
    opened.push(this);
    queueMicrotask(() => this.onopen?.({}));
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  get since() {
    return this.sent[0]?.since;
  }

  say = (frame) => this.onmessage?.({ data: JSON.stringify(frame) });
  end = () => this.onclose?.({ code: 1000 });
  drop = () => this.onclose?.({ code: 1006 });
}

const snapshot = (seq, value, run = "r") => ({ seq, run, deltas: [{ op: "replace", path: "", value }] });
const grown = (after, seq, text) => ({ seq, after, deltas: [{ op: "append", path: "/a", value: text }] });
const last = () => opened.at(-1);
const settled = () => new Promise((done) => setImmediate(done));

beforeEach(() => {
  opened = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

for (const transport of ["sse", "websocket"]) {
  const watch = (options = {}) => {
    const seen = { states: [], errors: [], ends: [], applied: [] };
    const connection = connect(
      "http://host/stream?room=1",
      (state, applied) => {
        seen.states.push(state);
        seen.applied.push(applied);
      },
      {
        transport,
        EventSource: FakeEventSource,
        WebSocket: FakeWebSocket,
        onError: (error, delay) => seen.errors.push({ error, delay }),
        onEnd: (state) => seen.ends.push(state),
        ...options,
      },
    );
    return { connection, seen };
  };

  test(`${transport}: frames are folded, and what has not changed is the same object`, async () => {
    const { connection, seen } = watch();
    await settled();
    assert.equal(last().since ?? null, null);
    assert.equal(connection.state, undefined);
    assert.equal(connection.id, null);
    last().say(snapshot(3, { a: "x", b: { c: 1 } }));
    last().say(grown(3, 7, "é"));
    assert.deepEqual(connection.state, { a: "xé", b: { c: 1 } });
    assert.equal(connection.id, "r:7");
    assert.deepEqual(seen.states[0], { a: "x", b: { c: 1 } });
    assert.equal(seen.states[0].b, seen.states[1].b);
    assert.deepEqual(seen.applied[1].deltas, grown(3, 7, "é").deltas);
    assert.equal(seen.applied[1].seq, 7);
    assert.equal(seen.applied[1].bytes, Buffer.byteLength(JSON.stringify(grown(3, 7, "é"))));
    connection.close();
    assert.ok(last().closed);
  });

  test(`${transport}: a dropped connection goes on where it was, later and later`, async () => {
    const { connection, seen } = watch();
    await settled();
    last().say(snapshot(1, { a: "" }));
    for (let count = 1; count <= 8; count++) {
      last().drop();
      assert.ok(last().closed);
      assert.equal(opened.length, count);
      const longest = Math.min(15_000, 500 * 2 ** (count - 1));
      const { delay } = seen.errors.at(-1);
      assert.ok(delay >= longest / 2 && delay <= longest, `${delay} of ${longest}`);
      mock.timers.tick(Math.floor(delay) - 1);
      assert.equal(opened.length, count);
      mock.timers.tick(2);
      assert.equal(opened.length, count + 1);
      await settled();
      assert.equal(last().since, "r:1");
    }
    last().say(grown(1, 2, "x"));
    assert.deepEqual(connection.state, { a: "x" });
    last().drop();
    assert.ok(seen.errors.at(-1).delay <= 500);
    connection.close();
    mock.timers.tick(100_000);
    assert.equal(opened.length, 9 + 0);
  });

  for (const [what, frame] of [
    ["leaves a gap", grown(4, 5, "x")],
    ["came already", grown(2, 3, "x")],
    ["does not apply", { seq: 4, after: 3, deltas: [{ op: "replace", path: "/nowhere", value: 1 }] }],
    ["is no frame", null],
    ["has no deltas", { seq: 4, after: 3 }],
  ]) {
    test(`${transport}: a frame that ${what} is refused, and a snapshot asked for`, async () => {
      const { connection, seen } = watch();
      await settled();
      last().say(snapshot(3, { a: "" }));
      last().say(frame);
      assert.deepEqual(connection.state, { a: "" });
      assert.equal(seen.states.length, 1);
      assert.equal(seen.errors.length, 1);
      assert.ok(last().closed);
      mock.timers.tick(1000);
      await settled();
      assert.equal(opened.length, 2);
      assert.equal(last().since ?? null, null);
      last().say(snapshot(9, { a: "whole" }, "other"));
      assert.deepEqual(connection.state, { a: "whole" });
      assert.equal(connection.id, "other:9");
      connection.close();
    });
  }

  test(`${transport}: a first frame that is no snapshot is refused`, async () => {
    const { connection, seen } = watch();
    await settled();
    last().say(grown(0, 1, "x"));
    assert.equal(seen.states.length, 0);
    assert.equal(seen.errors.length, 1);
    connection.close();
  });

  test(`${transport}: what the server says is the end is the end`, async () => {
    const { connection, seen } = watch();
    await settled();
    last().say(snapshot(1, { a: 1 }));
    last().end();
    last().drop();
    mock.timers.tick(100_000);
    assert.deepEqual(seen.ends, [{ a: 1 }]);
    assert.equal(opened.length, 1);
    assert.equal(seen.errors.length, 0);
    assert.ok(last().closed);
    connection.close();
  });

  test(`${transport}: after close nothing is called any more`, async () => {
    const { connection, seen } = watch();
    await settled();
    const first = last();
    first.drop();
    connection.close();
    mock.timers.tick(100_000);
    first.say(snapshot(1, {}));
    first.end();
    assert.equal(opened.length, 1);
    assert.deepEqual(seen.states, []);
    assert.deepEqual(seen.ends, []);
  });
}

test("addresses", async () => {
  const options = { EventSource: FakeEventSource, WebSocket: FakeWebSocket };
  connect("/stream", () => {}, options);
  last().say(snapshot(1, {}, "ä&b"));
  last().drop();
  mock.timers.tick(1000);
  assert.equal(last().url, "/stream?since=%C3%A4%26b%3A1");
  connect(new URL("https://host/s?x=1"), () => {}, { ...options, transport: "websocket", protocols: "v1" });
  assert.equal(last().url, "wss://host/s?x=1");
  assert.equal(last().protocols, "v1");
  globalThis.location = { href: "http://host:8000/page/index.html" };
  connect("../ws", () => {}, { ...options, transport: "websocket" });
  assert.equal(last().url, "ws://host:8000/ws");
  delete globalThis.location;
  assert.throws(() => connect("/s", () => {}, { transport: "carrier pigeon" }), /transport is "sse" or "websocket"/);
});
