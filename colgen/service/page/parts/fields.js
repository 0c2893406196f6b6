// Labelled controls, and mistakes shown where they were made.

import { h, newId } from "../dom.js";

/**
 * A control with its label, a hint, and room for what is wrong with it.
 * pointer: which field of a request it is, as problems name it; several may be given
 */
export function field(label, control, { hint, pointer } = {}) {
  control.id ||= newId("field");
  const isBox = control.type === "checkbox";
  const note = hint === undefined ? null : h("p", { class: "hint", id: `${control.id}-hint` }, hint);
  const mistake = h("p", { class: "mistake", id: `${control.id}-mistake` });
  control.setAttribute("aria-describedby", `${note ? `${note.id} ` : ""}${mistake.id}`);
  if (pointer) control.dataset.pointer = pointer;
  const name = h("label", { for: control.id }, label);
  return h("div", { class: isBox ? "field box" : "field" }, isBox ? [control, name] : [name, control], note, mistake);
}

/** A select; options are values, or [value, text]. */
export function select(properties, options, chosen) {
  const element = h("select", properties);
  offer(element, options, chosen);
  return element;
}

/** Gives a select other options. */
export function offer(element, options, chosen) {
  const pairs = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  element.replaceChildren(...pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
}

/** Shows mistakes, [{pointer, detail}], at their fields within a form; returns those that have none. */
export function showMistakes(form, errors) {
  clearMistakes(form);
  return errors.filter(({ pointer, detail }) => {
    const control = [...form.querySelectorAll("[data-pointer]")].find((each) => each.dataset.pointer === pointer);
    if (!control) return true;
    showMistake(control, detail);
    return false;
  });
}

export function showMistake(control, detail) {
  control.setAttribute("aria-invalid", "true");
  const line = document.getElementById(`${control.id}-mistake`);
  line.textContent = line.textContent ? `${line.textContent}; ${detail}` : detail;
  control.closest("details")?.setAttribute("open", "");
}

export function clearMistakes(form) {
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  for (const line of form.querySelectorAll(".mistake")) line.textContent = "";
}

/** Moves the focus to the first field that is wrong; whether there is one. */
export function focusMistake(form) {
  const wrong = form.querySelector("[aria-invalid]");
  (wrong?.matches("fieldset") ? wrong.querySelector("input") : wrong)?.focus();
  return Boolean(wrong);
}
