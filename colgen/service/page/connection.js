// Says that the service is gone, and looks until it is back.

import { connection, get } from "./api.js";

const SECONDS = 2;

export function watchConnection() {
  const line = document.getElementById("connection");
  connection.addEventListener("lost", () => {
    line.textContent = "The service cannot be reached. Trying again…";
    look();
  });
  connection.addEventListener("restored", () => {
    line.textContent = "";
  });
}

function look() {
  setTimeout(() => get("/healthz").catch(look), SECONDS * 1000);
}
