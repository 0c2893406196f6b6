// Whether somebody has signed in here. The cookie cannot be seen by scripts, so the tab itself remembers.

import { send } from "./api.js";

const KEY = "colgen.signedIn";
const button = document.getElementById("sign-out");

/** onSignedOut: shows what one sees without a token; onFailure: says why one is still signed in */
export function watchSession(onSignedOut, onFailure) {
  show();
  button.addEventListener("click", async () => {
    try {
      await send("DELETE", "/api/session");
    } catch (error) {
      if (error.status !== 401) return onFailure(error.message);
    }
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
