// A build, chosen in a form whose state is the address. What it would make is seen before anything is built.

import { Problem, connection, get, post, send } from "../api.js";
import { path } from "../addresses.js";
import { h, setText } from "../dom.js";
import { clearMistakes, focusMistake, showMistake, showMistakes } from "../parts/fields.js";
import { byTable, figures, sentence } from "../parts/estimate.js";
import { planForm } from "../parts/planform.js";
import { preview } from "../parts/preview.js";
import { buildBody, planBody } from "../plan.js";
import { clearAlert, go, noteQuery, showAlert } from "../router.js";

const PAUSE = 400; // milliseconds without typing before the estimate follows
const PREVIEW_ROWS = 20;
const TAKEN = "There is a build of this name. Choose another one, or tick “Replace what is there”.";

export async function newBuild({ query, signal, run }) {
  const [models, scenarios, databases, listed] = await Promise.all([
    get("/api/models", signal),
    get("/api/mock-data/scenarios", signal),
    get("/api/databases", signal),
    get("/api/builds", signal),
  ]);
  let builds = listed;
  const model = await get(path`/api/models/${query.get("model") ?? models[0].name}`, signal);
  const button = h("button", { id: "build", class: "main" }, "Build");
  const suggestedName = freeName(model.name, builds);
  const { form, read, showPeriod } = planForm({ model, models, scenarios, databases, query, suggestedName, button });
  const outcome = h("div", { class: "outcome" });
  const said = h("p", { class: "unseen", "aria-live": "polite" });

  /** The query in full, with what the address leaves out since it is the form's own. */
  function plan() {
    const full = read();
    full.set("model", model.name);
    if (!full.has("out")) full.set("out", form.elements.out.value.trim());
    return full;
  }

  let timer = null;
  let asked = new AbortController(); // aborts the look that is under way
  let chosen = null; // the tab of the preview
  let key = null; // of the build that is being asked for
  signal.addEventListener("abort", () => (clearTimeout(timer), asked.abort()));

  function changed(event) {
    key = null;
    if (event?.target.name === "model") {
      go(`/new?model=${encodeURIComponent(event.target.value)}`, { replace: true });
      return;
    }
    noteQuery(read());
    clearTimeout(timer);
    timer = setTimeout(() => run(look), PAUSE);
  }

  /** Estimates, then shows first rows; a newer look ends an older one. */
  async function look() {
    asked.abort();
    asked = new AbortController();
    const mine = asked.signal;
    outcome.setAttribute("aria-busy", "true");
    try {
      const body = planBody(plan());
      const estimate = await post("/api/estimate", body, { signal: mine });
      clearMistakes(form);
      clearAlert();
      showPeriod(estimate);
      const rows = outcome.querySelector(".rows") ?? h("section", { class: "rows" });
      outcome.replaceChildren(
        h(
          "section",
          null,
          h("h2", null, "Estimate"),
          figures(estimate),
          h("details", null, h("summary", null, "By table"), byTable(estimate)),
        ),
        rows,
      );
      setText(said, sentence(estimate));
      const { tables } = await post(`/api/preview?rows=${PREVIEW_ROWS}`, body, { signal: mine });
      rows.replaceChildren(
        h("h2", null, "Preview"),
        preview(tables, chosen, (name) => (chosen = name)),
      );
    } catch (error) {
      if (mine.aborted) return;
      if (!(error instanceof Problem && error.status === 422)) throw error;
      explain(error);
      outcome.replaceChildren(h("p", { class: "hint" }, "The estimate and the preview follow as soon as the form is valid."));
    } finally {
      if (!mine.aborted) outcome.removeAttribute("aria-busy");
    }
  }

  /** Shows mistakes at their fields, the others above. */
  function explain(error) {
    const left = showMistakes(form, error.errors);
    if (left.length || !error.errors.length) showAlert(left.length ? left.map(({ detail }) => detail).join("; ") : error.message);
    else clearAlert();
  }

  async function start(event) {
    event.preventDefault();
    const full = plan();
    clearMistakes(form);
    if (isTaken(builds, full)) return refuseTarget(TAKEN);
    button.disabled = true; // with the key, which a second click sends again, that makes one job of a double click
    key ??= newKey();
    try {
      const answer = await send("POST", "/api/mock-data/generate", { body: buildBody(full), headers: { "Idempotency-Key": key } });
      go(`/jobs/${answer.content.jobId}`);
    } catch (error) {
      button.disabled = false;
      if (!(error instanceof Problem) || error.status === 401) throw error;
      key = null;
      if (error.status === 409) {
        builds = await get("/api/builds", signal); // somebody else may have built it since
        return refuseTarget(isTaken(builds, full) ? TAKEN : error.message);
      }
      explain(error);
      if (!focusMistake(form)) button.focus();
    }
  }

  function refuseTarget(why) {
    showMistake(form.elements.out, why);
    focusMistake(form);
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => run(() => start(event)));
  connection.addEventListener("restored", () => run(look), { signal });
  run(look);
  return { title: "New build", json: false, content: h("div", { class: "new" }, form, h("div", null, said, outcome)) };
}

/** Whether a build would be replaced, as far as can be told: which schema of a file is meant only a plan that names one says. */
function isTaken(builds, plan) {
  if (plan.has("overwrite") || plan.has("append")) return false;
  return builds.some(({ name, schema }) => name === plan.get("out") && schema === (schema === null ? null : plan.get("schema")));
}

function freeName(stem, builds) {
  const taken = new Set(builds.map(({ name }) => name));
  let name = stem;
  for (let number = 2; taken.has(name); number += 1) name = `${stem}-${number}`;
  return name;
}

/** randomUUID is missing where the page comes over plain HTTP from another machine. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
