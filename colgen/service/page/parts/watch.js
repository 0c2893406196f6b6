// A job that a view has started for itself: followed in place until it ends.

import { h, setText } from "../dom.js";
import { isUnfinished, versions } from "../poll.js";
import { bar, sentence } from "./state.js";

/** Shows a job within an element; whether it is done in the end. Where it is not, the element says why. */
export async function watchJob(id, element, signal) {
  const said = h("p", { role: "status" });
  const place = h("p");
  element.replaceChildren(h("div", { class: "watched" }, place, said, h("a", { href: `/jobs/${id}` }, `Job ${id}`)));
  for await (const job of versions(`/api/jobs/${id}`, signal)) {
    setText(said, sentence(job));
    if (isUnfinished(job)) {
      place.replaceChildren(bar(job));
      continue;
    }
    place.replaceChildren();
    if (job.message) place.append(h("span", { class: "message" }, job.message));
    return job.state === "done";
  }
  return false;
}
