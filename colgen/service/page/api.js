// The service's API over fetch. Whatever goes wrong is a Problem, or Unreachable where there is no answer at all.

/** A refusal, as the service explains it (RFC 9457). errors: [{pointer, detail}] of the fields that are wrong. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || `the service answered with status ${status}`);
    this.status = status;
    this.errors = body?.errors ?? [];
  }
}

/** The service does not answer. */
export class Unreachable extends Error {
  constructor() {
    super("the service cannot be reached");
  }
}

/** Tells "lost" and "restored" as requests fail and succeed. */
export const connection = new EventTarget();
let isLost = false;

function tell(lost) {
  if (lost === isLost) return;
  isLost = lost;
  connection.dispatchEvent(new Event(lost ? "lost" : "restored"));
}

/** A request and its whole answer: {status, headers, content}. A 304 has no content. */
export async function send(method, path, { body, headers = {}, signal } = {}) {
  let response, text;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : stringify(body),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    tell(true);
    throw new Unreachable();
  }
  tell(false);
  const content = text && response.headers.get("Content-Type")?.includes("json") ? parse(text) : null;
  if (!response.ok && response.status !== 304) throw new Problem(response.status, content);
  return { status: response.status, headers: response.headers, content };
}

export async function get(path, signal) {
  return (await send("GET", path, { signal })).content;
}

export async function post(path, body, options = {}) {
  return (await send("POST", path, { body, ...options })).content;
}

/** The same, or null where there is nothing at the path. */
export async function getIfThere(path, signal) {
  try {
    return await get(path, signal);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** JSON whose whole numbers keep all their digits: those that a double does not hold become texts. */
function parse(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value, context) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) ? (context?.source ?? value) : value,
  );
}

/** The other way round for the one number that may be so long: a seed. */
function stringify(body) {
  return JSON.stringify(body).replace(/"seed":"(-?\d+)"/, (all, digits) => `"seed":${BigInt(digits)}`);
}
