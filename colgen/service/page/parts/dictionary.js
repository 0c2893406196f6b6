// A data dictionary: the columns of tables, what they mean and what they refer to.

import { h } from "../dom.js";
import { grid } from "./grid.js";
import { cell } from "./cells.js";

/** A section for each table, folded. */
export function dictionary(tables) {
  return tables.map((table) =>
    h(
      "details",
      { id: anchor(table.name), class: "dictionary" },
      h("summary", null, h("strong", null, table.name), " ", h("span", { class: "hint" }, table.description)),
      columnList(table, tables),
    ),
  );
}

function columnList(table, tables) {
  const rows = table.columns.map((column) => [column.name, column.type.toLowerCase(), marks(column, tables), column.description]);
  return grid({
    caption: `Columns of ${table.name}`,
    columns: ["column", "type", "key", "how it is made"],
    rows,
    headed: true,
    show: (value) => (value === "" ? "" : cell(value, {})),
  });
}

function marks(column, tables) {
  const words = [column.isKey ? "key" : column.unique ? "unique" : null].filter(Boolean);
  if (!column.references) return words.join(", ");
  const isHere = tables.some(({ name }) => name === column.references);
  const target = isHere ? h("a", { href: `#${anchor(column.references)}`, onclick: open }, column.references) : column.references;
  return h("span", null, words.length ? `${words.join(", ")}, ` : "", "→ ", target);
}

function anchor(table) {
  return `table-${encodeURIComponent(table)}`;
}

function open(event) {
  event.preventDefault();
  const section = document.getElementById(event.currentTarget.getAttribute("href").slice(1));
  section.open = true;
  section.querySelector("summary").focus();
  section.scrollIntoView({ block: "start" });
}
