// A report of a build: its parameters, and its rows.

import { Problem, get } from "../api.js";
import { api, buildPath, path } from "../addresses.js";
import { h } from "../dom.js";
import { counted } from "../format.js";
import { field } from "../parts/fields.js";
import { grid } from "../parts/grid.js";
import { go, showAlert } from "../router.js";
import { modelOf } from "./build.js";

export async function report({ names, query, signal }) {
  const schema = query.get("schema");
  const at = (set) => buildPath(names.build, schema, path`/reports/${names.report}`, { set });
  const build = await get(api(buildPath(names.build, schema)), signal);
  const described = (await modelOf(build, signal))?.reports.find(({ name }) => name === names.report);
  let found = null;
  try {
    found = await get(api(at(query.getAll("set"))), signal);
  } catch (error) {
    if (!(error instanceof Problem && error.status === 422 && described?.parameters.length)) throw error;
    showAlert(error.message); // the form stays, to be corrected
  }
  const content = [
    described && h("p", { class: "lead" }, described.description),
    described?.parameters.length > 0 && parameters(described.parameters, query.getAll("set"), at),
    found && h("p", { role: "status" }, counted(found.rows.length, "row")),
    found && grid({ caption: names.report, columns: columns(found), rows: found.rows }),
  ];
  const trail = [
    ["Builds", "/builds"],
    [names.build, buildPath(names.build, schema)],
  ];
  return { title: names.report, trail, content: h("div", null, content) };
}

/** A report does not tell the types of its columns, but cells that are all numbers are numbers. */
function columns(found) {
  return found.columns.map((name, at) => {
    const values = found.rows.map((row) => row[at]).filter((value) => value !== null);
    if (!values.length || !values.every((value) => typeof value === "number")) return { name };
    const decimals = Math.min(4, Math.max(...values.map(decimalsOf)));
    return { name, type: decimals ? `DECIMAL(18,${decimals})` : "BIGINT" };
  });
}

function decimalsOf(value) {
  return String(value).split(".")[1]?.length ?? 0;
}

function parameters(names, set, at) {
  const given = Object.fromEntries(set.map((pair) => pair.split(/=(.*)/s, 2)));
  const inputs = names.map((name) => h("input", { id: `set-${name}`, name, value: given[name], autocomplete: "off" }));

  function show(event) {
    event.preventDefault();
    go(at(inputs.filter(({ value }) => value !== "").map(({ name, value }) => `${name}=${value}`)));
  }

  return h(
    "form",
    { class: "narrow", "aria-label": "Parameters", onsubmit: show },
    inputs.map((input) => field(input.name, input)),
    h("div", { class: "buttons" }, h("button", { id: "show" }, "Show")),
  );
}
