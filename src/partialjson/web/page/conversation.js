// The conversation: what was asked, and the answers. A turn is drawn from its state alone.

import { isOver, viewFor } from "./cards.js";
import { h, icon, setAttribute, setText } from "./dom.js";
import { Meter } from "./meter.js";
import { ending } from "./words.js";

const SIGNS = {
  good: "M20 6 9 17l-5-5",
  warn: "M6 4.500 18 17M18 4.500 6 17M6.500 20a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM17.500 20a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  bad: "M12 8v5M12 16.500h.01M10.300 3.900 2.400 18a2 2 0 0 0 1.700 3h15.800a2 2 0 0 0 1.700-3L13.700 3.900a2 2 0 0 0-3.400 0z",
};
const LINKS = {
  loading: "loading Python …",
  open: "",
  again: "connection lost, connecting again …",
  closed: "",
  failed: "connection lost",
};

/** One prompt and its answer. */
export class Turn {
  state = null;
  meter = new Meter();
  /** Whether it was stopped on this page. */
  mine = false;
  #views = [];
  #ending = null;
  #endingText = "";
  #elements = 0;

  constructor(prompt) {
    this.ask = h("div.ask", {}, prompt);
    this.label = h("span.tag", {}, "…");
    this.api = h("code");
    this.link = h("span.link", { role: "status" });
    this.note = h("span.note", { hidden: true });
    this.waiting = h("div.waiting", { "aria-label": "waiting for the first token" });
    this.blocks = h("div.answer", {}, this.waiting);
    this.node = h("article.turn", { "aria-label": "Answer" },
      this.ask, h("div.from", {}, this.label, this.api, this.link, this.note), this.blocks);
  }

  /** How the answer ended, in a sentence or two; "" while it goes on. */
  get told() {
    const told = this.state && ending(this.state, this.mine);
    return told ? [told.head, ...told.says].join(". ") : "";
  }

  /** Whether nothing more comes. */
  get over() {
    return this.linked === "closed" || this.linked === "failed";
  }

  /** How the connection is. */
  setLink(link, why = "") {
    this.linked = link;
    setText(this.link, LINKS[link] + (link === "failed" && why ? `: ${why}` : ""));
    setAttribute(this.link, "data-state", link);
    setAttribute(this.link, "hidden", link === "closed" ? "" : null);
    if (this.over) {
      this.meter.end();
      this.waiting.remove();
      setAttribute(this.node, "data-over", "");
    }
  }

  /** The answer could not even be asked for. */
  fail(why) {
    this.setLink("failed");
    setText(this.label, "no answer");
    setText(this.link, "");
    this.blocks.append(banner({ tone: "bad", head: "This could not be asked", says: [why], open: [], missing: [], wrong: [] }));
  }

  /** Draws a new state, which these deltas have made. */
  update(state, deltas) {
    this.meter.measure(state, deltas, () => this.#draw(state));
  }

  #draw(state) {
    const before = this.state;
    this.state = state;
    if (before?.answer !== state.answer || before?.prompt !== state.prompt) this.#drawHead(state);
    const { blocks } = state.message;
    const over = isOver(state);
    // What is drawn of a block depends on what stands around it, too.
    const turned = before !== null && (isOver(before) !== over || before.message.blocks.length !== blocks.length);
    blocks.forEach((block, index) => {
      let view = this.#views[index];
      if (view && view.type !== block.type) {
        view.view.node.remove();
        view = undefined;
      }
      if (!view) {
        view = { type: block.type, view: viewFor(block, state), seen: null };
        this.#views[index] = view;
        this.#place(view.view.node, index);
      }
      if (view.seen !== block || turned) {
        view.view.draw(block, state);
        view.seen = block;
      }
    });
    // A message that begins anew has fewer.
    for (const { view } of this.#views.splice(blocks.length)) view.node.remove();
    if (blocks.length || over) this.waiting.remove();
    this.#drawEnding(state);
    return this.#elementNodes();
  }

  #drawHead(state) {
    setText(this.ask, state.prompt);
    setText(this.label, state.answer.label);
    setText(this.api, state.answer.api);
    setText(this.note, state.answer.note);
    setAttribute(this.note, "hidden", state.answer.note ? null : "");
    setAttribute(this.note, "data-kind", state.answer.kind);
  }

  #place(node, index) {
    const after = this.#views[index - 1]?.view.node;
    if (after) after.after(node);
    else this.blocks.prepend(node);
  }

  #drawEnding(state) {
    const told = ending(state, this.mine);
    const text = JSON.stringify(told);
    if (text === this.#endingText) return;
    this.#endingText = text;
    this.#ending?.remove();
    this.#ending = told && banner(told);
    if (this.#ending) this.blocks.append(this.#ending);
  }

  /** How many nodes the elements of this turn have touched since the last time. */
  #elementNodes() {
    let nodes = 0;
    for (const element of this.blocks.querySelectorAll("partial-json")) nodes += element.touched ?? 0;
    const more = nodes - this.#elements;
    this.#elements = nodes;
    return Math.max(0, more);
  }
}

/** How an answer ended, and what of it can be trusted. */
function banner({ tone, head, says, open, missing, wrong }) {
  const node = h("div.ending", { "data-tone": tone }, icon(SIGNS[tone]), h("b", {}, head));
  for (const text of says) node.append(h("p", {}, text));
  const list = (label, places) => {
    if (!places.length) return;
    node.append(h("ul", {}, h("li", {}, label), ...places.map((place) => h("li", {}, h("code", {}, place)))));
  };
  list("Open when it ended", open);
  list("Required, and never came", missing);
  for (const [place, message] of wrong) node.append(h("p", {}, h("code", {}, place), ` ${message}`));
  return node;
}
