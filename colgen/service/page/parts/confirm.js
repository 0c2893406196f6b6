// A question before something that cannot be undone: one types the name of what it is about.

import { h, newId } from "../dom.js";

/** Asks; act is called when the name was typed and the button pressed. What it throws is shown in the dialog. */
export function confirmByName({ title, explanation, name, verb, act }) {
  const mistake = h("p", { class: "mistake", role: "alert" });
  const input = h("input", { id: newId("confirm"), autocomplete: "off", autocapitalize: "off", spellcheck: "false", oninput: allow });
  const go = h("button", { class: "danger", disabled: true }, verb);
  const heading = h("h2", { id: newId("question") }, title);
  const form = h(
    "form",
    { onsubmit: submit },
    heading,
    h("p", null, explanation),
    h("div", { class: "field" }, h("label", { for: input.id }, "Type ", h("strong", null, name), " to confirm"), input),
    mistake,
    h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), go),
  );
  const dialog = h("dialog", { "aria-labelledby": heading.id, onclose: () => dialog.remove() }, form);

  function allow() {
    go.disabled = input.value !== name;
  }

  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    try {
      await act();
      dialog.close();
    } catch (error) {
      mistake.textContent = error.message;
      allow();
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}
