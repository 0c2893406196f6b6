// The rows of a table: paged, sorted and filtered, with foreign keys that lead to the rows they refer to.

import { Problem, get } from "../api.js";
import { EXPORT_FORMATS, api, buildPath, exportPath, tablePath } from "../addresses.js";
import { h } from "../dom.js";
import { counted, number } from "../format.js";
import { cell } from "../parts/cells.js";
import { columnChooser } from "../parts/columnchooser.js";
import { filters } from "../parts/filters.js";
import { grid } from "../parts/grid.js";
import { showAlert } from "../router.js";

const PAGE_SIZES = [50, 200, 1000];

export async function rows({ names, query, signal }) {
  const schema = query.get("schema");
  const state = {
    column: query.getAll("column"),
    sort: query.getAll("sort"),
    filter: query.getAll("filter"),
    limit: query.get("limit"),
    offset: query.get("offset"),
  };
  /** This table with another state; whatever changes but the page leads to the first page. */
  const at = (changes) => tablePath(names.build, schema, names.table, { ...state, offset: null, ...changes });
  const build = await get(api(buildPath(names.build, schema)), signal);
  const table = build.tables.find(({ name }) => name === names.table);
  const trail = [
    ["Builds", "/builds"],
    [names.build, buildPath(names.build, schema)],
  ];
  if (!table) throw new Problem(404, { detail: `the build has no table “${names.table}”` });

  let page = null;
  try {
    page = await get(api(at({ offset: state.offset })), signal);
  } catch (error) {
    if (!(error instanceof Problem && [422, 503].includes(error.status))) throw error;
    showAlert(error.message); // the filters stay at hand, to be corrected
  }
  const content = [
    h("p", { class: "lead" }, table.description),
    filters(table.columns, state.filter, (filter) => at({ filter })),
    columnChooser(table.columns, state.column, (column) => at({ column })),
    page && [
      position(page, state, at),
      grid({
        caption: `Rows of ${table.name}`,
        columns: page.columns,
        rows: page.rows,
        head: (column) => sortable(column, state.sort, at),
        show: (value, column) => linked(value, column, build, schema),
      }),
      page.rows.length > 0 && isPaged(page) && position(page, state, at, "end"),
    ],
    h(
      "p",
      { class: "links" },
      "Download the whole table as ",
      EXPORT_FORMATS.map((format) => [
        h("a", { href: exportPath(build.name, schema, format, table.name), download: `${table.name}.${format}` }, format),
        " ",
      ]),
    ),
  ];
  return { title: table.name, trail, content: h("div", { class: "rows" }, content) };
}

/** A heading that sorts: upwards, then downwards, then not at all. */
function sortable(column, sort, at) {
  const now = sort.includes(column.name) ? "ascending" : sort.includes(`-${column.name}`) ? "descending" : null;
  const next = { ascending: [`-${column.name}`], descending: [] }[now] ?? [column.name];
  const described = column.description ? h("span", { class: "unseen" }, `: ${column.description}`) : null;
  const mark = h("span", { class: "arrow", "aria-hidden": "true" }, { ascending: "▲", descending: "▼" }[now] ?? "");
  return {
    sort: now === null || sort.length > 1 ? null : now,
    title: column.description,
    content: [
      h("a", { id: `sort-${column.name}`, href: at({ sort: next }) }, column.name, mark),
      h("small", null, column.type.toLowerCase()),
      described,
    ],
  };
}

/** A cell; one that refers to another table's row is a link to it, if that table is in the build. */
function linked(value, column, build, schema) {
  const target = value !== null && build.tables.find(({ name }) => name === column.references);
  const key = target && target.columns.find(({ isKey }) => isKey);
  if (!key) return cell(value, column);
  return h(
    "a",
    { href: tablePath(build.name, schema, target.name, { filter: `${key.name}:eq:${value}` }), title: `In ${target.name}` },
    String(value),
  );
}

function isPaged({ offset, limit, total }) {
  return offset > 0 || total > limit;
}

/** Which rows these are, and the ways to others. */
function position(page, state, at, place = "start") {
  const { offset, limit, total } = page;
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  const to = (text, target, allowed) =>
    allowed ? h("a", { id: `${place}-${text}`, href: at({ offset: target || null }) }, text) : h("span", { class: "off" }, text);
  const range = page.rows.length
    ? `${number(offset + 1)} to ${number(offset + page.rows.length)} of ${counted(total, "row")}`
    : total
      ? `No rows from ${number(offset + 1)} on; there are ${number(total)}`
      : "No rows";
  return h(
    "div",
    { class: "position" },
    h("p", { role: place === "start" ? "status" : null }, range),
    isPaged(page) &&
      h(
        "nav",
        { class: "pages", "aria-label": place === "start" ? "Pages" : "Pages, below the rows" },
        to("First", 0, offset > 0),
        to("Previous", Math.max(0, Math.min(last, offset - limit)), offset > 0),
        to("Next", offset + limit, offset + limit < total),
        to("Last", last, offset + limit < total),
      ),
    place === "start" &&
      (total > PAGE_SIZES[0] || limit !== PAGE_SIZES[0]) &&
      h(
        "nav",
        { class: "choices", "aria-label": "Rows per page" },
        PAGE_SIZES.map((size) =>
          h(
            "a",
            {
              id: `size-${size}`,
              href: at({ limit: size === PAGE_SIZES[0] ? null : size }),
              "aria-current": limit === size ? "true" : null,
            },
            number(size),
          ),
        ),
        h("span", null, "per page"),
      ),
  );
}
