// Which build is asked for. As a query it is the state of the form and a link to it; as a body the API takes it.
//
// The query has the names of the API's fields, and set=customers=500 for each single setting of the model.

const TEXTS = ["volume", "scenario", "format"];
const CONFIG_TEXTS = ["startDate", "endDate", "schema", "compression", "encoding"];
const FLAGS = ["check", "overwrite", "append"];

/** The body of an estimate or a preview. What is not a number goes as it is: the service says best what is wrong with it. */
export function planBody(query) {
  const config = { ...texts(query, CONFIG_TEXTS) };
  if (query.get("seed")) config.seed = query.get("seed"); // api.js sends its digits as a number, however many there are
  if (query.get("volumeMultiplier")) config.volumeMultiplier = numberOr(query.get("volumeMultiplier"));
  const settings = settingsOf(query);
  if (Object.keys(settings).length)
    config.settings = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, numberOr(value)]));
  if (query.has("tables")) config.tables = query.getAll("tables").filter(Boolean);
  return { model: query.get("model"), ...texts(query, TEXTS), config };
}

/** The body that starts a build. */
export function buildBody(query) {
  const body = planBody(query);
  for (const flag of FLAGS) if (query.has(flag)) body.config[flag] = true;
  return { ...body, out: query.get("out"), config: { ...body.config, dryRun: false } };
}

/** The query of a request that was made before. */
export function queryOfRequest(request) {
  const { settings, tables, ...config } = request.config ?? {};
  const query = new URLSearchParams();
  const values = { model: request.model, out: request.out, ...request, ...config };
  for (const name of ["model", "out", ...TEXTS, ...CONFIG_TEXTS, "seed", "volumeMultiplier"]) {
    if (values[name] !== undefined && values[name] !== null) query.set(name, values[name]);
  }
  for (const flag of FLAGS) if (config[flag]) query.set(flag, "1");
  for (const [name, value] of Object.entries(settings ?? {})) query.append("set", `${name}=${value}`);
  for (const table of tables ?? []) query.append("tables", table);
  return query;
}

/** The query that makes a build again, as far as the build says how it was made. */
export function queryOfBuild(build) {
  return queryOfRequest({
    model: build.model,
    volume: build.volume,
    scenario: build.scenario,
    format: build.format === "duckdb" ? undefined : build.format,
    out: build.name,
    config: {
      startDate: build.firstDay,
      endDate: build.lastDay,
      seed: build.seed,
      volumeMultiplier: build.scale === 1 ? undefined : build.scale,
      schema: build.schema ?? undefined,
      compression: build.compression ?? undefined,
      encoding: build.encoding ?? undefined,
      settings: build.settings,
    },
  });
}

/** The single settings of a query, by name. */
export function settingsOf(query) {
  return Object.fromEntries(query.getAll("set").map((pair) => pair.split(/=(.*)/s, 2)));
}

function texts(query, names) {
  return Object.fromEntries(names.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
}

function numberOr(text) {
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
