/** What was expected of a rollout when it began, beside its row. */
import type { KeptForecast, StartForecast } from '../domain/forecast/start-forecast.ts';
import type { Queryable } from './database.ts';

/** The first stands: one that is made later might know what came. */
export async function keepForecast(
  db: Queryable,
  rolloutId: string,
  madeAt: Date,
  forecast: StartForecast,
): Promise<void> {
  await db.query(
    'insert into forecasts (rollout_id, made_at, forecast) values ($1, $2, $3) on conflict (rollout_id) do nothing',
    [rolloutId, madeAt, forecast],
  );
}

/** Null: none was made. */
export async function keptForecast(db: Queryable, rolloutId: string): Promise<KeptForecast | null> {
  const [row] = await db.query<{ madeAt: Date; forecast: StartForecast }>(
    'select made_at as "madeAt", forecast from forecasts where rollout_id = $1',
    [rolloutId],
  );
  return row === undefined ? null : { madeAt: row.madeAt.toISOString(), ...row.forecast };
}
