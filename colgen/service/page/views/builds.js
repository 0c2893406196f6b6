// The finished builds.

import { get } from "../api.js";
import { buildPath } from "../addresses.js";
import { h } from "../dom.js";
import { bytes, number } from "../format.js";
import { grid } from "../parts/grid.js";

export async function builds({ signal }) {
  const list = await get("/api/builds", signal);
  const create = h("p", null, h("a", { class: "button main", href: "/new" }, "New build"));
  if (!list.length) return { title: "Builds", content: h("div", null, h("p", null, "There are no builds yet."), create) };
  const columns = [
    "name",
    "model",
    "volume",
    "scenario",
    "period",
    { name: "seed", isNumber: true },
    { name: "rows", isNumber: true },
    { name: "size", isNumber: true },
    "format",
  ];
  const rows = list.map((build) =>
    build.model === null
      ? [link(build), problem(build), "", "", "", "", "", "", ""]
      : [
          h("span", null, link(build), build.problem && problem(build)),
          build.model,
          volume(build),
          build.scenario ?? "",
          `${build.firstDay} to ${build.lastDay}`,
          String(build.seed),
          number(build.totalRows),
          bytes(build.totalBytes),
          build.format,
        ],
  );
  return { title: "Builds", content: h("div", null, grid({ caption: "Builds", columns, rows, headed: true }), create) };
}

/** A file may hold several builds, each in a schema. */
function link(build) {
  return h("a", { href: buildPath(build.name, build.schema) }, build.schema ? `${build.name}, ${build.schema}` : build.name);
}

function problem(build) {
  return h("span", { class: "mistake" }, ` ${build.problem}`);
}

export function volume(build) {
  return build.scale === 1 ? build.volume : `${build.volume} × ${build.scale}`;
}
