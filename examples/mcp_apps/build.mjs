// Writes dist/: the page of the host, and the view as one HTML file, which is what a server of MCP Apps gives out.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";

const shared = { bundle: true, format: "esm", minify: true, logLevel: "warning" };
await mkdir("dist", { recursive: true });
await build({ ...shared, entryPoints: ["src/host.js"], outdir: "dist" });
await copyFile("src/index.html", "dist/index.html");

const view = await build({ ...shared, entryPoints: ["src/view.js"], write: false });
// In HTML a script ends at its end tag, wherever that stands.
const script = view.outputFiles[0].text.replaceAll("</script", "<\\/script");
const html = await readFile("src/view.html", "utf8");
await writeFile("dist/view.html", html.replace("/* the script */", () => script));
