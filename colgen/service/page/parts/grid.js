// A table of rows in a box of its own that scrolls, so that the page never does sideways.

import { h, scrollBox } from "../dom.js";
import { cell, isNumeric } from "./cells.js";

/**
 * caption: what the table shows; said to screen readers alone
 * columns: [{name, type, isNumber?, …}], or names alone
 * rows: arrays of values; a value that is a node is shown as it is
 * headed: whether the first column names its row
 * head, show: make the content of a column's heading, and of a cell, where they differ from the usual
 */
export function grid({ caption, columns, rows, headed = false, head, show = cell }) {
  const described = columns.map((column) => (typeof column === "string" ? { name: column } : column));
  const classes = described.map((column) => (column.isNumber || isNumeric(column) ? "number" : null));
  const headings = described.map((column, at) => {
    const heading = head?.(column);
    return h(
      "th",
      { scope: "col", class: classes[at], "aria-sort": heading?.sort, title: heading?.title },
      heading?.content ?? column.name,
    );
  });
  const body = rows.map((row) =>
    h(
      "tr",
      null,
      row.map((value, at) => {
        const content = value instanceof Node ? value : show(value, described[at], row);
        return headed && at === 0 ? h("th", { scope: "row" }, content) : h("td", { class: classes[at] }, content);
      }),
    ),
  );
  return scrollBox(
    caption,
    h("table", null, h("caption", { class: "unseen" }, caption), h("thead", null, h("tr", null, headings)), h("tbody", null, body)),
  );
}
