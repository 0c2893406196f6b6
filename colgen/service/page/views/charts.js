// The charts of a build. They are a page of their own, with a policy of its own, in a frame of the same origin.

import { get } from "../api.js";
import { api, buildPath } from "../addresses.js";
import { h } from "../dom.js";
import { showAlert } from "../router.js";

export async function charts({ names, query, signal }) {
  const schema = query.get("schema");
  await get(api(buildPath(names.build, schema)), signal);
  const title = `Charts of ${names.build}`;
  const frame = h("iframe", {
    class: "charts",
    src: api(buildPath(names.build, schema, "/charts")),
    title,
    onload: () => fit(frame, signal),
  });
  return {
    title,
    json: false,
    trail: [
      ["Builds", "/builds"],
      [names.build, buildPath(names.build, schema)],
    ],
    content: frame,
  };
}

/** Makes the frame as high as what is in it; a refusal comes as JSON, and is shown like any other. */
function fit(frame, signal) {
  const inner = frame.contentDocument;
  if (!inner) return;
  if (inner.contentType !== "text/html") {
    frame.hidden = true;
    showAlert(refusal(inner.body.textContent));
    return;
  }
  const observer = new ResizeObserver(() => (frame.style.height = `${inner.documentElement.offsetHeight + 20}px`));
  observer.observe(inner.documentElement);
  signal.addEventListener("abort", () => observer.disconnect());
}

function refusal(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return "the charts could not be made";
  }
}
