// Elements, made one way only: what is shown becomes a text node, so nothing in the data is ever read as HTML.

/**
 * An element.
 * properties: attributes, and listeners under names such as onclick; null, undefined and false leave one out
 * children: nodes, texts and arrays of these; null, undefined and false are skipped
 */
export function h(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (isNothing(value)) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => !isNothing(child)));
  return element;
}

function isNothing(value) {
  return value === null || value === undefined || value === false;
}

/** Changes a text only where it differs: screen readers announce every change of a live region. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let count = 0;

/** An id that nothing else has. */
export function newId(stem) {
  count += 1;
  return `${stem}-${count}`;
}

/** A list of terms and what each is; those without a value are left out. */
export function facts(entries) {
  const shown = entries.filter(([, value]) => !isNothing(value) && value !== "");
  return h(
    "dl",
    { class: "facts" },
    shown.map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))),
  );
}

/** A box that scrolls sideways by itself, and can be reached by keyboard while it does. */
export function scrollBox(label, ...children) {
  const box = h("div", { class: "scroll", role: "region", "aria-label": label }, ...children);
  new ResizeObserver(() => {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }).observe(box);
  return box;
}
