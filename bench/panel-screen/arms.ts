/** Was each card its conversation's, by the split as it stood at the card's epoch? */
import { bucketOf, versionFor } from '../../src/domain/split/bucket.ts';
import type { PanelArm } from '../../src/store/panel/splits.ts';
import type { WayParts } from './way.ts';

/** From here on no split is forgotten: the rows have only the last one. */
export async function recordSplits({ db }: Pick<WayParts, 'db'>): Promise<void> {
  await db.query('create table bench_splits (epoch bigint, action text, arms jsonb)');
  await db.query(`create function bench_record() returns trigger language plpgsql as $$
    begin insert into bench_splits values (new.epoch, new.action, new.arms); return new; end $$`);
  await db.query(`create trigger bench_record after insert or update on panel_split
    for each row execute function bench_record()`);
}

export async function countWrongArms({ db }: Pick<WayParts, 'db'>): Promise<{ cards: number; wrongArm: number }> {
  const splits = await db.query<{ epoch: number; arms: readonly PanelArm[] }>('select epoch, arms from bench_splits');
  const arms = new Map(splits.map((split) => [split.epoch, split.arms]));
  const cards = await db.query<{ conversationId: string; versionId: string; epoch: number }>(
    `select conversation_id as "conversationId", version_id as "versionId", epoch from panel_cards where not withheld`,
  );
  const wrong = cards.filter(({ conversationId, versionId, epoch }) => {
    const served = versionFor(arms.get(epoch) ?? [], bucketOf(conversationId));
    return served?.versionId !== versionId;
  });
  return { cards: cards.length, wrongArm: wrong.length };
}
