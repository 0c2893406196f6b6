// Tabs as ARIA describes them: arrow keys, Home and End move between them, and one at a time can be reached with Tab.

import { h, newId } from "../dom.js";

/** items: [{name, content}] with content a function that makes the panel; it is called when its tab is first shown. */
export function tabs(label, items, chosen, onChoose) {
  const stem = newId("tabs");
  const buttons = items.map(({ name }, at) =>
    h(
      "button",
      { type: "button", role: "tab", id: `${stem}-${at}`, "aria-controls": `${stem}-${at}-panel`, onclick: () => choose(at) },
      name,
    ),
  );
  const panels = items.map((item, at) =>
    h("div", { role: "tabpanel", id: `${stem}-${at}-panel`, "aria-labelledby": `${stem}-${at}`, hidden: true }),
  );

  function choose(at) {
    buttons.forEach((button, each) => {
      button.setAttribute("aria-selected", String(each === at));
      button.tabIndex = each === at ? 0 : -1;
      panels[each].hidden = each !== at;
    });
    if (!panels[at].hasChildNodes()) panels[at].append(items[at].content());
    onChoose(items[at].name);
  }

  function move(event) {
    const now = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const at = (to + buttons.length) % buttons.length;
    choose(at);
    buttons[at].focus();
  }

  choose(
    Math.max(
      0,
      items.findIndex(({ name }) => name === chosen),
    ),
  );
  return h("div", { class: "tabs" }, h("div", { role: "tablist", "aria-label": label, onkeydown: move }, buttons), panels);
}
