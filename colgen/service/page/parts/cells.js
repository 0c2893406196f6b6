// Cells of tables of data, by the SQL types of their columns.

import { h } from "../dom.js";

const NUMBERS = /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w+INT|FLOAT|DOUBLE|REAL|DECIMAL.*)$/i;
const LONG = 40; // characters; longer texts wrap

export function isNumeric(column) {
  return NUMBERS.test(column.type ?? "");
}

/** What a cell shows. Keys are names rather than quantities, so their digits are not grouped. */
export function cell(value, column) {
  if (value === null || value === undefined) return h("span", { class: "null" }, "null");
  if (typeof value === "object") return long(JSON.stringify(value));
  if (typeof value === "boolean") return String(value);
  if (isNumeric(column)) return column.isKey || column.references ? String(value) : quantity(value, column.type);
  if (/^TIMESTAMP/i.test(column.type ?? ""))
    return String(value)
      .replace("T", " ")
      .replace(/\.0+(?=Z|$)/, "");
  return long(String(value));
}

function long(text) {
  return text.length > LONG ? h("span", { class: "long" }, text) : text;
}

/** A number with the decimals of its type. Decimals that a double does not hold come as texts, which Intl reads exactly. */
function quantity(value, type) {
  const decimals = /^DECIMAL\(\d+, ?(\d+)\)/i.exec(type)?.[1];
  if (decimals === undefined) {
    return new Intl.NumberFormat("en", { useGrouping: "min2", maximumFractionDigits: 15 }).format(value);
  }
  return decimal(decimals).format(value);
}

const decimals = new Map();

function decimal(digits) {
  if (!decimals.has(digits)) {
    decimals.set(digits, new Intl.NumberFormat("en", { minimumFractionDigits: Number(digits), maximumFractionDigits: Number(digits) }));
  }
  return decimals.get(digits);
}
