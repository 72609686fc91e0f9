// The view of draw_chart: bars that are there as soon as the model has written them.
import { App } from "@modelcontextprotocol/ext-apps";

const title = document.querySelector("h1");
const list = document.querySelector("dl");
const note = document.querySelector("#note");

/** Draws what has come of the arguments. Each time they extend what came before, so bars are only ever added. */
function draw({ title: text = "", unit = "", bars = [], note: remark } = {}) {
  title.textContent = text;
  const highest = Math.max(1, ...bars.map((bar) => bar.value ?? 0));
  bars.forEach((bar, index) => {
    if (!list.children[2 * index]) {
      const value = document.createElement("dd");
      value.append(document.createElement("i"), document.createElement("span"));
      list.append(document.createElement("dt"), value);
    }
    const [label, value] = [list.children[2 * index], list.children[2 * index + 1]];
    label.textContent = bar.label ?? "";
    // A number comes whole: a bar never grows digit by digit.
    if (bar.value !== undefined) {
      value.firstChild.style.width = `${(80 * Math.max(0, bar.value)) / highest}%`;
      value.lastChild.textContent = `${bar.value} ${unit}`;
    }
  });
  note.textContent = remark ?? "";
}

const app = new App({ name: "chart", version: "1.0.0" }, {}, { autoResize: false });
app.ontoolinputpartial = ({ arguments: partial }) => {
  document.body.dataset.status = "partial";
  document.body.dataset.partials = 1 + Number(document.body.dataset.partials ?? 0);
  draw(partial);
};
app.ontoolinput = ({ arguments: whole }) => {
  document.body.dataset.status = "complete";
  draw(whole);
};
app.ontoolresult = ({ structuredContent }) => {
  for (const label of list.querySelectorAll("dt")) {
    label.nextSibling.classList.toggle("highest", label.textContent === structuredContent?.highest);
  }
};
app.ontoolcancelled = ({ reason }) => {
  document.body.dataset.status = "cancelled";
  note.textContent = reason;
};
await app.connect();
