// What the real packages make of what an encoder wrote.
//
// Each line of the input is a case: {"protocol", "body"}, where `body` is what goes over the wire. Each line of the
// output answers one: {"state"} is what the package ended with, "warnings" what it complained about on the way, and
// "error" what it threw.

import { createInterface } from "node:readline";

const warnings = [];
for (const name of ["warn", "error"]) console[name] = (...words) => warnings.push(words.map(String).join(" "));

const bytes = (body) => new TextEncoder().encode(body);

function streamOf(body, size = 7) {
  const all = bytes(body);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= all.length) return controller.close();
      controller.enqueue(all.slice(at, (at += size + (at % 1000))));
    },
  });
}

const data = (body) =>
  body
    .split("\n\n")
    .filter(Boolean)
    .map((event) => JSON.parse(event.slice("data: ".length)));

async function agUi(body) {
  const { HttpAgent } = await import("@ag-ui/client");
  const { EventSchemas } = await import("@ag-ui/core/schemas").catch(() => ({}));
  EventSchemas && data(body).forEach((event) => EventSchemas.parse(event));
  const agent = new HttpAgent({
    url: "http://localhost/",
    threadId: "t",
    fetch: async () => new Response(streamOf(body), { headers: { "content-type": "text/event-stream" } }),
  });
  const told = { custom: [], calls: [] };
  let thrown = null;
  await agent
    .runAgent(
      { runId: "r" },
      {
        onCustomEvent: ({ event }) => void told.custom.push([event.name, event.value]),
        onToolCallEndEvent: ({ event, toolCallArgs }) => void told.calls.push([event.toolCallId, toolCallArgs]),
        onRunErrorEvent: ({ event }) => void (told.error = { code: event.code, message: event.message }),
        onRunFinishedEvent: ({ event }) => void (told.finished = event.outcome),
      },
    )
    .catch((error) => (thrown = String(error)));
  return { messages: agent.messages, state: agent.state, ...told, thrown };
}

const ai = (name) =>
  async function (body) {
    const { DefaultChatTransport, readUIMessageStream } = await import(name);
    const transport = new DefaultChatTransport({
      api: "http://localhost/",
      fetch: async () => new Response(streamOf(body)),
    });
    const chunks = await transport.sendMessages({
      chatId: "c",
      messages: [],
      trigger: "submit-message",
      abortSignal: undefined,
    });
    let last = null;
    let finishReason = null;
    const errors = [];
    const seen = chunks.pipeThrough(
      new TransformStream({
        transform(chunk, controller) {
          if (chunk.type === "finish") finishReason = chunk.finishReason;
          controller.enqueue(chunk);
        },
      }),
    );
    const onError = (error) => errors.push(error instanceof Error ? error.message : String(error));
    for await (const message of readUIMessageStream({ stream: seen, onError })) last = message;
    return { message: last, finishReason, errors };
  };

async function assistantStream(body) {
  const { AssistantTransportDecoder, AssistantMessageAccumulator } = await import("assistant-stream");
  let last = null;
  await streamOf(body)
    .pipeThrough(new AssistantTransportDecoder())
    .pipeThrough(new AssistantMessageAccumulator())
    .pipeTo(new WritableStream({ write: (message) => void (last = message) }));
  const { parts, status, metadata } = last;
  return { parts, status, metadata };
}

async function mcpApps(body) {
  const { App } = await import("@modelcontextprotocol/ext-apps");
  const schemas = await import("@modelcontextprotocol/ext-apps");
  const views = {};
  for (const { call, notification } of data(body)) {
    if (!views[call]) {
      const view = (views[call] = { partial: [], input: null, result: null, cancelled: null });
      const app = new App({ name: "view", version: "1" }, {}, { autoResize: false });
      app.ontoolinputpartial = (params) => view.partial.push(params.arguments);
      app.ontoolinput = (params) => (view.input = params.arguments ?? null);
      app.ontoolresult = (params) => (view.result = params);
      app.ontoolcancelled = (params) => (view.cancelled = params.reason);
      const transport = {
        start: async () => {},
        close: async () => {},
        send: async (message) => {
          if (message.method === "ui/initialize") {
            const result = {
              protocolVersion: message.params.protocolVersion,
              hostInfo: { name: "host", version: "1" },
              hostCapabilities: {},
              hostContext: {},
            };
            queueMicrotask(() => transport.onmessage({ jsonrpc: "2.0", id: message.id, result }));
          }
        },
      };
      await app.connect(transport);
      Object.defineProperty(view, "post", { value: (message) => transport.onmessage(message) });
      app.onerror = (error) => warnings.push(String(error));
    }
    views[call].post(structuredClone(notification));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return views;
}

async function jsonPatch(body) {
  const { default: patch } = await import("fast-json-patch");
  let document = null;
  for (const operations of data(body)) document = patch.applyPatch(document, operations, true).newDocument;
  return document;
}

const READERS = {
  ag_ui: agUi,
  vercel: ai("ai"),
  vercel_6: ai("ai-6"),
  assistant_stream: assistantStream,
  mcp_apps: mcpApps,
  json_patch: jsonPatch,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { protocol, body } = JSON.parse(line);
  warnings.length = 0;
  let answer;
  try {
    answer = { state: await READERS[protocol](body) };
  } catch (error) {
    answer = { error: error?.stack ?? String(error) };
  }
  // JSON.stringify would write null for a number beyond a double.
  const far = (_, value) => (value === Infinity ? "1e999" : value);
  process.stdout.write(JSON.stringify({ ...answer, warnings }, far) + "\n");
}
process.exit(0);
