// What a build would make and take.

import { h } from "../dom.js";
import { bytes, counted, duration, number } from "../format.js";
import { grid } from "./grid.js";

/** An estimate in one sentence. */
export function sentence(estimate) {
  const { totalRows, totalBytes, seconds, memory } = estimate;
  return `About ${counted(totalRows, "row")}, ${bytes(totalBytes)}, ${duration(seconds)}, ${bytes(memory)} of memory.`;
}

export function figures(estimate) {
  return h(
    "dl",
    { class: "figures" },
    [
      ["rows", number(estimate.totalRows)],
      ["on disk", bytes(estimate.totalBytes)],
      ["time", duration(estimate.seconds)],
      ["memory", bytes(estimate.memory)],
    ].map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))),
  );
}

/** Rows and bytes of each table; an estimated count is marked. */
export function byTable(estimate) {
  const rows = Object.keys(estimate.rows).map((table) => [
    table,
    `${estimate.exact.includes(table) ? "" : "≈ "}${number(estimate.rows[table])}`,
    bytes(estimate.bytes[table] ?? 0),
  ]);
  const columns = [{ name: "table" }, { name: "rows", isNumber: true }, { name: "on disk", isNumber: true }];
  return grid({ caption: "Estimated rows and size of each table", columns, rows, headed: true });
}
