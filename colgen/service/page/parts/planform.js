// The form of a build: what can be chosen for a model, filled from a query and read back into one.

import { h } from "../dom.js";
import { number } from "../format.js";
import { settingsOf } from "../plan.js";
import { field, offer, select } from "./fields.js";

/**
 * model: from /api/models/NAME; models, scenarios and databases: the lists; query: what the form starts with; button: what submits it
 * Returns the form; read(), the query of what it holds, without values that are the model's own; and showPeriod(estimate), which says what
 * the days are that are left empty.
 */
export function planForm({ model, models, scenarios, databases, query, suggestedName, button }) {
  const input = (name, properties = {}) =>
    h("input", { id: `plan-${name}`, name, value: query.get(name), autocomplete: "off", ...properties });
  const box = (name) => h("input", { id: `plan-${name}`, type: "checkbox", name, value: "1", checked: query.has(name) });
  const choice = (name, options, chosen = query.get(name)) => select({ id: `plan-${name}`, name }, options, chosen);

  const modelHint = h("span", null, model.description, " ", h("a", { href: `/models/${encodeURIComponent(model.name)}` }, "Its tables"));
  const volume = choice("volume", model.volumes, query.get("volume") ?? model.defaultVolume);
  const scenario = choice("scenario", [
    ["", model.defaultScenario ? `${model.defaultScenario} (the model's)` : "none: business as usual"],
    ...scenarios.map(({ name }) => name).filter((name) => name !== model.defaultScenario),
  ]);
  const scenarioHint = h("span");
  const format = choice("format", Object.keys(model.formats), query.get("format") ?? "parquet");
  const compression = choice("compression", []);
  const encoding = choice("encoding", []);
  const targets = h(
    "datalist",
    { id: "targets" },
    databases.map((name) => h("option", { value: `database:${name}` })),
  );
  const out = input("out", {
    value: query.get("out") ?? suggestedName,
    list: databases.length ? targets.id : null,
    required: true,
    spellcheck: "false",
    autocapitalize: "off",
  });
  const outHint = databases.length
    ? `A new folder, a file such as ${model.name}.duckdb, or ${databases.map((name) => `database:${name}`).join(", ")}.`
    : `A new folder, or a file such as ${model.name}.duckdb.`;
  const formatField = field("Format", format, { pointer: "/format" });
  const days = [
    { name: "startDate", label: "First day", hint: h("span"), key: "firstDay" },
    { name: "endDate", label: "Last day", hint: h("span"), key: "lastDay" },
  ];
  const [compressionField, encodingField] = [
    field("Compression", compression, { pointer: "/config/compression" }),
    field("Encoding", encoding, { pointer: "/config/encoding" }),
  ];
  const schemaField = field("Schema", input("schema", { spellcheck: "false", autocapitalize: "off" }), {
    hint: "If empty: the model's.",
    pointer: "/config/schema",
  });
  const appendField = field("Add rows whose keys are not there yet", box("append"), { pointer: "/config/append" });
  const chosenSettings = settingsOf(query);
  const settings = Object.keys(model.ranges).map((name) => {
    const [low, high] = model.ranges[name];
    const control = h("input", {
      id: `set-${name}`,
      name: `set.${name}`,
      inputmode: "numeric",
      value: chosenSettings[name],
      autocomplete: "off",
    });
    return field(name, control, { hint: `${number(low)} to ${number(high)}`, pointer: `/config/settings/${name}` });
  });
  const chosenTables = query.has("tables") ? query.getAll("tables") : model.tableNames;
  const tables = model.tableNames.map((name) =>
    field(name, h("input", { id: `write-${name}`, type: "checkbox", name: "tables", value: name, checked: chosenTables.includes(name) })),
  );
  const isMore =
    ["set", "tables"].some((name) => query.has(name)) ||
    [compression, encoding].some(({ name }) => query.has(name) && query.get(name) !== choices(name)[0]);

  const form = h(
    "form",
    { class: "plan", novalidate: true },
    field(
      "Model",
      choice(
        "model",
        models.map(({ name }) => name),
        model.name,
      ),
      { hint: modelHint, pointer: "/model" },
    ),
    h(
      "div",
      { class: "pair" },
      field("Volume", volume, { pointer: "/volume" }),
      field("Multiplier", input("volumeMultiplier", { inputmode: "decimal", placeholder: "1" }), { pointer: "/config/volumeMultiplier" }),
    ),
    field("Scenario", scenario, { hint: scenarioHint, pointer: "/scenario" }),
    h(
      "div",
      { class: "pair" },
      days.map(({ name, label, hint }) =>
        field(label, input(name, { type: dayType(query.get(name)) }), { hint, pointer: `/config/${name}` }),
      ),
    ),
    h(
      "div",
      { class: "pair" },
      field("Seed", input("seed", { inputmode: "numeric", placeholder: "0" }), { pointer: "/config/seed" }),
      formatField,
    ),
    h(
      "details",
      { class: "more", open: isMore },
      h("summary", null, "Settings, tables and more"),
      h("div", { class: "pair" }, compressionField, encodingField),
      h(
        "fieldset",
        { id: "settings", "data-pointer": "/config/settings", "aria-describedby": "settings-mistake" },
        h("legend", null, "Settings of the model"),
        h("p", { class: "hint" }, "If empty: as the volume has it."),
        h("div", { class: "settings" }, settings),
        h("p", { class: "mistake", id: "settings-mistake" }),
      ),
      h(
        "fieldset",
        { id: "tables", "data-pointer": "/config/tables", "aria-describedby": "tables-mistake" },
        h("legend", null, "Tables to write"),
        h("div", { class: "tables" }, tables),
        h("p", { class: "mistake", id: "tables-mistake" }),
      ),
    ),
    field("Target", out, { hint: outHint, pointer: "/out" }),
    targets,
    schemaField,
    h(
      "div",
      { class: "boxes" },
      field("Check before publishing", box("check"), { pointer: "/config/check" }),
      field("Replace what is there", box("overwrite"), { pointer: "/config/overwrite" }),
      appendField,
    ),
    h("div", { class: "buttons" }, button),
  );

  /** Shows what depends on another field. */
  function adapt() {
    for (const name of Object.keys(model.ranges)) form.elements[`set.${name}`].placeholder = number(model.settings[volume.value][name]);
    scenarioHint.textContent = scenarios.find(({ name }) => name === (scenario.value || model.defaultScenario))?.description ?? "";
    const isDatabase = out.value.startsWith("database:") || /\.(duckdb|ddb)$/.test(out.value);
    schemaField.hidden = appendField.hidden = !isDatabase;
    formatField.hidden = isDatabase;
    compressionField.hidden = isDatabase || !choices("compression").length;
    encodingField.hidden = isDatabase || !choices("encoding").length;
    for (const { name, hint } of days) hint.hidden = form.elements[name].value !== "";
  }

  /** What the chosen format leaves open; the first is the default. */
  function choices(name) {
    return model.formats[format.value]?.[name] ?? [];
  }

  function showPeriod(estimate) {
    for (const { name, hint, key } of days) if (!form.elements[name].value) hint.textContent = `If empty: ${estimate[key]}.`;
  }

  /** Each format has choices of its own. */
  function adaptFormat() {
    for (const control of [compression, encoding]) offer(control, choices(control.name), query.get(control.name));
    adapt();
  }

  /** The query of what the form holds; without a single table it has an empty one, since none at all would mean every table. */
  function read() {
    const defaults = { volume: model.defaultVolume, format: "parquet", volumeMultiplier: "1", seed: "0", out: suggestedName };
    for (const name of ["compression", "encoding"]) defaults[name] = choices(name)[0];
    const result = new URLSearchParams();
    for (const [name, text] of new FormData(form)) {
      const value = text.trim();
      if (value === "" || name === "tables" || defaults[name] === value) continue;
      if (name.startsWith("set.")) result.append("set", `${name.slice(4)}=${value}`);
      else if (!form.elements[name].closest("[hidden]")) result.append(name, value);
    }
    const written = [...form.querySelectorAll("[name=tables]:checked")].map(({ value }) => value);
    if (!written.length) result.append("tables", "");
    else if (written.length < model.tableNames.length) for (const name of written) result.append("tables", name);
    return result;
  }

  form.addEventListener("input", adapt);
  format.addEventListener("input", adaptFormat);
  adaptFormat();
  return { form, read, showPeriod };
}

/** The API also takes "today", for which a control of dates has no room. */
function dayType(value) {
  return value === null || /^\d{4}-\d\d-\d\d$/.test(value) ? "date" : "text";
}
