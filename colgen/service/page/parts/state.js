// The state of a job: in a word, in one sentence, and as a bar.

import { h } from "../dom.js";
import { duration, percent } from "../format.js";

export function badge(job) {
  return h("span", { class: `state ${job.state}` }, word(job));
}

function word(job) {
  return job.state === "running" && job.stage ? job.stage : job.state;
}

/** What a job is about: "build shop", "check shop", "compare a and b". */
export function subject(job) {
  if (job.kind === "check") return `Check ${job.request.build}`;
  if (job.kind === "diff") return `Compare ${job.request.a} and ${job.request.b}`;
  const name = job.request.out ?? job.target?.split("/").pop() ?? "data";
  return job.target === null ? `Estimate ${job.request.model ?? "a build"}` : `Build ${name}`;
}

export function bar(job) {
  const value = job.progress.progressPercent;
  return h("progress", {
    max: 100,
    value: job.state === "running" && job.stage === "starting" ? null : value,
    "aria-label": `${subject(job)}: ${Math.floor(value)}%`,
  });
}

/** How a job gets on, for a live region. */
export function sentence(job) {
  if (job.state === "queued") return job.place ? `Waiting, number ${job.place} in the queue.` : "Waiting.";
  if (job.state !== "running") return `${job.state.charAt(0).toUpperCase()}${job.state.slice(1)}.`;
  const { progressPercent, etaSeconds } = job.progress;
  const left = etaSeconds === null ? "" : `, ${duration(etaSeconds)} left`;
  return `${word(job)}, ${percent(progressPercent / 100)}${left}.`;
}
