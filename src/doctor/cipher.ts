/** Histories in cipher: whether the keys that are here open what still goes on. Reads alone. */
import type { Client } from '@temporalio/client';
import type { CodecKey } from '../codec/keys.ts';
import type { UsedKeys } from '../codec/used-keys.ts';
import { usedKeys } from '../codec/used-keys.ts';
import type { Seen } from './finding.ts';

const CHECK = 'cipher of histories';

export async function cipherSeen(client: () => Promise<Client>, keys: readonly CodecKey[]): Promise<Seen> {
  const used = await usedKeys(await client(), 'histories');
  const known = keys.map(({ id }) => id);
  const lacking = [...used.byKey].filter(([id]) => !known.includes(id)).toSorted(byId);
  return lacking.length > 0 ? lackingSeen(lacking, used) : { check: CHECK, level: 'ok', seen: allOpen(known, used) };
}

function lackingSeen(lacking: readonly (readonly [string, number])[], used: UsedKeys): Seen {
  const [only, ...others] = lacking;
  const ids = lacking.map(([id]) => `"${id}"`).join(', ');
  const seen =
    only !== undefined && others.length === 0
      ? `${only[1]} of ${runsIn(used)} ${only[1] === 1 ? 'is' : 'are'} in cipher under "${only[0]}", which is not here`
      : `of ${runsIn(used)} some are in cipher under ${lacking.map(([id, n]) => `"${id}" (${n})`).join(', ')}, which are not here`;
  return {
    check: CHECK,
    level: 'error',
    seen,
    expected: 'the key of every run that is open: without it a worker cannot go on with it',
    wayOut: `Add ${ids} to TEMPORAL_CODEC_KEYS below the first; take a key out when nothing uses it any more (docs/cipher.md).`,
  };
}

function allOpen(known: readonly string[], used: UsedKeys): string {
  const [first] = known;
  if (first === undefined) return `off; ${runsIn(used)}, all in the clear`;
  const users = [...used.byKey].toSorted(byId).map(([id, n], at) => `${id} ${at === 0 ? 'is used ' : ''}by ${n}`);
  const clear = used.inTheClear === 0 ? [] : [`${used.inTheClear} in the clear`];
  const use = users.length + clear.length === 0 ? 'none is open' : [...users, ...clear].join(', ');
  return `"${first}" seals, and ${known.map((id) => `"${id}"`).join(', ')} open; of ${runsIn(used)} ${use}`;
}

function runsIn({ runs, isAll }: UsedKeys): string {
  return `${isAll ? '' : 'the newest '}${runs} open ${runs === 1 ? 'run' : 'runs'}`;
}

function byId([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a.localeCompare(b);
}
