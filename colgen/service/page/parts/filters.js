// Filters of a table: those that hold as chips that can be removed, and a form for another one.

import { h } from "../dom.js";
import { go } from "../router.js";
import { select } from "./fields.js";

const OPERATORS = [
  ["eq", "is"],
  ["ne", "is not"],
  ["lt", "<"],
  ["le", "≤"],
  ["gt", ">"],
  ["ge", "≥"],
  ["contains", "contains"],
  ["null", "is null"],
  ["notnull", "is not null"],
];
const WITHOUT_VALUE = ["null", "notnull"];

/** active: as in the API, column:operator:value; addressWith: the address with other filters */
export function filters(columns, active, addressWith) {
  const chips = h(
    "ul",
    { class: "chips" },
    active.map((filter, at) => {
      const others = active.filter((_, each) => each !== at);
      return h(
        "li",
        null,
        words(filter),
        " ",
        h("a", { href: addressWith(others), "aria-label": `Remove the filter ${words(filter)}` }, "×"),
      );
    }),
  );
  const column = select(
    { id: "filter-column", name: "column", "aria-label": "Column" },
    columns.map(({ name }) => name),
  );
  const operator = select({ id: "filter-operator", name: "operator", "aria-label": "Comparison", onchange: adapt }, OPERATORS);
  const value = h("input", { id: "filter-value", name: "value", "aria-label": "Value", autocomplete: "off", placeholder: "value" });

  function adapt() {
    value.hidden = WITHOUT_VALUE.includes(operator.value);
  }

  function add(event) {
    event.preventDefault();
    const parts = [column.value, operator.value, ...(WITHOUT_VALUE.includes(operator.value) ? [] : [value.value])];
    go(addressWith([...active, parts.join(":")]));
  }

  const form = h(
    "form",
    { class: "inline", "aria-label": "Add a filter", onsubmit: add },
    column,
    operator,
    value,
    h("button", { id: "filter-add" }, "Add filter"),
  );
  return h("div", { class: "filters" }, active.length > 0 && chips, form);
}

function words(filter) {
  const [column, operator, ...rest] = filter.split(":");
  const operation = OPERATORS.find(([name]) => name === operator)?.[1] ?? operator;
  return [column, operation, rest.join(":")].filter(Boolean).join(" ");
}
