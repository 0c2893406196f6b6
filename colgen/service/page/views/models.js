// The models that the service knows.

import { get } from "../api.js";
import { path } from "../addresses.js";
import { h } from "../dom.js";
import { number } from "../format.js";
import { grid } from "../parts/grid.js";

export async function models({ signal }) {
  const list = await get("/api/models", signal);
  const rows = list.map((model) => [
    h("a", { href: path`/models/${model.name}` }, model.name),
    model.description,
    number(model.tableNames.length),
    model.volumes.join(", "),
  ]);
  const columns = ["model", "what it is", { name: "tables", isNumber: true }, "volumes"];
  return { title: "Models", content: grid({ caption: "Models", columns, rows, headed: true }) };
}
