// Addresses. Those of the page mirror the API's: /builds/shop shows what /api/builds/shop answers.

/** A path with its names escaped: path`/builds/${name}`. */
export function path(parts, ...names) {
  return String.raw({ raw: parts }, ...names.map((name) => encodeURIComponent(name)));
}

/** A path with a query; a value may be an array, and what is null or empty is left out. */
export function withQuery(base, values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const each of [value].flat()) if (each !== null && each !== undefined && each !== "") query.append(name, each);
  }
  return query.size ? `${base}?${query}` : base;
}

/** A build, or what is below it. */
export function buildPath(name, schema, below = "", query = {}) {
  return withQuery(path`/builds/${name}` + below, { schema, ...query });
}

export function tablePath(build, schema, table, query = {}) {
  return buildPath(build, schema, path`/tables/${table}`, query);
}

/** The same address in the API. */
export function api(address) {
  return `/api${address}`;
}

/** What one downloads: a table, or without one a zip of all. */
export function exportPath(build, schema, format, table) {
  return api(buildPath(build, schema, "/export", { table, format }));
}

export const EXPORT_FORMATS = ["csv", "jsonl", "json", "parquet"];
