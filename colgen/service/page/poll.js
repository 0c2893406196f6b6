// Looks at something again and again, for as long as a view is shown.

import { Unreachable, send } from "./api.js";

const FIRST_REST = 0.25; // seconds

/**
 * Each version of what is at a path, in the end one a second: what takes no time is seen at once. It survives a lost connection; other
 * problems are thrown. Asking again with the ETag costs next to nothing while nothing changes, and needs no stream to be kept alive.
 */
export async function* versions(path, signal, seconds = 1) {
  let tag = null;
  let rest = FIRST_REST;
  while (!signal.aborted) {
    try {
      const answer = await send("GET", path, { signal, headers: tag === null ? {} : { "If-None-Match": tag } });
      if (answer.status !== 304) {
        tag = answer.headers.get("ETag");
        yield answer.content;
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    await pause(rest, signal);
    rest = Math.min(2 * rest, seconds);
  }
}

/** Waits; at once over when the signal aborts. */
export function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

export function isUnfinished(job) {
  return ["queued", "running", "cancelling"].includes(job.state);
}
