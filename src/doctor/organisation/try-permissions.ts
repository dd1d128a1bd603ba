/** Whether our client may do what a target needs: by trying what only reads, and by what its roles are said to grant. */
import type { GenesysClient } from '../../genesys/client.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Seen, SeenPermission } from '../finding.ts';
import { NEEDS, roleWith } from './permissions.ts';
import type { Need, RealTarget } from './permissions.ts';

type Access = SeenPermission['access'];

/** One finding for each need. `named`: those without which the organisation is no use; a lack of others is a hint. */
export async function checkPermissions(
  client: GenesysClient,
  now: number,
  named: readonly RealTarget[],
): Promise<Seen[]> {
  const needs = NEEDS.filter(({ target }) => named.length === 0 || named.includes(target));
  const needed = [...new Set(needs.flatMap(({ permissions }) => permissions))];
  const grants = await client.organisation.grants().catch(() => null);
  const seen = new Map<string, Access>();
  for (const name of needed) {
    const tried = await tryOne(client, now, name);
    const told = grants === null ? 'unknown' : roleWith(name, grants) === null ? 'refused' : 'granted';
    seen.set(name, tried === 'unknown' ? told : tried);
  }
  return needs.map((need) => findingOf(need, seen, named.length > 0 && need.isOptional !== true));
}

function findingOf(need: Need, seen: ReadonlyMap<string, Access>, isMust: boolean): Seen {
  const permissions = need.permissions.map((name) => ({ name, access: seen.get(name) ?? ('unknown' as const) }));
  const namesWith = (access: Access) => permissions.filter((one) => one.access === access).map(({ name }) => name);
  const [granted, refused, unknown] = [namesWith('granted'), namesWith('refused'), namesWith('unknown')];
  const says = (word: string, names: readonly string[]) => (names.length === 0 ? [] : [`${word} ${names.join(', ')}`]);
  const found = {
    check: `permissions of ${need.name}`,
    seen: [...says('may', granted), ...says('may not', refused), ...says('not told:', unknown)].join('; '),
    permissions,
  };
  if (refused.length > 0)
    return {
      ...found,
      level: isMust ? 'error' : 'warning',
      expected: 'all that the target needs, in the divisions of its queues',
      wayOut: `Give a role of the OAuth client ${refused.join(', ')}; a change takes some 10 seconds.`,
    };
  if (unknown.length === 0) return { ...found, level: 'ok' };
  const wayOut = 'Look at the roles of the OAuth client: what writes is not tried, and its roles were not told.';
  return { ...found, level: 'notChecked', expected: 'all that the target needs', wayOut };
}

/** `unknown` where nothing that only reads would tell. A 404 comes from behind the check of the permission. */
async function tryOne(client: GenesysClient, now: number, permission: string): Promise<Access> {
  const attempt = READS[permission];
  if (attempt === undefined) return 'unknown';
  try {
    await attempt(client, { fromMs: now - HOUR_MS, toMs: now });
    return 'granted';
  } catch (error) {
    if (isGenesysError(error, 'forbidden')) return 'refused';
    return isGenesysError(error, 'notFound') ? 'granted' : 'unknown';
  }
}

const HOUR_MS = 60 * 60_000;
/** Of the right form, and of nothing. */
const NOWHERE = '00000000-0000-4000-8000-000000000000';

type Attempt = (client: GenesysClient, span: { readonly fromMs: number; readonly toMs: number }) => Promise<unknown>;

/** The first page of each is enough. */
const READS: Readonly<Record<string, Attempt>> = {
  'integrations:integration:view': ({ integrations }) =>
    integrations.findByName('embedded-client-app-interaction-widget', ''),
  'routing:queue:view': ({ people }) => people.queues().next(),
  'analytics:conversationDetail:view': ({ conversations }, span) => conversations.details(span).next(),
  'assistants:assistant:view': ({ assistants }) => assistants.list().next(),
  'assistants:copilot:view': ({ organisation }) => organisation.copilotFeatures(),
  'assistants:queue:view': ({ assistants }) => assistants.queuesAmong([NOWHERE]),
  'conversation:suggestion:view': ({ suggestions }) => suggestions.get(NOWHERE, NOWHERE),
  'analytics:conversationAggregate:view': ({ aggregates }, span) =>
    aggregates.conversations({ ...span, metrics: ['nConnected'] }),
};
