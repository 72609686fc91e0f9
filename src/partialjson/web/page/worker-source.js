// A source of answers without a server: a worker, in which the library runs.

import { apply } from "./browser/patch.js";

/**
 * The address of the worker. A page whose policy takes no strings for scripts may still start this one; the page of a
 * server may not, and never asks.
 */
let allowed;
function script() {
  const name = "worker.js";
  if (!globalThis.trustedTypes) return name;
  allowed ??= trustedTypes.createPolicy("partialjson-worker", { createScriptURL: () => name });
  return allowed.createScriptURL(name);
}

// How long a run may take to stop, in milliseconds.
const PATIENCE = 2_000;

/** Why a run could not begin; `field` says which field of what was pasted is wrong, "" if none. */
export class Refused extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

/** @implements {import("./sources.js").Source} */
export class WorkerSource {
  #worker = null;
  #ready = null;
  #runs = new Map(); // what is known of each run, by its name
  #count = 0;
  // How many times as fast as they were recorded: ?speed=2 in the address; 0 for as fast as possible.
  #speed = Math.max(0, Number(new URLSearchParams(location.search).get("speed") ?? 1) || 0);
  #onLoading;

  /** @param {(what: {loading?: string, at?: number, ready?: object, failed?: string}) => void} onLoading is told how far
   * loading is. */
  constructor(onLoading = () => {}) {
    this.#onLoading = onLoading;
  }

  /** What can be asked. It is in a file, so that the page need not wait for Python. */
  async questions() {
    this.load().catch(() => {}); // the first run reports it
    const response = await fetch(new URL("questions.json", document.baseURI));
    if (!response.ok) throw new Error(`The file questions.json is missing (${response.status}). Write the folder again.`);
    return response.json();
  }

  /** Loads the library, once. Rejects if that is not possible. */
  load() {
    this.#ready ??= new Promise((resolve, reject) => {
      const url = script();
      const worker = (this.#worker = new Worker(url, { type: "module", name: "partialjson" }));
      const fail = (why) => {
        if (this.#worker !== worker) return;
        this.#onLoading({ failed: why });
        this.#giveUp(why);
        reject(new Error(`Python could not be loaded: ${why}`));
      };
      worker.addEventListener("error", (event) => fail(event.message || "its script did not load"));
      worker.addEventListener("message", ({ data }) => {
        const told = JSON.parse(data);
        if (told.run !== undefined) return this.#receive(told, data.length);
        if (told.failed !== undefined) return fail(told.failed);
        this.#onLoading(told);
        if (told.ready) resolve(told.ready);
      });
    });
    return this.#ready;
  }

  /** Ends the worker, and with it all that it does. The next run loads another one. */
  #giveUp(why) {
    this.#worker?.terminate();
    this.#worker = this.#ready = null;
    for (const [name, run] of this.#runs) {
      this.#runs.delete(name);
      run.refused(new Error(why)); // if it had not begun
      run.watcher.onLink("failed", why);
    }
  }

  /** `asked.pasted` is a text of somebody's own, and what is to be done with it. */
  async start({ prompt, question, pasted }, watcher) {
    const run = `${++this.#count}`;
    watcher.onLink("loading");
    await this.load();
    await new Promise((begun, refused) => {
      this.#runs.set(run, { state: undefined, watcher, begun, refused });
      this.#send(pasted ? { do: "start", run, pasted } : { do: "start", run, prompt, question, speed: this.#speed });
    });
    return {
      run,
      stop: async () => this.#stop(run),
      close: () => this.#runs.delete(run),
    };
  }

  join(run, { onLink }) {
    onLink("failed", "the answer was in another page, and this one has no server to ask for it");
    return { run, stop: async () => {}, close: () => {} };
  }

  /** Python stops between two pieces. If it does not get that far, the worker is terminated. */
  #stop(name) {
    const run = this.#runs.get(name);
    if (!run) return;
    this.#send({ do: "stop", run: name });
    setTimeout(() => {
      if (this.#runs.get(name) === run) this.#giveUp("it did not stop by itself, so the worker was terminated");
    }, PATIENCE);
  }

  #send(message) {
    this.#worker.postMessage(JSON.stringify(message));
  }

  #receive({ run: name, frame, ended, failed, refused, field }, bytes) {
    const run = this.#runs.get(name);
    if (!run) return; // nobody watches it any more
    if (refused !== undefined) {
      this.#runs.delete(name);
      run.refused(new Refused(refused, field));
    } else if (frame) {
      run.begun();
      run.watcher.onLink("open");
      run.state = apply(run.state, frame.deltas);
      run.watcher.onState(run.state, { deltas: frame.deltas, seq: frame.seq, bytes });
    } else if (ended || failed) {
      this.#runs.delete(name);
      run.watcher.onLink(ended ? "closed" : "failed", failed);
    }
  }
}
