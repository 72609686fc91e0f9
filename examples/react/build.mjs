// Writes dist/: the page and one bundle. The modules of partialjson come from the server (see the import map).
import { build } from "esbuild";
import { copyFile } from "node:fs/promises";

await build({
  entryPoints: ["src/main.jsx"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  jsx: "automatic",
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
  external: ["partialjson/*"],
  logLevel: "warning",
});
await copyFile("src/index.html", "dist/index.html");
