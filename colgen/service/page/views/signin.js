// Where the service has a token: type it once, and a cookie that no script can read keeps it.

import { Problem, post } from "../api.js";
import { h } from "../dom.js";
import { field, focusMistake, showMistake, clearMistakes } from "../parts/fields.js";
import * as session from "../session.js";

/** onSuccess: goes on with what needed the token */
export function signIn(onSuccess) {
  const token = h("input", { type: "password", name: "token", autocomplete: "current-password", required: true, maxlength: 1000 });
  const form = h(
    "form",
    { class: "narrow", onsubmit: submit },
    field("Token", token, { hint: "The text that the service was started with: COLGEN_TOKEN, or the file of --token-file." }),
    h("div", { class: "buttons" }, h("button", { class: "main" }, "Sign in")),
  );

  async function submit(event) {
    event.preventDefault();
    clearMistakes(form);
    try {
      await post("/api/session", { token: token.value });
    } catch (error) {
      showMistake(token, error instanceof Problem && error.status === 401 ? "This is not the token of this service." : error.message);
      focusMistake(form);
      return;
    }
    session.note(true);
    onSuccess();
  }

  return { title: "Sign in", json: false, content: form };
}
