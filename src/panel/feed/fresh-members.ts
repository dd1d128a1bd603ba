/** Who is in the teams and divisions of audiences is asked anew: an agent may join or leave one. */
import { membershipsOf } from '../../domain/split/audience.ts';
import { createRounds } from '../../domain/shared/rounds.ts';
import type { Database } from '../../store/database.ts';
import { dueGroups, readMembers } from '../../store/panel/members.ts';
import type { GroupSource } from '../../store/panel/members.ts';
import { readSplits } from '../../store/panel/splits.ts';

export interface FreshMembersParts {
  readonly db: Database;
  readonly people: GroupSource;
  readonly onError: (error: unknown) => void;
  readonly lookMs?: number;
  readonly everyMs?: { readonly team: number; readonly division: number };
}

const LOOK_MS = 15_000;
/** A division costs a call for each hundred users of the organisation. */
const EVERY_MS = { team: 60_000, division: 600_000 };

export interface FreshMembers {
  close(): Promise<void>;
}

/** One process reads each group that is due. While the organisation is away, what it told last holds. */
export function keepMembersFresh({ db, people, onError, ...times }: FreshMembersParts): FreshMembers {
  const look = async (): Promise<void> => {
    const { splits } = await readSplits(db);
    const groups = splits.flatMap(({ of }) => (of === null ? [] : membershipsOf(of)));
    if (groups.length === 0) return;
    await readMembers(db, people, await dueGroups(db, groups, times.everyMs ?? EVERY_MS));
  };
  const rounds = createRounds(look, (error, isFirst) => {
    if (isFirst) onError(error);
  });
  const timer = setInterval(() => rounds.wake(), times.lookMs ?? LOOK_MS);
  return {
    async close() {
      clearInterval(timer);
      await rounds.close();
    },
  };
}
