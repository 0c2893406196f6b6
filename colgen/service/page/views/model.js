// A model: its data dictionary, and what can be chosen for a build of it.

import { get } from "../api.js";
import { path, withQuery } from "../addresses.js";
import { h, facts } from "../dom.js";
import { number } from "../format.js";
import { dictionary } from "../parts/dictionary.js";
import { grid } from "../parts/grid.js";

export async function model({ names, signal }) {
  const declared = await get(path`/api/models/${names.model}`, signal);
  const content = [
    h("p", { class: "lead" }, declared.description),
    h("p", null, h("a", { class: "button main", href: withQuery("/new", { model: declared.name }) }, "Build from this model")),
    h("section", null, h("h2", null, "Tables"), dictionary(declared.tables)),
    h(
      "section",
      null,
      h("h2", null, "Volumes"),
      volumes(declared),
      h("p", { class: "hint" }, `The multiplier multiplies ${declared.counts.join(", ")}.`),
    ),
    chances(declared),
    declared.reports.length > 0 &&
      h(
        "section",
        null,
        h("h2", null, "Reports"),
        grid({
          caption: "Reports",
          columns: ["report", "what it shows"],
          rows: declared.reports.map(({ name, description }) => [name, description]),
          headed: true,
        }),
      ),
    declared.charts.length > 0 && h("section", null, h("h2", null, "Charts"), h("p", null, declared.charts.join(" · "))),
  ];
  return { title: declared.name, trail: [["Models", "/models"]], content: h("div", null, content) };
}

function volumes(declared) {
  const names = declared.volumes;
  const columns = [
    "setting",
    ...names.map((name) => ({ name: name === declared.defaultVolume ? `${name} (default)` : name, isNumber: true })),
    { name: "may be", isNumber: true },
  ];
  const rows = Object.keys(declared.ranges).map((setting) => [
    setting,
    ...names.map((name) => number(declared.settings[name][setting])),
    declared.ranges[setting].map(number).join(" to "),
  ]);
  return grid({ caption: "Settings of each volume", columns, rows, headed: true });
}

function chances(declared) {
  const rates = Object.entries(declared.rates).map(([name, rate]) => [name, share(rate)]);
  const shares = Object.entries(declared.shares).map(([name, parts]) => [
    name,
    Object.entries(parts)
      .map(([word, part]) => `${word} ${share(part)}`)
      .join(", "),
  ]);
  if (!rates.length && !shares.length) return null;
  return h("section", null, h("h2", null, "Rates and shares"), facts([...rates, ...shares]));
}

function share(value) {
  return `${Number((100 * value).toFixed(2))}%`;
}
