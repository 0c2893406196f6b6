// Which view is at which address, and the start of the page.

import { watchConnection } from "./connection.js";
import { reload, showAlert, start } from "./router.js";
import { watchSession } from "./session.js";
import { newBuild } from "./views/new.js";
import { jobs } from "./views/jobs.js";
import { job } from "./views/job.js";
import { builds } from "./views/builds.js";
import { build } from "./views/build.js";
import { rows } from "./views/rows.js";
import { check } from "./views/check.js";
import { charts } from "./views/charts.js";
import { report } from "./views/report.js";
import { compare } from "./views/compare.js";
import { models } from "./views/models.js";
import { model } from "./views/model.js";

watchConnection();
watchSession(reload, showAlert);
start([
  ["/", newBuild],
  ["/new", newBuild],
  ["/jobs", jobs],
  ["/jobs/:id", job],
  ["/builds", builds],
  ["/builds/:build", build],
  ["/builds/:build/tables/:table", rows],
  ["/builds/:build/check", check],
  ["/builds/:build/charts", charts],
  ["/builds/:build/reports/:report", report],
  ["/models", models],
  ["/models/:model", model],
  ["/compare", compare],
]);
