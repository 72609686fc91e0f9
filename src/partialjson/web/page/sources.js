// Where answers come from, behind one interface, so that the page does not know whether there is a server.
//
// A source begins a run, or joins one that is going on, and tells a watcher the run's state whenever it has changed. The
// state is one JSON value, folded from deltas; `partialjson.web.facts` says what is in it.
//
// `ServerSource` asks a server, over SSE or a WebSocket. `WorkerSource` asks a worker that runs the library in the browser.

import { connect } from "./browser/connect.js";

/**
 * @typedef {object} Watcher
 * @property {(state: any, seen: {deltas: object[]}) => void} onState the state has changed, by these deltas.
 * @property {(link: Link, why?: string) => void} onLink how the connection is.
 *
 * @typedef {"loading" | "open" | "again" | "closed" | "failed"} Link not there yet; connected; lost and being made
 * again; over since the run is; given up.
 *
 * @typedef {object} Handle
 * @property {string} run the run's name.
 * @property {() => Promise<void>} stop stops the run, for everybody.
 * @property {() => void} close stops watching it.
 *
 * @typedef {object} Asked
 * @property {string} prompt
 * @property {string} [question] the name of a question, if one was chosen.
 * @property {string} [model] the name of a real model that is to answer.
 * @property {object} [pasted] a text of somebody's own instead of a prompt, where the source reads any.
 *
 * @typedef {object} Source
 * @property {() => Promise<{questions: object[], models: object[]}>} questions what can be asked, and of whom.
 * @property {(asked: Asked, watcher: Watcher) => Promise<Handle>} start begins a run; rejects with what to tell people.
 * @property {(run: string, watcher: Watcher) => Handle} join watches a run that somebody began.
 */

/** The server that gave this page. @implements {Source} */
export class ServerSource {
  /** @param {"sse" | "websocket"} transport */
  constructor(transport) {
    this.transport = transport;
  }

  questions() {
    return request("api/questions");
  }

  async start(asked, watcher) {
    const { run } = await request("api/runs", asked);
    return this.join(run, watcher);
  }

  join(run, { onState, onLink }) {
    const base = `api/runs/${encodeURIComponent(run)}`;
    const path = this.transport === "sse" ? `${base}/events` : `${base}/socket`;
    const connection = connect(new URL(path, document.baseURI), told, {
      transport: this.transport,
      onEnd: () => onLink("closed"),
      onError: lost,
    });
    let link = "";

    function told(state, frame) {
      if (link !== "open") onLink((link = "open"));
      onState(state, frame);
    }

    /** It comes back by itself, unless the server does not know the run any more. */
    async function lost() {
      onLink((link = "again"));
      try {
        await request(base);
      } catch (error) {
        if (!error.refused) return;
        connection.close();
        onLink((link = "failed"), error.message);
      }
    }

    return {
      run,
      stop: () => request(`${base}/stop`, {}),
      close: () => connection.close(),
    };
  }
}

async function request(path, body) {
  const init = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), init);
  } catch {
    throw new Error("The server does not answer. Is `partialjson serve` still running?");
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  let told = text.trim();
  try {
    told = JSON.parse(text).error ?? told;
  } catch {
    // It is not an answer of this server's own.
  }
  throw Object.assign(new Error(told || `The server answered ${response.status}.`), { refused: true });
}
