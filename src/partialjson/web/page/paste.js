// The dialog in which one pastes a text of one's own: JSON, or the body of a response, and a JSON Schema.

import { h, setText } from "./dom.js";

const SPEEDS = [["10", "10 a second"], ["30", "30 a second"], ["100", "100 a second"], ["0", "as fast as it goes"]];
const SIZES = [["0", "as a model writes"], ["1", "1 character"], ["3", "3 characters"], ["16", "16 characters"],
  ["64", "64 characters"], ["4000000", "all at once"]];

const TICKET = {
  type: "object", title: "Ticket",
  properties: {
    subject: { type: "string", description: "In one line" },
    priority: { enum: ["low", "normal", "high"] },
    customer: { type: "object", properties: { name: { type: "string" }, since: { type: "integer" } }, required: ["name"] },
    steps: {
      type: "array",
      items: {
        type: "object", properties: { who: { type: "string" }, what: { type: "string" }, hours: { type: "number", maximum: 8 } },
        required: ["who", "what"],
      },
    },
    resolved: { type: "boolean" },
  },
  required: ["subject", "priority", "steps", "resolved"],
};
const WORK = {
  subject: "The kettle whistles in D minor", priority: "normal", customer: { name: "Ada Byron", since: 2019 },
  steps: [{ who: "Support", what: "Asked for a recording of the whistle", hours: 0.5 },
    { who: "Workshop", what: "Widened the spout by half a millimetre", hours: 2 },
    { who: "Support", what: "Sent the kettle back, in D major", hours: 0.25 }],
  resolved: true,
};
const BROKEN = `Sure! Here is the ticket:
\`\`\`json
{
  'subject': "The kettle whistles in D minor",
  priority: "urgent",  // it is very loud
  "customer": {"name": "Ada Byron", "since": 2019,},
  "steps": [
    {"who": "Support", "what": "Asked for a "recording" of the whistle", "hours": .5},
    {"who": "Workshop", "what": "Widened the spout", "hours": 12},
  ]
  "resolved": False
}
\`\`\`
Anything else?`;

/** A short response with a tool call, in the events of Anthropic's Messages API. */
function body() {
  const event = (type, more) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const text = JSON.stringify(WORK);
  const pieces = text.match(/.{1,9}/gs).map((partial_json) =>
    event("content_block_delta", { index: 1, delta: { type: "input_json_delta", partial_json } }));
  const words = "I will file that as a ticket.".match(/\S+\s*/g).map((text) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }));
  return [
    event("message_start", { message: { id: "msg_1", role: "assistant", model: "a-model", content: [], usage: { input_tokens: 90, output_tokens: 1 } } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }), ...words,
    event("content_block_stop", { index: 0 }),
    event("content_block_start", { index: 1, content_block: { type: "tool_use", id: "toolu_1", name: "file_ticket", input: {} } }),
    ...pieces,
    event("content_block_stop", { index: 1 }),
    event("message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 80 } }),
    event("message_stop", {}),
  ].join("");
}

const EXAMPLES = [
  ["JSON and its schema", () => [JSON.stringify(WORK, null, 2), JSON.stringify(TICKET, null, 2)]],
  ["Broken JSON", () => [BROKEN, JSON.stringify(TICKET, null, 2)]],
  ["A response with a tool call", () => [body(), JSON.stringify(TICKET, null, 2)]],
  ["Cut off", () => [JSON.stringify(WORK, null, 2).slice(0, 430), JSON.stringify(TICKET, null, 2)]],
];

/**
 * The dialog, once for a page.
 */
export class Paste {
  #run;

  /**
   * @param {string[]} apis the APIs whose responses can be read.
   * @param {(pasted: object) => Promise<void>} run begins a run; rejects with why it cannot, and which `field` is wrong.
   */
  constructor(apis, run) {
    this.#run = run;
    const pick = (name, label, options, chosen) => {
      const select = h("select", { name }, ...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
      return h("label.choice", {}, h("span", {}, label), h("span.pick", {}, select));
    };
    this.text = h("textarea", { name: "text", rows: 9, spellcheck: "false", autocomplete: "off", required: true,
      placeholder: "JSON, broken or not; or the body of a response: server-sent events, lines of JSON …" });
    this.schema = h("textarea", { name: "schema", rows: 9, spellcheck: "false", autocomplete: "off",
      placeholder: "A JSON Schema; or a request, or its list of tools. None is needed." });
    this.problem = h("p.problem", { role: "alert", hidden: true });
    this.go = h("button.go", { type: "submit" }, "Watch it fill");
    const read = [["", "what it looks like"], ["json", "a JSON document"], ...apis.map((api) => [api, api])];
    this.form = h("form", { method: "dialog", submit: (event) => this.#submit(event) },
      h("header", {},
        h("h2", {}, "Your own text"),
        h("button.icon", { type: "button", "aria-label": "Close", click: () => this.dialog.close() }, "×")),
      h("p.examples", {}, h("span", {}, "Try"), ...EXAMPLES.map(([label, make]) =>
        h("button", { type: "button", click: () => this.#fill(...make()) }, label))),
      h("div.texts", {},
        h("label", {}, h("span", {}, "What a model wrote"), this.text),
        h("label", {}, h("span", {}, "What it must be", h("small", {}, "optional")), this.schema)),
      h("div.choices", {},
        pick("api", "Read it as", read, ""), pick("size", "In pieces", SIZES, "0"), pick("rate", "Pieces", SPEEDS, "30"),
        h("label.mend", {}, h("input", { type: "checkbox", name: "lenient", checked: true }), h("span", {}, "Mend broken JSON"))),
      this.problem,
      h("footer", {}, h("p", {}, "The text stays in this browser."), this.go));
    this.dialog = h("dialog.paste", { "aria-label": "Your own text" }, this.form);
    document.body.append(this.dialog);
  }

  open() {
    this.#tell("", "");
    this.dialog.showModal();
    this.text.focus();
  }

  #fill(text, schema) {
    this.text.value = text;
    this.schema.value = schema;
    this.#tell("", "");
  }

  async #submit(event) {
    event.preventDefault();
    const { api, size, rate, lenient } = this.form.elements;
    this.go.disabled = true;
    this.#tell("", "");
    try {
      await this.#run({ text: this.text.value, schema: this.schema.value, api: api.value, size: Number(size.value),
        rate: Number(rate.value), lenient: lenient.checked }, () => this.dialog.close());
      this.dialog.close();
    } catch (error) {
      if (!this.dialog.open) this.dialog.showModal();
      this.#tell(error.message, error.field);
    } finally {
      this.go.disabled = false;
    }
  }

  #tell(why, field) {
    setText(this.problem, why);
    this.problem.hidden = !why;
    for (const box of [this.text, this.schema]) {
      if (why && box.name === field) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    }
    if (why) (field === "schema" ? this.schema : this.text).focus();
  }
}
