// Two builds of a model, and in what they differ.

import { get, post } from "../api.js";
import { withQuery } from "../addresses.js";
import { h } from "../dom.js";
import { dateTime } from "../format.js";
import { difference } from "../parts/difference.js";
import { clearMistakes, field, focusMistake, offer, select, showMistake } from "../parts/fields.js";
import { watchJob } from "../parts/watch.js";
import { noteQuery, showAlert } from "../router.js";

export async function compare({ query, signal, run }) {
  const listed = (await get("/api/builds", signal)).filter(({ model }) => model !== null);
  const builds = listed.filter(({ name }, at) => listed.findIndex((each) => each.name === name) === at);
  if (builds.length < 2) {
    const content = h("p", null, "There must be two builds to compare. ", h("a", { href: "/new" }, "Make another one"), ".");
    return { title: "Compare", json: false, content };
  }
  const missing = ["a", "b"].map((side) => query.get(side)).filter((name) => name !== null && !builds.some((build) => build.name === name));
  if (missing.length) showAlert(`there is no build ${missing.map((name) => `“${name}”`).join(" and ")}`);
  const first = builds.find(({ name }) => name === query.get("a")) ?? builds[0];
  const others = builds.filter(({ name }) => name !== first.name);
  const second = others.find(({ name }) => name === query.get("b")) ?? others.find(({ model }) => model === first.model) ?? others[0];
  const options = builds.map(({ name, model }) => [name, `${name} (${model})`]);
  const [one, other] = [select({ id: "a", name: "a" }, options, first.name), select({ id: "b", name: "b" }, options, second.name)];
  const schema = select({ id: "schema", name: "schema" }, []);
  const schemaField = field("Schema", schema, { hint: "There are several builds in a file: which ones." });
  const button = h("button", { class: "main" }, "Compare");
  const result = h("div", { class: "result" });
  const form = h(
    "form",
    { class: "narrow", onsubmit: submit, onchange: changed },
    h("div", { class: "pair" }, field("Build A", one), field("Build B", other)),
    schemaField,
    h("div", { class: "buttons" }, button),
  );

  function submit(event) {
    event.preventDefault();
    run(start);
  }

  function changed(event) {
    if (event.target !== schema) offerSchemas();
    run(look);
  }

  /** The schemas of files with several builds; none where there is nothing to choose. */
  function offerSchemas(chosen = schema.value) {
    const ofEach = [one, other].map(({ value }) => listed.filter(({ name }) => name === value).map((build) => build.schema));
    const several = ofEach.filter((schemas) => schemas.length > 1);
    offer(schema, [...new Set(several.flat())].sort(), chosen);
    schemaField.hidden = !several.length;
  }

  /** What is compared, as the API takes it and the address has it. */
  function chosen() {
    return { a: one.value, b: other.value, ...(schemaField.hidden ? {} : { schema: schema.value }) };
  }

  async function start() {
    clearMistakes(form);
    if (one.value === other.value) {
      showMistake(other, "Choose another build than A.");
      focusMistake(form);
      return;
    }
    const pair = chosen();
    noteQuery(new URLSearchParams(pair));
    button.disabled = true;
    try {
      const { jobId } = await post("/api/diff", pair, { signal });
      if (await watchJob(jobId, result, signal)) await show(await get(`/api/jobs/${jobId}`, signal));
    } finally {
      button.disabled = false;
    }
  }

  /** Shows the latest comparison of these two, if there has been one: an address must not start jobs by itself. */
  async function look() {
    const pair = chosen();
    noteQuery(new URLSearchParams(pair));
    clearMistakes(form);
    result.replaceChildren();
    const { items } = await get(withQuery("/api/jobs", { kind: "diff", state: "done", limit: 200 }), signal);
    const last = items.find(({ request }) => ["a", "b", "schema"].every((name) => (request[name] ?? null) === (pair[name] ?? null)));
    if (last) await show(last);
  }

  async function show(job) {
    const differences = await get(`/api/jobs/${job.id}/result`, signal);
    const { a, b } = job.request;
    result.replaceChildren(
      h("h2", null, `${a} and ${b}`),
      h("p", { class: "hint" }, "Compared ", dateTime(job.ended), " by ", h("a", { href: `/jobs/${job.id}` }, `job ${job.id}`), "."),
      difference(differences, a, b),
    );
  }

  offerSchemas(query.get("schema"));
  if (query.has("a") && query.has("b") && !missing.length) run(look);
  return { title: "Compare", json: false, content: h("div", null, form, result) };
}
