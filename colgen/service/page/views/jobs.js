// The jobs, the latest first.

import { Unreachable, get } from "../api.js";
import { withQuery } from "../addresses.js";
import { h } from "../dom.js";
import { dateTime, elapsed } from "../format.js";
import { grid } from "../parts/grid.js";
import { badge, bar, subject } from "../parts/state.js";
import { isUnfinished, pause } from "../poll.js";

const STATES = ["queued", "running", "done", "failed", "cancelled", "interrupted"];
const IDLE_SECONDS = 5;

export async function jobs({ query, signal, run }) {
  const kept = { state: query.getAll("state"), limit: query.get("limit") };
  const address = withQuery("/api/jobs", { ...kept, cursor: query.get("cursor") });
  const first = await get(address, signal);
  const list = h("div", null, table(first.items));

  run(async () => {
    for (let items = first.items, shown = JSON.stringify(items); !signal.aborted;) {
      await pause(items.some(isUnfinished) ? 1 : IDLE_SECONDS, signal);
      if (signal.aborted || document.hidden) continue;
      items = (await get(address, signal).catch(ignoreLoss))?.items ?? items;
      if (JSON.stringify(items) === shown) continue;
      shown = JSON.stringify(items);
      redraw(list, table(items));
    }
  });

  const states = h(
    "nav",
    { class: "choices", "aria-label": "State" },
    [null, ...STATES].map((state) =>
      h(
        "a",
        { href: withQuery("/jobs", { state }), "aria-current": (query.get("state") ?? null) === state ? "true" : null },
        state ?? "all",
      ),
    ),
  );
  const pages = h(
    "nav",
    { class: "pages", "aria-label": "Pages" },
    query.has("cursor") && h("a", { href: withQuery("/jobs", kept) }, "Latest"),
    first.next !== null && h("a", { href: withQuery("/jobs", { ...kept, cursor: first.next }) }, "Older"),
  );
  return { title: "Jobs", content: h("div", null, states, list, pages) };
}

function table(items) {
  if (!items.length) return h("p", null, "There are no jobs here. ", h("a", { href: "/new" }, "Start a build"), ".");
  const rows = items.map((job) => [
    String(job.id),
    h("a", { id: `job-${job.id}`, href: `/jobs/${job.id}` }, subject(job)),
    badge(job),
    isUnfinished(job) ? bar(job) : job.message.split("\n")[0] || "",
    dateTime(job.created),
    job.started && job.ended ? elapsed(job.started, job.ended) : "",
  ]);
  const columns = [{ name: "job", isNumber: true }, "what", "state", "progress", "created", "took"];
  return grid({ caption: "Jobs", columns, rows });
}

/** Puts new content in place, with the focus on the same link. */
function redraw(element, content) {
  const id = element.contains(document.activeElement) ? document.activeElement.id : null;
  element.replaceChildren(content);
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

function ignoreLoss(error) {
  if (!(error instanceof Unreachable)) throw error;
  return null;
}
