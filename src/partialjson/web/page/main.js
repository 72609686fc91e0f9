// The page: a prompt goes to a source, and what it answers is drawn as a turn of the conversation.

import { Turn } from "./conversation.js";
import { h, icon, setAttribute, setText } from "./dom.js";
import { Panel } from "./panel.js";
import { Paste } from "./paste.js";
import { ServerSource } from "./sources.js";
import { WorkerSource } from "./worker-source.js";

const $ = (id) => document.getElementById(id);
const SEND = "M12 19V5M5.500 11.500 12 5l6.500 6.500";
const STOP = "M6 6h12v12H6z";
const THEMES = ["auto", "light", "dark"];
const THEME_ICONS = {
  auto: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M2 12h2M20 12h2M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400",
  dark: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
};
const THEME_WORDS = { auto: "as the system has them", light: "light", dark: "dark" };
const PANEL = "M4 5h16v14H4zM14.500 5v14M17 9h.01M17 12h.01M17 15h.01";
// Where this page was written as static files, nobody but itself can answer.
const ALONE = document.documentElement.dataset.source === "worker";
const SOURCES = ALONE
  ? [["worker", "in this browser", () => new WorkerSource(showLoading)]]
  : [
      ["sse", "SSE", () => new ServerSource("sse")],
      ["websocket", "WebSocket", () => new ServerSource("websocket")],
    ];

/** What somebody chose stays, where the browser lets it. */
const kept = {
  get: (name) => {
    try {
      return localStorage.getItem(`partialjson.${name}`);
    } catch {
      return null;
    }
  },
  set: (name, value) => {
    try {
      localStorage.setItem(`partialjson.${name}`, value);
    } catch {
      // It is only forgotten.
    }
  },
};

let source = null;
let current = null; // {turn, handle} of the answer that is being watched
let catalogue = { questions: [], models: [] };
const panel = new Panel($("panel"));

// Asking

async function ask(prompt, question = "") {
  if (!prompt.trim() || (current && !current.turn.over)) return;
  $("welcome").hidden = true;
  // The suggestion that was chosen is gone. Where there is no mouse, this would bring up a keyboard.
  if (matchMedia("(hover: hover)").matches) $("prompt").focus({ preventScroll: true });
  const turn = new Turn(prompt);
  $("turns").append(turn.node);
  begin(turn);
  try {
    const handle = await source.start({ prompt, question, model: $("source").value }, watcher(turn));
    taken(turn, handle);
    if (!ALONE) history.replaceState(null, "", `#run=${encodeURIComponent(handle.run)}`);
  } catch (error) {
    turn.fail(error.message);
  }
  settle();
}

/** Runs a text of somebody's own; rejects, without a trace in the conversation, if it cannot be run. */
async function askOwn(pasted, accepted) {
  if (current && !current.turn.over) await stop();
  const turn = new Turn("…");
  const watching = watcher(turn);
  const handle = await source.start({ pasted }, watching);
  accepted();
  $("welcome").hidden = true;
  $("turns").append(turn.node);
  begin(turn);
  taken(turn, handle);
}

function begin(turn) {
  current = { turn, handle: null, stopping: false };
  panel.show(turn);
  stick = true;
  settle();
}

function taken(turn, handle) {
  if (current?.turn !== turn) return;
  current.handle = handle;
  // Somebody pressed Stop before there was anything to stop.
  if (current.stopping) stop();
}

/** What a source tells of a turn. */
function watcher(turn) {
  return {
    onState(state, { deltas }) {
      turn.update(state, deltas);
      if (current?.turn === turn) {
        panel.update();
        // A screen reader hears how it ends, and not every token.
        setText($("status"), turn.told);
      }
      settle();
    },
    onLink(link, why) {
      turn.setLink(link, why);
      if (current?.turn === turn) explain();
      settle();
    },
  };
}

/** Watches the run that the address names, as somebody else's page may do. */
function join() {
  const run = new URLSearchParams(location.hash.slice(1)).get("run");
  if (!run) return;
  $("welcome").hidden = true;
  const turn = new Turn("…");
  $("turns").append(turn.node);
  begin(turn);
  taken(turn, source.join(run, watcher(turn)));
}

async function stop() {
  const { turn, handle } = current;
  current.stopping = turn.mine = true;
  settle();
  try {
    await handle?.stop();
  } catch (error) {
    // Nobody is there to be stopped. Whoever presses the button does not want to wait either.
    handle.close();
    turn.setLink("failed", error.message);
    explain();
    settle();
  }
}

// What the page shows around the turns

let stick = true;

function settle() {
  const going = current !== null && !current.turn.over;
  setAttribute($("send"), "data-does", going ? "stop" : "send");
  if ($("send").dataset.shows !== String(going)) {
    $("send").dataset.shows = String(going);
    $("send").replaceChildren(icon(going ? STOP : SEND));
    $("send").setAttribute("aria-label", going ? "Stop" : "Send");
  }
  $("send").disabled = going ? current.stopping : !$("prompt").value.trim();
  follow();
}

function follow() {
  if (!$("welcome").hidden) return;
  if (stick) $("scroll").scrollTop = $("scroll").scrollHeight;
  else showLatest();
}

// What is drawn may take its room only later.
new ResizeObserver(follow).observe($("turns"));

function showLatest() {
  $("latest").hidden = stick;
}

// Who scrolls up wants to read; who comes back to the end wants to follow. What grows meanwhile scrolls nothing.
let top = 0;
$("scroll").addEventListener("scroll", () => {
  const { scrollTop, clientHeight, scrollHeight } = $("scroll");
  if (scrollTop + clientHeight >= scrollHeight - 48) stick = true;
  else if (scrollTop < top - 1) stick = false;
  top = scrollTop;
  showLatest();
}, { passive: true });
$("latest").addEventListener("click", () => {
  stick = true;
  settle();
  showLatest();
});

setInterval(() => {
  if (current && !current.turn.over) panel.tick();
}, 100);

// The composer

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (current && !current.turn.over) return void stop();
  const prompt = $("prompt").value;
  $("prompt").value = "";
  ask(prompt, $("source").value ? $("shape").value : "");
});
$("prompt").addEventListener("input", settle);
$("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!current || current.turn.over) $("composer").requestSubmit();
  }
});

function suggest(questions) {
  $("suggestions").replaceChildren(
    ...questions.map((question) =>
      h("li", {},
        h("button.suggestion", { type: "button", "data-question": question.name, title: question.story,
          click: () => ask(question.prompt, question.name) },
          h("b", {}, question.title), h("span", {}, question.prompt)))),
  );
}

function offerModels({ models, questions }) {
  if (!models.length) return;
  const option = (value, text) => h("option", { value }, text);
  $("source").replaceChildren(
    option("", "Recorded responses"), ...models.map((model) => option(model.name, `${model.title} · ${model.model}`)));
  $("shape").replaceChildren(
    option("", "as text"), ...questions.map((question) => option(question.name, `as in “${question.title}”`)));
  $("source-pick").hidden = false;
  $("source").addEventListener("change", explain);
}

/** How far a source is that has to be loaded first. */
function showLoading({ loading, ready, failed }) {
  setAttribute($("hint"), "data-tone", failed === undefined ? null : "bad");
  if (loading) setText($("hint"), `Loading ${loading} into this browser, once. You may ask already.`);
  else if (failed !== undefined) setText($("hint"), `Python could not be loaded: ${failed}`);
  else setText($("hint"), `The library runs in this browser, on Python ${ready.python}. Nothing leaves it.`);
}

function offerOwn(apis) {
  const paste = new Paste(apis, askOwn);
  $("own").hidden = false;
  $("own").addEventListener("click", () => paste.open());
  $("suggestions").append(
    h("li.mine", {},
      h("button.suggestion", { type: "button", click: () => paste.open() },
        h("b", {}, "Your own text"), h("span", {}, "JSON, broken JSON or a recorded stream, and what it must be."))));
}

function explain() {
  if (ALONE) return setText($("about"), "Recorded responses, or your own text, read by the real library in this browser. Nothing leaves it.");
  const live = $("source").value !== "";
  $("shape-pick").hidden = !live;
  setText($("about"), live
    ? "The prompt goes to a real model, with the key in the server's environment."
    : "Recorded responses, replayed at the speed of tokens. Nothing leaves this machine.");
  const again = current?.turn.linked === "again";
  setAttribute($("hint"), "data-tone", again ? "warn" : null);
  setText($("hint"), again
    ? "The connection was lost. Connecting again …"
    : live
    ? "A real model answers. Calls of tools run here, with made-up results."
    : "Recorded responses: what you type chooses the one that fits best.");
}

// The bar

function chooseTransport(name) {
  source = SOURCES.find(([known]) => known === name)[2]();
  kept.set("transport", name);
}

function transports() {
  if (SOURCES.length === 1) {
    $("transport").hidden = true;
    source = SOURCES[0][2]();
    return;
  }
  const chosen = SOURCES.some(([name]) => name === kept.get("transport")) ? kept.get("transport") : SOURCES[0][0];
  for (const [name, label] of SOURCES) {
    const input = h("input", { type: "radio", name: "transport", value: name, checked: name === chosen,
      change: () => chooseTransport(name) });
    $("transport").append(h("label", {}, input, label));
  }
  chooseTransport(chosen);
}

function chooseTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  $("theme").replaceChildren(icon(THEME_ICONS[theme]));
  $("theme").setAttribute("aria-label", `Colours: ${THEME_WORDS[theme]}`);
  $("theme").dataset.theme = theme;
  kept.set("theme", theme);
}

$("theme").addEventListener("click", () => {
  chooseTheme(THEMES[(THEMES.indexOf($("theme").dataset.theme) + 1) % THEMES.length]);
});

function inspect(open) {
  $("panel").hidden = !open;
  $("inspect").setAttribute("aria-pressed", String(open));
  kept.set("panel", open ? "open" : "closed");
}

$("inspect").append(icon(PANEL));
$("inspect").addEventListener("click", () => inspect($("panel").hidden));

chooseTheme(THEMES.includes(kept.get("theme")) ? kept.get("theme") : "auto");
inspect((kept.get("panel") ?? (matchMedia("(max-width: 860px)").matches ? "closed" : "open")) === "open");
transports();
explain();
settle();
join();
try {
  catalogue = await source.questions();
  suggest(catalogue.questions);
  offerModels(catalogue);
  if (ALONE) offerOwn(catalogue.apis);
} catch (error) {
  setText($("hint"), error.message);
  setAttribute($("hint"), "data-tone", "bad");
}
$("prompt").focus({ preventScroll: true });
