/** Years that a sign-in can speak of; anything else is a unit nobody meant. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);
/** Seconds since the epoch stay below this until the year 5138, milliseconds are above it since 1973. */
const LARGEST_SECONDS = 1e11;

/** Fractions may have nine digits; AWS' command line wrote `UTC` for the zone for years (amazon-q.md §9.6). */
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)? ?(Z|UTC|[+-]\d\d:?\d\d(?::\d\d)?)?$/i;

/**
 * A moment as credential files write it: ISO 8601 with or without a zone (UTC then) and with any number of fractional
 * digits, or seconds or milliseconds since the epoch, as a number or as text.
 * @returns undefined for anything else
 */
export function parseInstant(value: unknown): Date | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return fromEpoch(Number(text));
  const [, day, time, fraction = '', zone = 'Z'] = TIME.exec(text) ?? [];
  if (day === undefined || time === undefined || !isDay(day)) return undefined;
  return plausible(Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${isoZone(zone)}`));
}

/** The engine takes the 31st of February for the 3rd of March. */
function isDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}

function isoZone(zone: string): string {
  if (/^(Z|UTC)$/i.test(zone)) return 'Z';
  const digits = zone.replaceAll(':', '');
  return `${digits.slice(0, 3)}:${digits.slice(3, 5)}`;
}

function fromEpoch(value: number): Date | undefined {
  return plausible(Math.round(value < LARGEST_SECONDS ? value * 1000 : value));
}

function plausible(milliseconds: number): Date | undefined {
  return milliseconds >= EARLIEST && milliseconds < LATEST ? new Date(milliseconds) : undefined;
}
