// Whether a build is what its model promises: every rule, the broken ones first, with rows that break them.

import { get, getIfThere, post } from "../api.js";
import { api, buildPath } from "../addresses.js";
import { h } from "../dom.js";
import { counted, number } from "../format.js";
import { grid } from "../parts/grid.js";
import { watchJob } from "../parts/watch.js";
import { reload } from "../router.js";

export async function check({ names, query, signal, run }) {
  const schema = query.get("schema");
  const address = api(buildPath(names.build, schema, "/check"));
  const latest = await getIfThere(address, signal);
  if (!latest) await get(api(buildPath(names.build, schema)), signal); // is there no check, or no build?
  const progress = h("div");
  const kind = latest && !latest.outdated ? null : "main";
  const button = h(
    "button",
    { id: "check-now", type: "button", class: kind, onclick: () => run(start) },
    latest ? "Check again" : "Check now",
  );

  async function start() {
    button.disabled = true;
    try {
      const { jobId } = await post(address, undefined, { signal });
      if (await watchJob(jobId, progress, signal)) await reload();
    } finally {
      button.disabled = false;
    }
  }

  const content = h(
    "div",
    null,
    latest
      ? verdict(latest)
      : h("p", null, "This build has not been checked yet. A check proves every rule of its model on all of its rows."),
    h("div", { class: "buttons" }, button, latest && h("a", { class: "button", href: `/jobs/${latest.jobId}` }, "The job")),
    progress,
    latest && outcomes(latest, query.has("broken"), (broken) => buildPath(names.build, schema, "/check", { broken })),
  );
  const title = schema ? `Check of ${names.build}, ${schema}` : `Check of ${names.build}`;
  return {
    title,
    json: Boolean(latest),
    trail: [
      ["Builds", "/builds"],
      [names.build, buildPath(names.build, schema)],
    ],
    content,
  };
}

function verdict(latest) {
  const broken = latest.outcomes.filter(({ holds }) => !holds).length;
  const text = broken
    ? `${number(broken)} of ${counted(latest.outcomes.length, "rule")} ${broken === 1 ? "is" : "are"} broken.`
    : `All ${counted(latest.outcomes.length, "rule")} hold.`;
  return h(
    "div",
    null,
    h("p", { class: broken ? "bad" : "good" }, text),
    latest.outdated && h("p", { class: "note" }, "Outdated: the build has changed since this check."),
  );
}

function outcomes(latest, onlyBroken, addressWith) {
  const broken = latest.outcomes.filter(({ holds }) => !holds);
  const kept = latest.outcomes.filter(({ holds }) => holds);
  const choice = (id, text, address, isChosen) => h("a", { id, href: address, "aria-current": isChosen ? "true" : null }, text);
  return h(
    "div",
    null,
    h(
      "nav",
      { class: "choices", "aria-label": "Rules shown" },
      choice("rules-all", `all ${number(latest.outcomes.length)}`, addressWith(null), !onlyBroken),
      choice("rules-broken", `only broken, ${number(broken.length)}`, addressWith("1"), onlyBroken),
    ),
    broken.length > 0 && h("section", null, h("h2", null, "Broken rules"), broken.map(violation)),
    !onlyBroken &&
      kept.length > 0 &&
      h(
        "section",
        null,
        h("h2", null, "Rules that hold"),
        [...new Set(kept.map(({ table }) => table))].map((table) => holding(table, kept)),
      ),
  );
}

/** The rules of a table, folded: there are many. */
function holding(table, kept) {
  const rules = kept.filter((outcome) => outcome.table === table).map(({ rule }) => rule);
  const summary = h("summary", null, h("strong", null, scope(table)), " ", h("span", { class: "hint" }, counted(rules.length, "rule")));
  return h(
    "details",
    { class: "dictionary" },
    summary,
    h(
      "ul",
      { class: "rules" },
      rules.map((rule) => h("li", null, rule)),
    ),
  );
}

function violation({ table, rule, violations, columns, rows }) {
  const shown = rows.length < violations && rows.length ? `; the first ${number(rows.length)}:` : "";
  return h(
    "section",
    { class: "violation" },
    h("h3", null, `${scope(table)}: ${rule}`),
    violations > 0 && h("p", null, `${counted(violations, "row")} ${violations === 1 ? "breaks" : "break"} it${shown}`),
    rows.length > 0 && grid({ caption: `Rows of ${scope(table)} that break the rule`, columns: columns.map(aligned(rows)), rows }),
  );
}

/** An outcome does not tell the types of its columns; values that are all numbers, or decimals as texts, are aligned as numbers. */
function aligned(rows) {
  const isNumber = (value) => value === null || typeof value === "number" || /^-?\d+\.\d+$/.test(value);
  return (name, at) => ({ name, isNumber: rows.every((row) => isNumber(row[at])) });
}

function scope(table) {
  return table === "*" ? "the build" : table;
}
