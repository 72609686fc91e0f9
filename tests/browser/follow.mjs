// Follows a stream over HTTP until its end, and writes the states: arguments are the address and the transport.
// Node has no EventSource yet, so here is one, as the standard describes it, without coming back by itself.

const { connect } = await import(`${process.env.PARTIALJSON_BROWSER}/connect.js`);

class EventSource {
  #listeners = {};
  #leave = new AbortController();

  constructor(url) {
    this.#read(url).catch(() => this.#leave.signal.aborted || this.onerror?.({}));
  }

  addEventListener(name, listener) {
    this.#listeners[name] = listener;
  }

  close() {
    this.#leave.abort();
  }

  async #read(url) {
    const response = await fetch(url, { signal: this.#leave.signal, headers: { accept: "text/event-stream" } });
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const fields = block.split("\n").map((line) => line.match(/^([^:]*):? ?(.*)$/su).slice(1));
        const of = (name) => fields.findLast(([field]) => field === name)?.[1];
        const data = fields.filter(([field]) => field === "data").map(([, value]) => value);
        const name = of("event");
        if (data.length && name) this.#listeners[name]?.({ data: data.join("\n") });
        else if (data.length) this.onmessage?.({ data: data.join("\n") });
      }
    }
    throw new Error("the body ended");
  }
}

let count = 0;
let lost = 0;
connect(process.argv[2], () => count++, {
  EventSource,
  onError: () => lost++,
  onEnd: (state) => console.log(JSON.stringify({ state, count, lost })),
});
