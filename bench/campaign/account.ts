/** What must stand there once, counted where it stands: in the database and in the organisation. */
import { Client } from 'pg';
import type { CallOrganisation } from '../lib/organisation-call.ts';
import type { Receiver } from './receiver.ts';
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
  told: Receiver['messages'],
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
    return {
      duplicates: [
        ...endsTwice(entries),
        ...actsTwice(entries, all),
        ...entries.flatMap(({ action, act, reason, taken }) =>
          taken === null ? [] : [`${action}: on record in two wordings: ${act}: ${reason}`],
        ),
        ...toldTwice(told, names),
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

/** A reset takes the acts that came after its point again, in a run of its own: each run has them on record once. */
function actsTwice(entries: readonly Entry[], all: readonly Played[]): string[] {
  return all.flatMap(({ asked, planned: { hand } }) =>
    [...asked].flatMap((reason) => {
      const found = entries.filter((entry) => entry.reason === reason);
      const runs = new Set(found.map(({ rollout_id }) => rollout_id));
      if (found.length < 2 || (hand === 'reset' && runs.size === found.length)) return [];
      const where = found.map(
        ({ act, rollout_id, was, became }) => `${act} (${was} to ${became}) of run ${rollout_id.slice(-4)}`,
      );
      return [`on record ${found.length} times: ${reason}: ${where.join(', ')}`];
    }),
  );
}

/** One that comes again has its id and its words; the same words, of the same instant, under another id are a second one. */
function toldTwice(told: Receiver['messages'], names: readonly string[]): string[] {
  const ids = new Map<string, string>();
  return [...told].flatMap(([id, texts]) => {
    const ours = [...texts].filter((text) => names.some((name) => text.includes(name)));
    if (ours.length > 1) return [`message in ${ours.length} wordings: ${ours.join(' / ')}`];
    return ours.flatMap((text) => {
      const words = wordsOf(text);
      const first = ids.get(words);
      ids.set(words, id);
      return first === undefined ? [] : [`message sent twice, as ${first} and as ${id}: ${words}`];
    });
  });
}

function wordsOf(text: string): string {
  const { id: _, ...words } = JSON.parse(text) as { readonly id: string };
  return JSON.stringify(words);
}

async function exportsTwice(call: CallOrganisation): Promise<string[]> {
  const { entities } = await call<{ entities: readonly { readonly name: string }[] }>(
    'GET',
    'analytics/event-exports?pageSize=100',
  );
  const names = entities.map(({ name }) => name);
  return names.filter((name, place) => names.indexOf(name) !== place).map((name) => `export made twice: ${name}`);
}
