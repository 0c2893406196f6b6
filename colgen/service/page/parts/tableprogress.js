// The tables of a build while they are made. Cells are changed in place: a redraw each second would lose what one has selected.

import { h, scrollBox, setText } from "../dom.js";
import { number } from "../format.js";

export function tableProgress() {
  const body = h("tbody");
  const columns = [["table"], [""], ["rows", "number"], ["of", "number"]].map(([name, kind]) =>
    h("th", { scope: "col", class: kind }, name || h("span", { class: "unseen" }, "progress")),
  );
  const element = h(
    "section",
    { class: "tables", hidden: true },
    h("h2", null, "Tables"),
    scrollBox(
      "Rows of each table",
      h("table", null, h("caption", { class: "unseen" }, "Rows of each table"), h("thead", null, h("tr", null, columns)), body),
    ),
  );
  const lines = new Map();

  function line(table) {
    if (!lines.has(table)) {
      const [made, expected] = [h("td", { class: "number" }), h("td", { class: "number" })];
      const share = h("progress", { max: 1, value: 0, "aria-label": `${table}` });
      body.append(h("tr", null, h("th", { scope: "row" }, table), h("td", null, share), made, expected));
      lines.set(table, { made, expected, share });
    }
    return lines.get(table);
  }

  function show(job) {
    const { recordsGenerated, recordsExpected } = job.progress;
    const names = Object.keys({ ...recordsExpected, ...recordsGenerated });
    element.hidden = !names.length || Boolean(job.estimate) || job.kind !== "build";
    for (const name of names) {
      const { made, expected, share } = line(name);
      const [rows, of] = [recordsGenerated[name] ?? 0, recordsExpected[name] ?? 0];
      setText(made, number(rows));
      setText(expected, number(of));
      share.value = job.state === "done" ? 1 : of ? Math.min(1, rows / of) : 0;
    }
  }

  return { element, show };
}
