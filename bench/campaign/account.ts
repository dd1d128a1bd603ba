/** What must stand there once, counted where it stands: in the database and in the organisation. */
import { Client } from 'pg';
import type { CallOrganisation } from '../lib/organisation-call.ts';
import type { Played } from './rollout.ts';

interface Entry {
  readonly action: string;
  readonly rollout_id: string;
  readonly act: string;
  readonly reason: string;
  readonly was: string | null;
  readonly became: string | null;
  /** It stands under another key than its own, which another text has taken. */
  readonly taken: string | null;
}

export interface Account {
  /** A sentence for each thing that stands there twice. */
  readonly duplicates: readonly string[];
  /** And for each act that was taken and is not on record. */
  readonly missing: readonly string[];
}

export async function takeAccount(
  databaseUrl: string,
  call: CallOrganisation,
  all: readonly Played[],
): Promise<Account> {
  const names = all.map(({ planned }) => planned.action);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: entries } = await client.query<Entry>(
      `select action, rollout_id, act, reason, before->>'phase' as was, after->>'phase' as became,
         details->>'keyTaken' as taken from audit where action = any($1) order by seq`,
      [names],
    );
    const { rows: messages } = await client.query<{ readonly what: string }>(
      `select rollout_id || ' ' || event || ' ' || headline as what from message_log where rollout_id = any($1)
       group by rollout_id, event, headline, destination having count(*) > 1`,
      [[...new Set(entries.map(({ rollout_id }) => rollout_id))]],
    );
    return {
      duplicates: [
        ...endsTwice(entries),
        ...actsTwice(entries, all),
        ...entries.flatMap(({ action, act, reason, taken }) =>
          taken === null ? [] : [`${action}: on record in two wordings: ${act}: ${reason}`],
        ),
        ...messages.map(({ what }) => `message sent twice: ${what}`),
        ...(await exportsTwice(call)),
      ],
      missing: all
        .filter(({ planned }) => !ENDED_RUNS.includes(planned.hand ?? ''))
        .flatMap(({ taken }) =>
          [...taken]
            .filter((reason) => !entries.some((entry) => entry.reason === reason))
            .map((reason) => `not on record: ${reason}`),
        ),
    };
  } finally {
    await client.end();
  }
}

/** Whose run was ended from outside may have taken an act that nobody could write down any more. */
const ENDED_RUNS: readonly string[] = ['terminate', 'reset'];
const ENDS = ['promoted', 'rolledBack', 'rejected', 'retired', 'undone'];

function endsTwice(entries: readonly Entry[]): string[] {
  const ends = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (!ENDS.includes(entry.became ?? '') || ENDS.includes(entry.was ?? '')) continue;
    ends.set(entry.rollout_id, [...(ends.get(entry.rollout_id) ?? []), entry]);
  }
  return [...ends.values()]
    .filter((found) => found.length > 1)
    .map((found) => `${found[0]?.action} ended ${found.length} times: ${found.map(({ became }) => became).join(', ')}`);
}

function actsTwice(entries: readonly Entry[], all: readonly Played[]): string[] {
  return all.flatMap(({ asked }) =>
    [...asked].flatMap((reason) => {
      const times = entries.filter((entry) => entry.reason === reason).length;
      return times > 1 ? [`on record ${times} times: ${reason}`] : [];
    }),
  );
}

async function exportsTwice(call: CallOrganisation): Promise<string[]> {
  const { entities } = await call<{ entities: readonly { readonly name: string }[] }>(
    'GET',
    'analytics/event-exports?pageSize=100',
  );
  const names = entities.map(({ name }) => name);
  return names.filter((name, place) => names.indexOf(name) !== place).map((name) => `export made twice: ${name}`);
}
