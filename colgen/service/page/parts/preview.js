// The first rows of each table, one table at a time.

import { h } from "../dom.js";
import { counted } from "../format.js";
import { grid } from "./grid.js";
import { tabs } from "./tabs.js";

/** chosen: the name of a table; at first the first one that is more than a short list of words */
export function preview(tables, chosen, onChoose) {
  const most = Math.max(...tables.map(({ rows }) => rows.length));
  return tabs(
    "Tables",
    tables.map((table) => ({ name: table.name, content: () => panel(table) })),
    chosen ?? tables.find(({ rows }) => rows.length === most)?.name,
    onChoose,
  );
}

function panel(table) {
  const head = (column) => ({ title: column.description, content: [column.name, h("small", null, column.type.toLowerCase())] });
  return h(
    "div",
    null,
    h("p", { class: "hint" }, table.description, ` The first ${counted(table.rows.length, "row")}:`),
    grid({ caption: `First rows of ${table.name}`, columns: table.columns, rows: table.rows, head }),
  );
}
