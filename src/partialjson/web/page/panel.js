// The panel: what came over the wire for the answer that is watched.

import { h, setText } from "./dom.js";
import { bytes, number, seconds } from "./words.js";

const SHOWN = 160;
const LONGEST = 24;

export class Panel {
  #turn = null;
  #tokens = 0;
  #deltas = 0;

  constructor(root) {
    this.figures = {};
    const figure = (name, label) => {
      const value = h("dd", {}, "–");
      this.figures[name] = value;
      return h("div", {}, h("dt", {}, label), value);
    };
    this.small = h("meter", { min: 0, max: 1, value: 0, "aria-label": "Bytes of the deltas" });
    this.large = h("meter.much", { min: 0, max: 1, value: 0, "aria-label": "Bytes of snapshots" });
    this.smallBytes = h("b", {}, "–");
    this.largeBytes = h("b", {}, "–");
    this.saving = h("small");
    this.tokenCount = h("small");
    this.deltaCount = h("small");
    this.tokens = h("div.stream.tokens", { tabindex: 0, role: "region", "aria-label": "Tokens" });
    this.deltas = h("div.stream.deltas", { tabindex: 0, role: "region", "aria-label": "Deltas" });
    root.append(
      h("section", {},
        h("h2", {}, "This answer"),
        h("dl.figures", {},
          figure("token", "to the first token"), figure("field", "to the first field"),
          figure("elapsed", "in all"), figure("pieces", "events received"),
          figure("frames", "updates drawn"), figure("nodes", "DOM nodes touched"))),
      h("section", {},
        h("h2", {}, "Bytes on the wire", this.saving),
        h("div.bars", {},
          h("span", {}, "deltas"), this.small, this.smallBytes,
          h("span", {}, "snapshots"), this.large, this.largeBytes),
        h("p.about", {}, "What the message cost as deltas, and what it would have cost to send it whole each time.")),
      h("section.flow", {}, h("h2", {}, "Tokens", this.tokenCount), this.tokens),
      h("section.flow", {}, h("h2", {}, "Deltas", this.deltaCount), this.deltas),
    );
    this.show(null);
  }

  /** Shows another turn from here on; null for none. */
  show(turn) {
    this.#turn = turn;
    this.#tokens = this.#deltas = 0;
    this.tokens.replaceChildren(h("span.empty", {}, "What the model sends, piece by piece."));
    this.deltas.replaceChildren(h("div.delta.empty", {}, "What changed, as the page was told."));
    if (turn) this.update();
  }

  /** Shows what is new. */
  update() {
    const turn = this.#turn;
    if (!turn?.state) return;
    const { state, meter } = turn;
    const { figures } = state;
    this.#figure("token", seconds(figures.first_token));
    this.#figure("field", seconds(figures.first_field));
    this.#figure("pieces", [figures.pieces === undefined ? number(state.tokens.length) : number(figures.pieces), ""]);
    this.#figure("frames", [number(meter.frames), ""]);
    const each = meter.frames ? meter.nodes / meter.frames : 0;
    this.#figure("nodes", [number(meter.nodes), `${each.toFixed(each < 10 ? 1 : 0)} each`]);
    this.tick();
    this.large.value = meter.snapshots ? 1 : 0;
    this.small.value = meter.snapshots ? meter.bytes / meter.snapshots : 0;
    setText(this.smallBytes, bytes(meter.bytes).join(" "));
    setText(this.largeBytes, bytes(meter.snapshots).join(" "));
    const times = meter.bytes ? meter.snapshots / meter.bytes : 0;
    setText(this.saving, times > 1.5 ? `${times.toFixed(times < 10 ? 1 : 0)} times less` : "");
    this.#showTokens(state.tokens);
    this.#showDeltas(meter);
  }

  /** Shows the time. */
  tick() {
    if (this.#turn?.state) this.#figure("elapsed", seconds(this.#turn.state.figures.seconds ?? this.#turn.meter.elapsed));
  }

  #figure(name, [value, unit]) {
    const node = this.figures[name];
    const text = unit ? `${value} ${unit}` : value;
    if (node.dataset.text === text) return;
    node.dataset.text = text;
    node.replaceChildren(value, ...(unit ? [h("small", {}, unit)] : []));
  }

  #showTokens(tokens) {
    if (tokens.length === this.#tokens) return;
    if (this.#tokens === 0) this.tokens.replaceChildren();
    const added = document.createDocumentFragment();
    const first = tokens[0][0];
    for (const [block, text] of tokens.slice(this.#tokens)) added.append(h(block === first ? "span" : "span.other", {}, text));
    this.#tokens = tokens.length;
    append(this.tokens, added);
    setText(this.tokenCount, number(tokens.length));
  }

  #showDeltas(meter) {
    const count = meter.older + meter.latest.length;
    if (count === this.#deltas) return;
    if (this.#deltas === 0) this.deltas.replaceChildren();
    const added = document.createDocumentFragment();
    for (const delta of meter.latest.slice(-(count - this.#deltas))) {
      const value = JSON.stringify(delta.value);
      added.append(
        h("div.delta", { title: delta.path || "the whole" },
          h(`i.${delta.op}`, {}, delta.op),
          h("b", {}, shortened(delta.path.replace(/^\/message/, "") || "/")),
          h("span", {}, value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)),
      );
    }
    this.#deltas = count;
    append(this.deltas, added);
    while (this.deltas.childElementCount > 200) this.deltas.firstElementChild.remove();
    setText(this.deltaCount, number(count));
  }
}

/** A pointer, of which the end matters most. */
function shortened(pointer) {
  if (pointer.length <= LONGEST) return pointer;
  const from = pointer.indexOf("/", pointer.length - LONGEST);
  return `…${from < 0 ? pointer.slice(-LONGEST) : pointer.slice(from)}`;
}

/** Adds to a list that stays at its end if it was there. */
function append(list, added) {
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
  list.append(added);
  if (atEnd) list.scrollTop = list.scrollHeight;
}
