/**
 * One translation of values for both drivers, so that a query answers the same JavaScript values whichever runs it.
 * The drivers' own defaults differ: bigint, interval, bytea and date each come back as different types.
 */

const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  json: 114,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  numeric: 1700,
  jsonb: 3802,
} as const;

type Parser = (text: string) => unknown;

const asText: Parser = (text) => text;

/** Scalars whose value is pinned; every other type has the same value in both drivers already. */
export const PARSERS: Readonly<Record<number, Parser>> = {
  [OID.bytea]: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')),
  [OID.int8]: parseBigint,
  [OID.json]: (text) => JSON.parse(text) as unknown,
  [OID.jsonb]: (text) => JSON.parse(text) as unknown,
  [OID.timestamptz]: parseInstant,
  [OID.date]: asText,
  [OID.timestamp]: asText,
  [OID.interval]: asText,
  [OID.numeric]: asText,
};

/**
 * A parameter as the text that PostgreSQL reads: Date as ISO, bytes as hex, array as array literal, object as JSON.
 * For a JSON array pass `jsonText(array)`: an array here is a PostgreSQL array.
 */
export function encodeParam(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return encodeArray(value);
  if (typeof value === 'object') return jsonText(value);
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value.toString();
  throw new TypeError(`A ${typeof value} cannot be a parameter of a query.`);
}

/** PostgreSQL keeps neither NUL nor half a pair: what comes from outside with one would be refused at each attempt. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

const NOT_STORABLE = /\\u(0000|d[89a-f])/i;

/** As `JSON.stringify`, of what jsonb takes. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return NOT_STORABLE.test(text) ? JSON.stringify(storableDeep(JSON.parse(text))) : text;
}

function storableDeep(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [storable(name), storableDeep(one)]));
}

function encodeArray(values: readonly unknown[]): string {
  return `{${values.map(encodeElement).join(',')}}`;
}

function encodeElement(value: unknown): string {
  const text = encodeParam(value);
  if (text === null) return 'NULL';
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The bigint ${text} does not fit a JavaScript number exactly.`);
  return value;
}

/** `2026-11-22 17:13:57.123456+05:30`: the offset may be `+00`, `+05:30`, or hold seconds for dates long ago. */
function parseInstant(text: string): Date {
  const [, day, time, sign, hours, minutes] = /^(\d{4,}-\d\d-\d\d) ([\d:.]+)([+-])(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  return new Date(`${day}T${time}${sign}${hours}:${minutes ?? '00'}`);
}
