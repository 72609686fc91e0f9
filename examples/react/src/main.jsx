import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { useAnswer } from "./answer.js";
import { counts } from "./counting.js";
import { Trip } from "./trip.jsx";

// What has been applied, for whoever wants to check the counts.
const applied = (window.applied = []);
window.counts = counts;

const snapshots = new URLSearchParams(location.search).has("snapshots");

/** With ?snapshots, what a page has that is sent the whole each time: nothing in it is the object it was before. */
function received(state, { deltas }) {
  applied.push(deltas);
  return snapshots ? structuredClone(state) : state;
}

function Answer({ url }) {
  const state = useAnswer(url, received);
  const document = state?.blocks.find((block) => block.type === "output")?.document;
  return (
    <>
      {document?.value && <Trip value={document.value} open={document.open} />}
      <Ending ending={state?.ending} />
    </>
  );
}

function Ending({ ending }) {
  const [total, setTotal] = useState(null);
  // After all components have rendered.
  useEffect(() => {
    if (ending) setTotal([...counts.values()].reduce((sum, count) => sum + count, 0));
  }, [ending]);
  return (
    <footer>
      <span role="status">{ending ? `${ending.message || ending.reason}: ` : "The model writes … "}</span>
      {total !== null && <span id="total">{total} renders of {counts.size} components, for {applied.length} frames</span>}
      <nav>
        <a href="?">deltas, memoised</a> · <a href="?forget">not memoised</a> · <a href="?snapshots">snapshots</a>
      </nav>
    </footer>
  );
}

const { id } = await (await fetch("/answers", { method: "POST" })).json();
createRoot(document.getElementById("root")).render(<Answer url={`/answers/${id}/events`} />);
