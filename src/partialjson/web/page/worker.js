// The worker of a page without a server: Python in the browser, and in it `partialjson.web.worker`.
//
// Page and worker send each other JSON texts. Those of runs are made and read by Python, which says what is in them. Those
// of loading come from here: {"loading": "what", "at": 0 to 1}, {"ready": {versions}}, {"failed": "why"}.

const tell = (message) => postMessage(JSON.stringify(message));
let desk = null;

addEventListener("message", ({ data }) => {
  try {
    desk.receive(data);
  } catch (error) {
    // Python's message ends with what was raised; the rest says where.
    const lines = String(error.message ?? error).trim().split("\n");
    tell({ run: JSON.parse(data).run, refused: `Python failed: ${lines.at(-1)}`, field: "" });
    console.error(error);
  }
});

// Nothing else hears of what stops Python itself, such as a lack of memory.
addEventListener("unhandledrejection", ({ reason }) => tell({ failed: String(reason?.message ?? reason) }));

try {
  const base = new URL("pyodide/", import.meta.url).href;
  tell({ loading: "Python", at: 0.05 });
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  // The lock file beside it knows only the packages that lie there, with their sums. They are fetched while Python starts.
  const python = await loadPyodide({ indexURL: base, packages: ["partialjson-live"] });
  const absent = Object.keys(python.lockfile.packages).filter((name) => !(name in python.loadedPackages));
  if (absent.length) throw new Error(`the package ${absent.join(", ")} is missing, or is not what it must be`);
  tell({ loading: "the library", at: 0.8 });
  desk = python.pyimport("partialjson.web.worker").Worker((text) => postMessage(text));
  tell({ ready: { python: python.runPython("import platform; platform.python_version()"), pyodide: python.version } });
} catch (error) {
  console.error(error);
  tell({ failed: String(error.message ?? error).trim().split("\n").at(-1) });
}
