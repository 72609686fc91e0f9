/**
 * The style sheet of `<partial-json>` and of the static HTML that `partialjson.render.html` writes: one text for both,
 * the only template literal of this file.
 *
 * Colours follow the page's `color-scheme`. Set the properties `--pj-…` on the element or around it to change them.
 */
export const style = `
.partial-json {
  --text: var(--pj-text, #1c2024);
  --muted: var(--pj-muted, #6b7280);
  --faint: var(--pj-faint, #8d95a3);
  --line: var(--pj-line, #e4e7ec);
  --tint: var(--pj-tint, #f6f7f9);
  --accent: var(--pj-accent, #4f56d8);
  --good: var(--pj-good, #1a8754);
  --bad: var(--pj-bad, #c62a3b);
  --mend: var(--pj-mend, #9a6200);
  color: var(--text);
  font: 400 0.9375em/1.55 var(--pj-font, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
  text-align: start;
  container-type: inline-size;
}
@supports (color: light-dark(#000, #fff)) {
  .partial-json {
    --text: var(--pj-text, light-dark(#1c2024, #e8eaee));
    --muted: var(--pj-muted, light-dark(#6b7280, #98a0ad));
    --faint: var(--pj-faint, light-dark(#8d95a3, #6f7886));
    --line: var(--pj-line, light-dark(#e4e7ec, #2d3239));
    --tint: var(--pj-tint, light-dark(#f6f7f9, #1b1f24));
    --accent: var(--pj-accent, light-dark(#4f56d8, #9aa2ff));
    --good: var(--pj-good, light-dark(#1a8754, #4fc98b));
    --bad: var(--pj-bad, light-dark(#c62a3b, #ff7b86));
    --mend: var(--pj-mend, light-dark(#9a6200, #e5b25d));
  }
}
.partial-json, .partial-json * { box-sizing: border-box; }
/* Notebooks have rules of their own for lists and tables in an output. They are undone, here and at the tables below. */
.partial-json :is(dl, dt, dd, ol, ul, table) { float: none; width: auto; margin: 0; padding: 0; overflow: visible; }
.partial-json :is(dt, dd) { font-weight: inherit; }
.partial-json > header {
  display: flex; align-items: baseline; justify-content: space-between; gap: 1em;
  margin-block-end: 0.85em; padding-block-end: 0.6em; border-block-end: 1px solid var(--line);
}
.partial-json > header .title { font-weight: 640; font-size: 1.06em; letter-spacing: -0.01em; }
.partial-json > header .state { color: var(--muted); font-size: 0.82em; white-space: nowrap; }
.partial-json[data-status="partial"] > header .state { color: var(--accent); }
.partial-json[data-status="complete"] > header .state { color: var(--good); }
.partial-json:is([data-status="invalid"], [data-status="violation"]) > header .state { color: var(--bad); }
.partial-json:is([data-status="truncated"], [data-status="repaired"], [data-status="coerced"]) > header .state {
  color: var(--mend);
}

/* Fields: names in a column of their own, values beside them, containers below. */
.partial-json .fields {
  display: grid; grid-template-columns: minmax(6.5em, max-content) minmax(0, 1fr); column-gap: 1.4em; row-gap: 0.42em;
}
.partial-json .field { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline; }
.partial-json .field > dt { display: flex; align-items: baseline; max-width: 15em; }
.partial-json .field > dd { min-width: 0; }
.partial-json .field.deep > :is(dt, dd) { grid-column: 1 / -1; }
.partial-json .field.deep > dd { margin-block: 0.4em 0.35em; padding-inline-start: 1.34em; }
.partial-json .field.object > dd {
  margin-inline-start: 0.28em; padding-inline-start: 1.06em; border-inline-start: 1px solid var(--line);
  transition: border-color 300ms;
}
.partial-json .field.object[data-status="partial"] > dd { border-color: var(--accent); }
.partial-json .name { color: var(--muted); font-size: 0.9em; }
.partial-json [data-status="partial"] > :is(dt, .head, th) > .name { color: var(--text); }
.partial-json [data-status="missing"] > :is(dt, .head, th) > .name { color: var(--faint); }
.partial-json .field.deep > dt > .name { font-weight: 560; }

/* Signs: the character for those who cannot see the style, a ring, tick or cross for the others. */
.partial-json .sign {
  position: relative; flex: none; display: inline-block; width: 0.62em; height: 0.62em; margin-inline-end: 0.72em;
  color: transparent; line-height: 0.62; overflow: hidden; user-select: none;
}
.partial-json .sign::before {
  content: ""; position: absolute; inset: 0; border: 1.5px solid var(--faint); border-radius: 50%; opacity: 0.7;
}
.partial-json [data-status="partial"] > :is(dt, .head, th) > .sign::before {
  border-color: var(--accent); background: linear-gradient(90deg, var(--accent) 50%, transparent 50%); opacity: 1;
}
.partial-json [data-status="truncated"] > :is(dt, .head, th) > .sign::before {
  border-color: var(--mend); background: linear-gradient(90deg, var(--mend) 50%, transparent 50%); opacity: 1;
}
.partial-json :is([data-status="complete"], [data-status="repaired"], [data-status="coerced"])
    > :is(dt, .head, th) > .sign::before {
  inset: -2% 20% 12% 36%; border: solid var(--good); border-width: 0 1.8px 1.8px 0; border-radius: 0;
  transform: rotate(42deg); opacity: 1;
}
.partial-json :is([data-status="repaired"], [data-status="coerced"]) > :is(dt, .head, th) > .sign::before {
  border-color: var(--mend);
}
.partial-json :is([data-status="invalid"], [data-status="violation"]) > :is(dt, .head, th) > .sign::before {
  inset: 3%; border: 0; border-radius: 0; opacity: 1; transform: rotate(45deg);
  background: linear-gradient(var(--bad), var(--bad)) 50% / 1.7px 100% no-repeat,
    linear-gradient(var(--bad), var(--bad)) 50% / 100% 1.7px no-repeat;
}

/* Values. */
.partial-json .value { white-space: pre-wrap; unicode-bidi: plaintext; }
.partial-json .name { unicode-bidi: isolate; }
.partial-json .value.missing, .partial-json .value.empty, .partial-json .value.null { color: var(--faint); }
.partial-json .value.missing { font-size: 0.9em; }
.partial-json :is([data-status="invalid"], [data-status="violation"]) > .value,
.partial-json :is([data-status="invalid"], [data-status="violation"]) > dd > .value { color: var(--bad); }
.partial-json > .note { margin-block-start: 0.9em; }
.partial-json .note { display: block; color: var(--bad); font-size: 0.84em; line-height: 1.4; }
.partial-json :is([data-status="repaired"], [data-status="coerced"]) > .note,
.partial-json :is([data-status="repaired"], [data-status="coerced"]) > dd > .note { color: var(--mend); }
.partial-json [data-status="partial"] > :is(.string, .empty)::after,
.partial-json [data-status="partial"] > dd > :is(.string, .empty)::after {
  content: ""; display: inline-block; width: 0.5em; height: 1.05em; margin-inline-start: 0.1em;
  vertical-align: -0.16em; border-radius: 1.5px; background: var(--accent);
}
.partial-json [data-status="truncated"] > .string::after,
.partial-json [data-status="truncated"] > dd > .string::after { content: " ✂"; color: var(--mend); }

/* Lists of scalars. */
.partial-json .items { display: flex; flex-wrap: wrap; gap: 0.35em 0.4em; list-style: none; }
.partial-json .item {
  max-width: 100%; padding: 0.08em 0.6em; border: 1px solid var(--line); border-radius: 0.55em;
  background: var(--tint); font-size: 0.94em;
}
.partial-json .item[data-status="partial"] { border-color: var(--accent); }

/* Lists of objects: cards, or a table where they are flat. */
.partial-json .cards { display: grid; gap: 0.7em; list-style: none; }
.partial-json .card {
  padding: 0.75em 0.95em 0.85em; border: 1px solid var(--line); border-radius: 0.65em;
  content-visibility: auto; contain-intrinsic-size: auto 9em; transition: border-color 300ms;
}
.partial-json .card[data-status="partial"] { border-color: var(--accent); }
.partial-json .card > .head { display: flex; align-items: baseline; margin-block-end: 0.35em; }
.partial-json .table { overflow-x: auto; }
.partial-json table {
  width: 100%; table-layout: auto; border-collapse: collapse; color: inherit; font-size: 0.94em;
}
.partial-json .table tbody tr { background: none; }
.partial-json :is(th, td) {
  padding: 0.38em 1.1em 0.38em 0; border: 0; border-block-end: 1px solid var(--line); background: none;
  vertical-align: baseline; line-height: inherit; font-weight: 400;
}
.partial-json .table :is(th, td) { text-align: start; }
.partial-json :is(th, td):last-child { padding-inline-end: 0; }
.partial-json thead th { color: var(--muted); font-size: 0.88em; padding-block-start: 0; white-space: nowrap; }
.partial-json tbody th { width: 1%; white-space: nowrap; }
.partial-json tbody tr:last-child > * { border-block-end: 0; }
.partial-json td { min-width: 4em; }
.partial-json td:has(> :is(.number, .boolean)) { white-space: nowrap; }

/* Long tables and objects: rows that are out of sight are not laid out, so they have no say in the widths. */
.partial-json .fields.long { display: block; }
.partial-json .fields.long > .field { content-visibility: auto; contain-intrinsic-size: auto 2em; padding-block: 0.2em; }
@container (min-width: 30em) {
  .partial-json .fields.long > .field { grid-template-columns: 11em minmax(0, 1fr); column-gap: 1.4em; }
  .partial-json .table.long :is(table, thead, tbody) { display: block; }
  .partial-json .table.long tr { display: grid; grid-template-columns: 4.5em var(--columns); }
  .partial-json .table.long tbody tr {
    content-visibility: auto; contain-intrinsic-size: auto 2.4em; border-block-end: 1px solid var(--line);
  }
  .partial-json .table.long tbody tr > * { border: 0; }
  .partial-json .table.long tbody th { width: auto; }
  .partial-json .long[data-columns="1"] tr { --columns: repeat(1, minmax(0, 1fr)); }
  .partial-json .long[data-columns="2"] tr { --columns: repeat(2, minmax(0, 1fr)); }
  .partial-json .long[data-columns="3"] tr { --columns: repeat(3, minmax(0, 1fr)); }
  .partial-json .long[data-columns="4"] tr { --columns: repeat(4, minmax(0, 1fr)); }
  .partial-json .long[data-columns="5"] tr { --columns: repeat(5, minmax(0, 1fr)); }
  .partial-json .long[data-columns="6"] tr { --columns: repeat(6, minmax(0, 1fr)); }
  .partial-json .long[data-columns="7"] tr { --columns: repeat(7, minmax(0, 1fr)); }
  .partial-json .long[data-columns="8"] tr { --columns: repeat(8, minmax(0, 1fr)); }
}

/* Where there is little room, names stand above their values, and rows of tables become cards. */
@container (max-width: 30em) {
  .partial-json .fields { grid-template-columns: minmax(0, 1fr); row-gap: 0.55em; }
  .partial-json .field > dd { padding-inline-start: 1.34em; }
  .partial-json .field.deep > dd { padding-inline-start: 0; }
  .partial-json .field.object > dd { padding-inline-start: 1.06em; }
  .partial-json :is(table, tbody, tr, th) { display: block; }
  .partial-json thead { display: none; }
  .partial-json tbody tr { padding-block: 0.45em; border-block-end: 1px solid var(--line); }
  .partial-json tbody tr:last-child { border-block-end: 0; }
  .partial-json tbody :is(th, td) { width: auto; padding: 0.12em 0; border: 0; }
  .partial-json tbody td { display: grid; grid-template-columns: 6em minmax(0, 1fr); gap: 0 0.9em; align-items: baseline; }
  .partial-json td > * { grid-column: 2; }
  .partial-json td::before {
    content: attr(data-label); grid-column: 1; grid-row: 1; color: var(--muted); font-size: 0.9em;
  }
}

@media (prefers-reduced-motion: no-preference) {
  .partial-json [data-status="partial"] > :is(.string, .empty)::after,
  .partial-json [data-status="partial"] > dd > :is(.string, .empty)::after { animation: pj-blink 1.1s steps(2) infinite; }
  .partial-json [data-status="partial"] > :is(dt, .head, th) > .sign::before { animation: pj-pulse 1.4s ease-in-out infinite; }
}
@media (prefers-reduced-motion: reduce) {
  .partial-json * { transition: none !important; }
}
@keyframes pj-blink { to { opacity: 0; } }
@keyframes pj-pulse { 50% { opacity: 0.45; } }
@media print {
  .partial-json .card { content-visibility: visible; }
}
`;
