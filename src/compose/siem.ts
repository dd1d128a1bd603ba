/** The way to a SIEM: what ships the audit log there. */
import { hostname } from 'node:os';
import { AuditError } from '../audit/errors.ts';
import type { Verifier } from '../audit/note.ts';
import { lastSignedOutside } from '../audit/sign-and-keep.ts';
import type { Env } from '../config/secrets.ts';
import { FORMATS, parseDestination } from '../siem/destination.ts';
import type { Format, SiemDestination } from '../siem/destination.ts';
import { fileSink } from '../siem/file-sink.ts';
import { httpSink } from '../siem/http-sink.ts';
import type { Shipping } from '../siem/ship.ts';
import type { Sink } from '../siem/sink.ts';
import { socketSink } from '../siem/socket-sink.ts';
import { keepingOf } from './audit-keys.ts';
import { readNamedFile, readSecretOf } from './secrets.ts';

export interface ShippingParts {
  readonly env: Env;
  readonly now: () => number;
  /** Of this program. */
  readonly version: string;
  /** Its name is the log's. */
  readonly verifier: Verifier;
  readonly to: string;
  readonly format: Format;
}

export async function composeShipping({ env, now, version, verifier, to, format }: ShippingParts): Promise<Shipping> {
  const destination = parseDestination(to);
  const { name: origin } = verifier;
  const sender = { origin, host: hostname(), productVersion: version };
  const sink = await sinkOf(env, destination, format, origin);
  const kept = () => lastSignedOutside(verifier, keepingOf({ env }));
  return { sink, format, destination: destination.name, sender, now, kept };
}

async function sinkOf(env: Env, destination: SiemDestination, format: Format, origin: string): Promise<Sink> {
  if (destination.kind === 'file') return fileSink(destination.path, format, origin);
  const caFile = env['SIEM_CA_FILE'];
  const ca = caFile ? await readNamedFile('SIEM_CA_FILE', caFile) : undefined;
  if (destination.kind === 'http')
    return httpSink({ url: destination.url, format, ca, token: readSecretOf({ env }, 'SIEM_TOKEN') });
  return socketSink({ kind: destination.kind, host: destination.host, port: destination.port, format, ca });
}

/** What the workers ship to by themselves: AUDIT_SHIP_TO, as AUDIT_SHIP_FORMAT; null where nothing is said. */
export function shippingOf(env: Env): { readonly to: string; readonly format: Format } | null {
  const to = env['AUDIT_SHIP_TO'];
  if (!to) return null;
  const given = env['AUDIT_SHIP_FORMAT'] || 'ocsf';
  const format = FORMATS.find((one) => one === given);
  if (format !== undefined) return { to, format };
  throw new AuditError(
    'ship-destination-invalid',
    `AUDIT_SHIP_FORMAT is "${given}".`,
    `Expected one of ${FORMATS.join(', ')}.`,
  );
}
