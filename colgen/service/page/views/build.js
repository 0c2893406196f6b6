// A finished build: what it was made from, its tables, and what can be done with it.

import { Problem, get, getIfThere, send } from "../api.js";
import { EXPORT_FORMATS, api, buildPath, exportPath, path, tablePath, withQuery } from "../addresses.js";
import { facts, h } from "../dom.js";
import { bytes, counted, number } from "../format.js";
import { confirmByName } from "../parts/confirm.js";
import { dictionary } from "../parts/dictionary.js";
import { grid } from "../parts/grid.js";
import { queryOfBuild } from "../plan.js";
import { go } from "../router.js";
import { volume } from "./builds.js";

export async function build({ names, query, signal }) {
  const schema = query.get("schema");
  const finished = await get(api(buildPath(names.build, schema)), signal).catch(async (error) => {
    const choice = !schema && error instanceof Problem && (await several(names.build, signal));
    if (!choice) throw error;
    return { choice };
  });
  if (finished.choice) return finished.choice;
  const model = await modelOf(finished, signal);
  const content = [
    finished.problem && h("p", { class: "message failed" }, finished.problem),
    facts([
      ["model", model ? h("a", { href: path`/models/${finished.model}` }, finished.model) : finished.model],
      ["volume", volume(finished)],
      ["scenario", finished.scenario],
      ["settings", Object.entries(finished.settings).map(([name, value]) => `${name} = ${number(value)}`).join(", ")],
      ["period", `${finished.firstDay} to ${finished.lastDay}`],
      ["seed", String(finished.seed)],
      ["format", finished.format],
      ["schema", finished.schema],
      ["rows", number(finished.totalRows)],
      ["size", bytes(finished.totalBytes)],
    ]),
    h(
      "div",
      { class: "buttons" },
      h("a", { class: "button", href: buildPath(finished.name, schema, "/check") }, "Check"),
      model?.charts.length > 0 && h("a", { class: "button", href: buildPath(finished.name, schema, "/charts") }, "Charts"),
      h("a", { class: "button", href: withQuery("/compare", { a: finished.name, schema }) }, "Compare"),
      h("a", { class: "button", href: `/new?${queryOfBuild(finished)}` }, "Build again"),
    ),
    h("section", null, h("h2", null, "Tables"), tables(finished, schema)),
    model?.reports.length > 0 && h("section", null, h("h2", null, "Reports"), reports(finished, schema, model)),
    h(
      "section",
      null,
      h("h2", null, "Download"),
      h(
        "p",
        { class: "links" },
        "A zip of all tables as ",
        EXPORT_FORMATS.map((format) => [
          h("a", { href: exportPath(finished.name, schema, format), download: `${finished.name}.zip` }, format),
          " ",
        ]),
      ),
    ),
    h("section", null, h("h2", null, "Columns"), dictionary(finished.tables)),
    h(
      "section",
      null,
      h("h2", null, "Removal"),
      h("p", null, h("button", { type: "button", class: "danger", onclick: () => remove(finished, schema) }, "Remove this build…")),
    ),
  ];
  return { title: schema ? `${finished.name}, ${schema}` : finished.name, trail: [["Builds", "/builds"]], content: h("div", null, content) };
}

/** Which one of the builds in a file? Null where it does not hold several. */
async function several(name, signal) {
  const builds = (await get("/api/builds", signal)).filter((each) => each.name === name);
  if (builds.length < 2) return null;
  const links = builds.map(({ schema, problem }) => h("li", null, schema ? h("a", { href: buildPath(name, schema) }, schema) : problem));
  return {
    title: name,
    trail: [["Builds", "/builds"]],
    json: false,
    content: h("div", null, h("p", null, "Builds in this file, each in a schema of its own:"), h("ul", null, links)),
  };
}

/** The build's model, or null where the service does not know it: a build may come from a model in a file. */
export async function modelOf(build, signal) {
  return build.model ? getIfThere(path`/api/models/${build.model}`, signal) : null;
}

function tables(finished, schema) {
  const columns = ["table", { name: "rows", isNumber: true }, { name: "columns", isNumber: true }, "what a row is"];
  const rows = finished.tables.map((table) => [
    h("a", { href: tablePath(finished.name, schema, table.name) }, table.name),
    number(table.rows),
    number(table.columns.length),
    table.description,
  ]);
  return grid({ caption: "Tables", columns, rows, headed: true });
}

function reports(finished, schema, model) {
  const rows = model.reports.map(({ name, description }) => [
    h("a", { href: buildPath(finished.name, schema, path`/reports/${name}`) }, name),
    description,
  ]);
  return grid({ caption: "Reports", columns: ["report", "what it shows"], rows, headed: true });
}

function remove(finished, schema) {
  confirmByName({
    title: `Remove ${finished.name}?`,
    explanation: `${counted(finished.totalRows, "row")} in ${counted(finished.tables.length, "table")} go for good; nothing but what colgen made is removed.`,
    name: finished.name,
    verb: "Remove",
    act: async () => {
      await send("DELETE", withQuery("/api/mock-data/cleanup", { build: finished.name, schema, confirm: "DELETE_ALL_MOCK_DATA" }));
      go("/builds");
    },
  });
}
