// What one answer cost: counted here, where it arrives.

import { touched } from "./dom.js";
import { sizeOf } from "./sizes.js";

const LATEST = 200;

export class Meter {
  /** How many frames came. */
  frames = 0;
  /** The bytes of the deltas of the message, and of the whole message if each frame had brought that instead. */
  bytes = 0;
  snapshots = 0;
  /** Nodes of the page that were made or changed. */
  nodes = 0;
  /** The last deltas of the message. */
  latest = [];
  /** How many deltas of the message there were before `latest`. */
  older = 0;

  /** How long the message is now, as JSON. */
  #size = 0;
  #begun = performance.now();
  #ended = null;

  /** Seconds since the answer was asked for, to its end if that has come. */
  get elapsed() {
    return ((this.#ended ?? performance.now()) - this.#begun) / 1000;
  }

  /** A frame of these deltas has come. `draw` draws it, and returns how many nodes the documents have touched for it. */
  measure(state, deltas, draw) {
    const before = touched.nodes;
    const inside = draw();
    this.nodes += touched.nodes - before + inside;
    this.frames += 1;
    // Tokens and figures are only there to be looked at.
    const own = deltas.filter(({ path }) => path === "" || path.startsWith("/message"));
    if (own.length) {
      // Text that grows is the common case, and may be long.
      const grown = own.every(({ op }) => op === "append");
      this.#size = grown ? this.#size + own.reduce((sum, { value }) => sum + sizeOf(value) - 2, 0) : sizeOf(state.message);
      this.snapshots += this.#size;
      for (const delta of own) this.bytes += delta.path === "" ? this.#size : sizeOf(delta);
      this.latest.push(...own);
      if (this.latest.length > LATEST) {
        this.older += this.latest.length - LATEST;
        this.latest.splice(0, this.latest.length - LATEST);
      }
    }
  }

  end() {
    this.#ended ??= performance.now();
  }
}
