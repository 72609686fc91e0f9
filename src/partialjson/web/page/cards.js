// One block of an answer: a text, a structured output, a tool call. Each view takes the block's state, sees by identity
// what has changed, and touches only that.

import "./browser/element.js";
import { h, icon, setAttribute, setText } from "./dom.js";
import { Prose } from "./prose.js";
import { faults, isUnfinished, plural } from "./words.js";

const OBJECT = "M8 4C5.500 4 6.500 8 6.500 9.500S5.500 12 4 12c1.500 0 2.500 1 2.500 2.500S5.500 20 8 20M16 4c2.500 0 1.500 4 1.500 5.500S18.500 12 20 12c-1.500 0-2.500 1-2.500 2.500s1 5.500-1.500 5.500";
const WRENCH = "M14.700 6.300a4 4 0 0 0-5.200 5.200L4 17v3h3l5.500-5.500a4 4 0 0 0 5.200-5.200L15 12l-3-3z";

/** The view for a block of this type. */
export function viewFor(block, state) {
  if (block.type === "call") return new CallView(block, state);
  if (block.type === "output") return new OutputView(block, state);
  return block.type === "reasoning" ? new ReasoningView() : new TextView(block);
}

class TextView {
  constructor(block) {
    this.node = h(block.type === "refusal" ? "div.text.refusal" : "div.text");
    this.prose = new Prose(this.node);
  }

  draw(block, state) {
    this.prose.update(block.text ?? "");
    setAttribute(this.node, "data-growing", isDone(block, state) ? null : "");
  }
}

class ReasoningView {
  constructor() {
    this.summary = h("summary", {}, "Thinking …");
    this.text = h("div.text");
    this.prose = new Prose(this.text);
    this.node = h("details.reasoning", { open: true }, this.summary, this.text);
  }

  draw(block, state) {
    this.prose.update(block.text ?? "");
    const done = isDone(block, state);
    setAttribute(this.text, "data-growing", done ? null : "");
    setText(this.summary, done ? "Thoughts" : "Thinking …");
  }
}

/** A card with a document in it. */
class CardView {
  constructor(form, ...head) {
    this.document = undefined;
    this.element = document.createElement("partial-json");
    if (form) this.element.form = form;
    this.header = h("header", {}, ...head);
    this.node = h("section.card", {}, this.header, h("div.body", {}, this.element));
  }

  drawDocument(next) {
    if (next === this.document) return;
    this.document = next;
    this.element.state = next;
  }
}

class OutputView extends CardView {
  constructor(block, state) {
    const form = state.forms.output;
    const pill = h("span.pill");
    super(form, h("span.title", {}, icon(OBJECT), spaced(form?.title || "Answer")), pill);
    this.pill = pill;
  }

  draw(block, state) {
    this.drawDocument(block.document);
    const [tone, words] = standing(block.document, state);
    setText(this.pill, words);
    setAttribute(this.pill, "data-tone", tone);
    setAttribute(this.node, "data-tone", tone);
  }
}

/** What is said of a document as a whole: a tone and words. */
function standing(document, state) {
  const wrong = faults(document).length;
  if (document.status === "truncated" || (document.status === "partial" && isOver(state))) return ["warn", "cut off"];
  if (document.status === "missing") return isOver(state) ? ["warn", "nothing came"] : ["growing", "waiting"];
  if (document.status === "invalid" || (wrong && document.status === "complete")) return ["bad", "not valid"];
  if (wrong) return ["bad", `${plural(wrong, "fault")} so far`];
  return document.status === "complete" ? ["good", "complete"] : ["growing", "growing"];
}

const PHASES = ["growing", "ready", "running", "done"];
const OTHER = {
  failed: ["bad", "failed"],
  withdrawn: ["warn", "withdrawn"],
  held: ["warn", "waits"],
};

/** Why a call cannot be run, as a tone and words; undefined if nothing is wrong with its arguments. */
function unrunnable(block, state) {
  if (!isUnfinished(block) || !(isOver(state) || block.phase === "failed")) return undefined;
  return block.document.status === "invalid" ? ["bad", "not valid, does not run"] : ["warn", "cut off, does not run"];
}

class CallView extends CardView {
  constructor(block, state) {
    super(state.forms.tools[block.name]);
    this.name = h("code");
    this.pill = h("span.pill", { hidden: true });
    this.steps = PHASES.map((phase) => h("li", {}, phase));
    this.phases = h("ol.phases", { "aria-label": "Phase of the call" }, ...this.steps);
    this.header.append(h("span.title", {}, icon(WRENCH), this.name), this.phases, this.pill);
    this.form = state.forms.tools[block.name];
  }

  draw(block, state) {
    setText(this.name, block.name || "…");
    if (!this.form && state.forms.tools[block.name]) {
      // Its name came after it.
      this.form = state.forms.tools[block.name];
      this.element.form = this.form;
    }
    this.drawDocument(block.document);
    this.drawPhase(block, state);
    if (block.result !== undefined) this.drawResult(block.result, block.phase);
  }

  drawPhase(block, state) {
    const [tone, words] = unrunnable(block, state) ?? OTHER[block.phase] ?? ["", ""];
    setAttribute(this.node, "data-phase", block.phase);
    setAttribute(this.pill, "hidden", words ? null : "");
    setAttribute(this.phases, "hidden", words ? "" : null);
    setText(this.pill, words);
    setAttribute(this.pill, "data-tone", tone);
    const now = PHASES.indexOf(block.phase);
    this.steps.forEach((step, index) => {
      const at = index < now ? "past" : index > now ? "ahead" : block.phase === "done" ? "end" : "now";
      setAttribute(step, "data-at", at);
      setAttribute(step, "aria-current", index === now ? "step" : null);
    });
    setAttribute(this.node, "data-tone", tone || (block.phase === "done" || block.phase === "ready" ? "good" : "growing"));
  }

  drawResult(result, phase) {
    if (!this.result) {
      this.result = document.createElement("partial-json");
      this.resultHead = h("h3");
      this.node.append(h("div.result", {}, this.resultHead, this.result));
    }
    if (this.shown === result) return;
    this.shown = result;
    this.resultHead.replaceChildren(phase === "failed" ? "Why it failed" : "Result", phase === "failed" ? "" : h("span.tag", {}, "made up"));
    this.result.state = { value: result, status: "complete", open: null, marks: {} };
  }
}

/** Whether nothing more comes for a block of text. Some providers do not say so before the end of the message; but when
 * another block has begun, this one is not what grows. */
function isDone(block, state) {
  return block.done || isOver(state) || state.message.blocks.at(-1) !== block;
}

/** Whether nothing more comes from the model. */
export function isOver(state) {
  return Boolean(state.message.ending || state.stopped);
}

/** The name of a type as people write it: `IncidentReport` is an incident report. */
function spaced(name) {
  if (!/^[A-Z][a-z0-9]+([A-Z][a-z0-9]+)+$/.test(name)) return name;
  return name.replaceAll(/([a-z0-9])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
}
