// One job, watched until it ends.

import { get, send } from "../api.js";
import { buildPath, withQuery } from "../addresses.js";
import { facts, h, setText } from "../dom.js";
import { counted, dateTime, duration, elapsed, number } from "../format.js";
import { difference } from "../parts/difference.js";
import { byTable, figures } from "../parts/estimate.js";
import { badge, bar, sentence, subject } from "../parts/state.js";
import { tableProgress } from "../parts/tableprogress.js";
import { queryOfRequest } from "../plan.js";
import { isUnfinished, versions } from "../poll.js";
import { go } from "../router.js";

const SAY_SECONDS = 5; // between two sentences that are read aloud

export async function job({ names, signal, run }) {
  const address = `/api/jobs/${encodeURIComponent(names.id)}`;
  let current = await get(address, signal);
  const top = h("div");
  const tables = tableProgress();
  const end = h("div");
  const buttons = h("div", { class: "buttons" });
  const said = h("p", { class: "unseen", "aria-live": "polite" });
  let saidAt = 0;
  let saidState = "";
  let offered = "";

  function draw(now) {
    current = now;
    top.replaceChildren(overview(now));
    tables.show(now);
    if (now.state !== saidState || Date.now() - saidAt > SAY_SECONDS * 1000) {
      [saidAt, saidState] = [Date.now(), now.state];
      setText(said, sentence(now));
    }
    const offer = `${now.state} ${now.resumable}`;
    if (offer === offered) return;
    offered = offer;
    offerButtons();
    run(async () => end.replaceChildren(...(await finding(now, signal))));
  }

  /** Buttons change only with the state, so that one can be pressed while figures move. */
  function offerButtons() {
    const hadFocus = buttons.contains(document.activeElement);
    const button = (text, act, kind) => h("button", { type: "button", class: kind, onclick: () => run(act) }, text);
    const made = product(current);
    buttons.replaceChildren(
      ...[
        made && h("a", { class: "button main", href: made.address }, made.text),
        isUnfinished(current) && current.state !== "cancelling" && button("Cancel", () => change("cancel")),
        current.resumable && button("Resume", () => change("resume"), "main"),
        current.kind === "build" &&
          !isUnfinished(current) &&
          h("a", { class: "button", href: `/new?${queryOfRequest(current.request)}` }, "Change and build again"),
        !isUnfinished(current) && button("Forget this job", forget),
      ].filter(Boolean),
    );
    if (hadFocus) (buttons.firstElementChild ?? document.querySelector("h1")).focus();
  }

  async function change(verb) {
    draw((await send("POST", `${address}/${verb}`, { signal })).content);
    watch();
  }

  async function forget() {
    await send("DELETE", address, { signal });
    go("/jobs");
  }

  let isWatched = false;

  function watch() {
    if (isWatched || !isUnfinished(current)) return;
    isWatched = true;
    run(async () => {
      try {
        for await (const now of versions(address, signal)) {
          draw(now);
          document.title = `${isUnfinished(now) ? `${Math.floor(now.progress.progressPercent)}% ` : ""}${subject(now)} · colgen`;
          if (!isUnfinished(now)) break;
        }
      } finally {
        isWatched = false;
      }
    });
  }

  draw(current);
  watch();
  return { title: subject(current), trail: [["Jobs", "/jobs"]], content: h("div", null, said, top, buttons, end, tables.element) };
}

function overview(job) {
  const isRunning = job.state === "running" || job.state === "cancelling";
  const { throughput, etaSeconds, currentEntity } = job.progress;
  return h(
    "div",
    null,
    h(
      "p",
      { class: "status" },
      badge(job),
      isUnfinished(job) && bar(job),
      isUnfinished(job) && h("span", null, `${Math.floor(job.progress.progressPercent)}%`),
    ),
    facts([
      ["job", String(job.id)],
      ["place in the queue", job.place === null ? null : number(job.place)],
      ["now", isRunning ? currentEntity : null],
      ["rows per second", isRunning && throughput ? number(throughput) : null],
      ["time left", isRunning && etaSeconds !== null ? duration(etaSeconds) : null],
      ["created", dateTime(job.created)],
      ["took", job.started && job.ended ? elapsed(job.started, job.ended) : null],
      ["attempts", job.attempts > 1 ? number(job.attempts) : null],
    ]),
    job.notes.map((note) => h("p", { class: "note" }, note)),
    job.message && h("pre", { class: job.state === "failed" ? "message failed" : "message" }, job.message),
  );
}

/** The address of what a job has made; null where it has made nothing that a view shows. */
function product(job) {
  const { build, schema, out = "data", config = {} } = job.request;
  if (job.state !== "done") return null;
  if (job.kind === "check") return { text: "See what it found", address: buildPath(build, schema, "/check") };
  if (job.kind !== "build" || !job.summary || out.startsWith("database:")) return null;
  return { text: `Look at ${out}`, address: buildPath(out, isFile(out) ? config.schema : null) };
}

function isFile(out) {
  return /\.(duckdb|ddb)$/.test(out);
}

/** What a job has found out, where no other view shows it. */
async function finding(job, signal) {
  if (job.state !== "done") return [];
  if (job.kind === "diff") {
    const { a, b, schema } = job.request;
    return [
      h("h2", null, "Differences"),
      difference(await get(`/api/jobs/${job.id}/result`, signal), a, b),
      h("p", null, h("a", { href: withQuery("/compare", { a, b, schema }) }, "Compare them again")),
    ];
  }
  if (job.estimate) return [figures(job.estimate), byTable(job.estimate)];
  const isInDatabase = job.summary && job.request.out?.startsWith("database:");
  return isInDatabase ? [h("p", null, `${counted(total(job), "row")} are in ${job.request.out}.`)] : [];
}

function total(job) {
  return Object.values(job.summary.rows).reduce((sum, rows) => sum + rows, 0);
}
