/** The destinations that the environment names, all problems together. */
import { z } from 'zod';
import { WEBHOOK_SECRET_FORM } from '../webhooks/secret.ts';
import { DestinationRefused, checkDestination, destinationSchema } from './destination.ts';
import type { Destination } from './destination.ts';
import { listOf } from './list.ts';

export interface ForwardVariables {
  readonly COACHING_URL?: string | undefined;
  readonly COACHING_SIGNING_SECRET?: string | null | undefined;
  readonly COACHING_DESTINATIONS?: string | null | undefined;
  readonly COACHING_ALLOWED_HOSTS?: string | undefined;
}

type Report = (name: string, message: string) => void;

/**
 * Null where nothing is said; an empty list says that there are none. Never repeats a value: it may be a secret.
 */
export function readDestinations(variables: ForwardVariables, report: Report): readonly Destination[] | null {
  if (!variables.COACHING_URL && !variables.COACHING_DESTINATIONS) return null;
  const hosts = listOf(variables.COACHING_ALLOWED_HOSTS);
  const allowed = hosts.length > 0 ? hosts : null;
  const found = [...single(variables, report), ...several(variables.COACHING_DESTINATIONS, report)];
  const names = found.map(({ name }) => name);
  if (new Set(names).size < names.length)
    report('COACHING_DESTINATIONS', 'names a destination twice; COACHING_URL is named "coaching"');
  for (const destination of found) {
    try {
      checkDestination(destination, allowed);
    } catch (error) {
      if (!(error instanceof DestinationRefused)) throw error;
      report(variables.COACHING_DESTINATIONS ? 'COACHING_DESTINATIONS' : 'COACHING_URL', error.message);
    }
  }
  return found;
}

function single(
  { COACHING_URL: url, COACHING_SIGNING_SECRET: secrets }: ForwardVariables,
  report: Report,
): Destination[] {
  if (!url) return [];
  const parsed = destinationSchema.safeParse({ name: 'coaching', url, signingSecrets: listOf(secrets) });
  if (parsed.success) return [parsed.data];
  report(
    'COACHING_SIGNING_SECRET',
    `is not set or holds no secret of the form ${WEBHOOK_SECRET_FORM}; COACHING_URL needs one to sign with`,
  );
  return [];
}

function several(text: string | null | undefined, report: Report): Destination[] {
  if (!text) return [];
  const parsed = z.array(destinationSchema).max(16).safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  report(
    'COACHING_DESTINATIONS',
    'is not a JSON list of {"name", "url", "signingSecrets": [...], "events"?, "metrics"?}: ' +
      `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}`,
  );
  return [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
