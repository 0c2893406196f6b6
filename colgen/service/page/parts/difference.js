// In what two builds differ, as `colgen diff` finds it.

import { h } from "../dom.js";
import { number } from "../format.js";
import { cell } from "./cells.js";
import { grid } from "./grid.js";

/** tables: those that differ; a and b: the names of the builds */
export function difference(tables, a, b) {
  if (!tables.length) return h("p", { class: "good" }, `No difference: every row of ${a} is in ${b}, and the other way round.`);
  const columns = [
    "table",
    ...[`rows in ${a}`, `rows in ${b}`, "added", "gone", "changed"].map((name) => ({ name, isNumber: true })),
    "values that differ, by column",
  ];
  return h(
    "div",
    null,
    grid({ caption: `Tables that differ between ${a} and ${b}`, columns, rows: tables.map(summary(a, b)), headed: true, show: text }),
    tables.filter((table) => table.examples.length).map((table) => examples(table, a, b)),
  );
}

function summary(a, b) {
  return (table) => {
    const [inA, inB] = table.rows;
    const counts = [inA, inB].map((count) => (count === null ? "" : number(count)));
    if (inA === null || inB === null) return [table.table, ...counts, "", "", "", `only in ${inB === null ? a : b}`];
    const columns = [
      ...Object.entries(table.columns).map(([name, count]) => `${name} ${number(count)}`),
      ...table.only_in_a.map((name) => `${name} only in ${a}`),
      ...table.only_in_b.map((name) => `${name} only in ${b}`),
    ];
    return [table.table, ...counts, ...[table.added, table.gone, table.changed].map(number), columns.join(", ")];
  };
}

function examples(table, a, b) {
  const rows = table.examples.map(({ key, column, before, after }) => [key, column, before, after]);
  return h(
    "section",
    null,
    h("h3", null, table.table, ": examples"),
    grid({
      caption: `Examples of differences in ${table.table}`,
      columns: ["key", "column", `in ${a}`, `in ${b}`],
      rows,
      headed: true,
      show: (value) => (value === null ? "—" : text(value)),
    }),
  );
}

/** Values of any column: numbers as they are, without the form that their column would give them. */
function text(value) {
  return cell(typeof value === "number" ? String(value) : value, {});
}
