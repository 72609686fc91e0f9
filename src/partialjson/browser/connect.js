/**
 * A state that is kept up to date by a server, over EventSource or WebSocket.
 *
 * What comes are frames: {seq, deltas, after} leads from the state numbered `after` to that numbered `seq`; one without
 * `after` is a snapshot, {seq, run, deltas}, and leads there from anywhere. After a dropped connection the viewer comes
 * back by itself and says what it has: over EventSource as ?since=<run>:<seq>, over WebSocket in its first message,
 * {"since": "<run>:<seq>"}. A frame that does not follow the state at hand is refused, and a snapshot asked for. So the
 * state is always one that the server had.
 *
 * The server says that nothing more comes by an event named "end", or by closing the WebSocket with the code 1000.
 */

import { apply } from "./patch.js";

const SHORTEST = 500;
const LONGEST = 15_000;

/**
 * Keep a state up to date until close() is called or the server says that it is final.
 *
 * @param {string | URL} url the address of the stream
 * @param {(state: any, frame: {deltas: object[], seq: number, bytes: number}) => void} onState called after each frame
 * @param {object} [options] see connect.d.ts
 */
export function connect(url, onState, options = {}) {
  const { transport = "sse", onEnd, onError } = options;
  const open = { sse: openEventSource, websocket: openWebSocket }[transport];
  if (!open) throw new TypeError(`transport is "sse" or "websocket", not "${transport}"`);

  let state, run, seq, connection, timer;
  let failures = 0;
  let over = false;

  const id = () => (run === undefined ? null : `${run}:${seq}`);

  function start() {
    connection = open(url, id(), options, { receive, fail, finish });
  }

  function receive(text) {
    let frame;
    try {
      frame = JSON.parse(text);
      if (frame.after === undefined) run = frame.run;
      else if (run === undefined || frame.after !== seq) throw new Error(`frame ${frame.seq} does not follow ${seq}`);
      state = apply(state, frame.deltas);
      seq = frame.seq;
    } catch (error) {
      run = undefined;
      fail(error);
      return;
    }
    failures = 0;
    onState(state, { deltas: frame.deltas, seq, bytes: new TextEncoder().encode(text).length });
  }

  function fail(error) {
    stop();
    if (over) return;
    const delay = Math.min(LONGEST, SHORTEST * 2 ** failures++) * (0.5 + Math.random() / 2);
    timer = setTimeout(start, delay);
    onError?.(error, delay);
  }

  function finish() {
    if (over) return;
    close();
    onEnd?.(state);
  }

  function stop() {
    clearTimeout(timer);
    connection?.close();
    connection = undefined;
  }

  function close() {
    over = true;
    stop();
  }

  start();
  return {
    get state() {
      return state;
    },
    get id() {
      return id();
    },
    close,
  };
}

function openEventSource(url, id, { EventSource = globalThis.EventSource, withCredentials = false }, to) {
  let address = String(url);
  if (id !== null) address += `${address.includes("?") ? "&" : "?"}since=${encodeURIComponent(id)}`;
  const source = new EventSource(address, { withCredentials });
  source.onmessage = (event) => to.receive(event.data);
  source.addEventListener("end", to.finish);
  // It would come back by itself, but not if the server refused it once, and not with less and less haste.
  source.onerror = () => to.fail(new Error("the connection was lost"));
  return {
    close() {
      source.onmessage = source.onerror = null;
      source.close();
    },
  };
}

function openWebSocket(url, id, { WebSocket = globalThis.WebSocket, protocols }, to) {
  const address = typeof location === "undefined" ? new URL(url) : new URL(url, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address.href, protocols ?? []);
  socket.onopen = () => socket.send(JSON.stringify({ since: id }));
  socket.onmessage = (event) => to.receive(event.data);
  socket.onclose = ({ code }) => (code === 1000 ? to.finish() : to.fail(new Error(`the connection was lost (${code})`)));
  return {
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}
