// The host: a frame for each call, and an AppBridge that hands its view what the server says of the call.
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

const SENDERS = {
  "ui/notifications/tool-input-partial": "sendToolInputPartial",
  "ui/notifications/tool-input": "sendToolInput",
  "ui/notifications/tool-result": "sendToolResult",
  "ui/notifications/tool-cancelled": "sendToolCancelled",
};
const html = await (await fetch("/view.html")).text();
const views = new Map();

/** The bridge to the view of a call, once that view is ready to listen. */
async function open(tool) {
  const card = document.createElement("section");
  card.className = "call";
  const heading = document.createElement("p");
  heading.textContent = tool;
  const frame = document.createElement("iframe");
  // Without allow-same-origin it can reach nothing of this page.
  frame.setAttribute("sandbox", "allow-scripts");
  card.append(heading, frame);
  document.querySelector("main").append(card);

  const bridge = new AppBridge(null, { name: "example-host", version: "1.0.0" }, {});
  const ready = new Promise((resolve) => bridge.addEventListener("initialized", resolve));
  // Listen first: the view speaks as soon as it is loaded.
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.srcdoc = html;
  await ready;
  return bridge;
}

const events = new EventSource("/answer");
events.addEventListener("message", ({ data }) => {
  const { call, tool, notification } = JSON.parse(data);
  // What comes while the view is loading waits for it, in order.
  views.set(call, (views.get(call) ?? open(tool)).then(async (bridge) => {
    await bridge[SENDERS[notification.method]](notification.params);
    if (notification.method === "ui/notifications/tool-result") {
      document.querySelector("#result").textContent = notification.params.content.map(({ text }) => text).join("\n");
    }
    return bridge;
  }));
});
events.addEventListener("end", () => events.close());
