// Whether somebody has signed in here. The cookie cannot be seen by scripts, so the tab itself remembers.

import { send } from "./api.js";

const KEY = "colgen.signedIn";
const button = document.getElementById("sign-out");

/** onSignedOut: shows what one sees without a token */
export function watchSession(onSignedOut) {
  show();
  button.addEventListener("click", async () => {
    await send("DELETE", "/api/session").catch(() => null); // the service tells the page by itself that it is gone
    note(false);
    onSignedOut();
  });
}

export function note(isSignedIn) {
  if (isSignedIn) sessionStorage.setItem(KEY, "1");
  else sessionStorage.removeItem(KEY);
  show();
}

function show() {
  button.hidden = !sessionStorage.getItem(KEY);
}
