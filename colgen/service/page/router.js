// The address is the state: draws the view of an address, and goes from one to the next without loading the page again.
//
// A view is a function of a place, {names, query, signal, run}, and resolves to {title, content, trail, json}:
//   signal  aborts when the view is left
//   run     does something in the background and shows what goes wrong
//   trail   [text, address] of what the view is within
//   json    whether the API has the same under <address>.json (true unless false)

import { Problem, Unreachable, connection } from "./api.js";
import { h } from "./dom.js";
import { signIn } from "./views/signin.js";

const OWN_VIEWS = /^\/(?:$|(?:new|jobs|builds|models|compare)(?:\/|$))/;
const main = document.getElementById("main");
const alertRegion = document.getElementById("alert");
let routes = [];
let leaving = new AbortController();
let drawn = "";

export function start(table) {
  routes = table;
  history.scrollRestoration = "manual";
  document.addEventListener("click", follow);
  addEventListener("popstate", () => drawn !== location.pathname + location.search && draw({ y: history.state?.y ?? 0 }));
  draw({ isFirst: true });
}

/** Goes to an address. replace: without an entry in the history. */
export function go(address, { replace = false } = {}) {
  const samePath = new URL(address, location.href).pathname === location.pathname;
  if (replace) history.replaceState({}, "", address);
  else {
    history.replaceState({ y: scrollY }, "");
    history.pushState({}, "", address);
  }
  return draw(samePath ? { keep: true } : {});
}

/** Draws the same view again. */
export function reload() {
  return draw({ keep: true });
}

/** Notes the state of a view in the address, without drawing it. */
export function noteQuery(query) {
  history.replaceState(history.state, "", query.size ? `?${query}` : location.pathname);
  drawn = location.pathname + location.search;
  markJson();
}

/** Shows an error that belongs to no field. */
export function showAlert(message) {
  const close = h("button", { type: "button", class: "quiet", onclick: clearAlert }, "Dismiss");
  alertRegion.replaceChildren(h("p", null, sentence(message)), close);
}

export function clearAlert() {
  alertRegion.replaceChildren();
}

/** The service's messages start small, since they also stand behind a colon. */
function sentence(message) {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (link.target || link.hasAttribute("download") || url.origin !== location.origin) return;
  if (!OWN_VIEWS.test(url.pathname) || url.pathname.endsWith(".json") || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  go(url.href);
}

function find(pathname) {
  const parts = pathname.replace(/\/$/, "").split("/");
  for (const [pattern, view] of routes) {
    const expected = pattern.replace(/\/$/, "").split("/");
    if (expected.length !== parts.length || !expected.every((part, at) => part.startsWith(":") || part === parts[at])) continue;
    const names = {};
    expected.forEach((part, at) => part.startsWith(":") && (names[part.slice(1)] = decodeURIComponent(parts[at])));
    return { view, names };
  }
  return { view: nothingHere, names: {} };
}

async function nothingHere() {
  throw new Problem(404, { detail: `there is nothing at ${location.pathname}` });
}

/** keep: the same view goes on, with focus and scroll where they were. y: where to scroll to. */
async function draw({ isFirst = false, keep = false, y = 0 } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  drawn = location.pathname + location.search;
  clearAlert();
  main.setAttribute("aria-busy", "true");
  markNavigation();
  const run = (task) => task().catch((error) => !signal.aborted && fail(error));
  const shown = await load(signal, run);
  if (signal.aborted) return;
  const before = { id: document.activeElement?.id, x: main.querySelector(".scroll")?.scrollLeft ?? 0 };
  document.title = `${shown.title} · colgen`;
  const heading = h("h1", { tabindex: "-1" }, shown.title);
  const json = shown.json === false ? null : h("a", { id: "json", class: "json", href: "" }, "JSON");
  main.replaceChildren(trail(shown.trail ?? []), h("div", { class: "heading" }, heading, json), shown.content);
  main.removeAttribute("aria-busy");
  markJson();
  if (keep) {
    const box = main.querySelector(".scroll");
    if (box) box.scrollLeft = before.x;
    (document.getElementById(before.id) ?? heading).focus({ preventScroll: true });
  } else {
    if (!isFirst) heading.focus({ preventScroll: true });
    scrollTo(0, y);
  }
}

async function load(signal, run) {
  try {
    const { view, names } = find(location.pathname);
    return await view({ names, query: new URLSearchParams(location.search), signal, run });
  } catch (error) {
    return signal.aborted ? null : failed(error, signal);
  }
}

function failed(error, signal) {
  if (error instanceof Problem && error.status === 401) return signIn(reload);
  if (error instanceof Unreachable) {
    connection.addEventListener("restored", reload, { signal, once: true });
    return { title: "No connection", json: false, content: h("p", null, "This view will be shown as soon as the service answers.") };
  }
  if (!(error instanceof Problem)) console.error(error);
  const again = h("button", { type: "button", onclick: reload }, "Try again");
  const title = error.status === 404 ? "Not found" : "This cannot be shown";
  return { title, json: false, content: h("div", null, h("p", null, sentence(error.message)), again) };
}

/** A view that is drawn already has failed in the background. */
function fail(error) {
  if (error instanceof Problem && error.status === 401) reload();
  else if (!(error instanceof Unreachable)) showAlert(error.message);
  if (!(error instanceof Problem || error instanceof Unreachable)) console.error(error);
}

function trail(steps) {
  if (!steps.length) return "";
  return h(
    "nav",
    { class: "trail", "aria-label": "Where you are" },
    h(
      "ol",
      null,
      steps.map(([text, address]) => h("li", null, h("a", { href: address }, text))),
    ),
  );
}

function markNavigation() {
  const [, first] = (location.pathname === "/" ? "/new" : location.pathname).split("/");
  for (const link of document.querySelectorAll(".top nav a")) {
    const own = link.getAttribute("href") === `/${first}`;
    if (own) link.setAttribute("aria-current", location.pathname === `/${first}` || location.pathname === "/" ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
}

function markJson() {
  document.getElementById("json")?.setAttribute("href", `${location.pathname.replace(/\/$/, "")}.json${location.search}`);
}
