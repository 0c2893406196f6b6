// Numbers, sizes and times in words.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function number(value) {
  return whole.format(value);
}

/** A count and its unit: "1 row", "2,000 rows". */
export function counted(value, unit, units = `${unit}s`) {
  return `${number(value)} ${value === 1 ? unit : units}`;
}

export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let power = 0;
  while (value >= 999.5 && power < units.length - 1) {
    value /= 1000;
    power += 1;
  }
  return `${power && value < 99.5 ? value.toPrecision(value < 9.95 ? 2 : 3) : whole.format(value)} ${units[power]}`;
}

export function duration(seconds) {
  if (seconds < 1) return "under a second";
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(seconds / 3600);
  if (hours < 72) return `${hours} h`;
  return `${whole.format(Math.round(seconds / 86400))} days`;
}

export function percent(share) {
  return `${Math.floor(100 * share)}%`;
}

/** A point in time in the reader's own time zone. */
export function dateTime(iso) {
  return moment.format(new Date(iso));
}

/** Between two points in time. */
export function elapsed(from, to) {
  return duration((new Date(to) - new Date(from)) / 1000);
}
