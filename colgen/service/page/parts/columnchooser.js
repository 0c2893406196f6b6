// Which columns of a table are shown, with what each of them is.

import { h } from "../dom.js";
import { go } from "../router.js";

/** chosen: names; all if empty. addressWith: the address with other columns */
export function columnChooser(columns, chosen, addressWith) {
  const boxes = columns.map(({ name }) =>
    h("input", { type: "checkbox", id: `column-${name}`, value: name, checked: !chosen.length || chosen.includes(name) }),
  );
  const lines = columns.map((column, at) =>
    h(
      "li",
      null,
      boxes[at],
      h("label", { for: boxes[at].id }, column.name),
      h(
        "span",
        { class: "hint" },
        [column.type.toLowerCase(), column.isKey && "key", column.references && `→ ${column.references}`, column.description]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
  );

  function show(event) {
    event.preventDefault();
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    go(addressWith(wanted.length === columns.length ? [] : wanted));
  }

  const buttons = h(
    "div",
    { class: "buttons" },
    h("button", { id: "columns-show" }, "Show these"),
    chosen.length > 0 && h("a", { class: "button", href: addressWith([]) }, "Show all"),
  );
  return h(
    "details",
    { class: "more" },
    h("summary", { id: "columns" }, chosen.length ? `Columns: ${chosen.length} of ${columns.length}` : "Columns"),
    h("form", { onsubmit: show }, h("ul", { class: "columns" }, lines), buttons),
  );
}
