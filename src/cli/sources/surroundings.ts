/** Where the baseline and the other actions come from: other plans, or the organisation. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../config.ts';
import type { GenesysConfig } from '../../config/genesys.ts';
import type { OtherTrigger } from '../../domain/diff/overlaps.ts';
import type { Surroundings } from '../../domain/diff/surroundings.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { createGenesysClient } from '../../genesys/client.ts';
import type { GenesysClient } from '../../genesys/client.ts';
import { readPlan } from '../../lint/lint.ts';
import { openDatabase } from '../../store/open.ts';
import { openTargets } from '../../targets/index.ts';
import type { Targets } from '../../targets/index.ts';
import { cardOf } from './card.ts';
import type { Deps } from '../deps.ts';
import { planFiles } from '../../compose/plan-files.ts';

export async function fromPlans(
  env: Deps['env'],
  against: string | undefined,
  others: readonly string[],
): Promise<Surroundings> {
  const baseline = against === undefined ? null : await readPlan(against, planFiles(env));
  const triggers: OtherTrigger[] = [];
  for (const file of others) {
    const action = cardOf(await readPlan(file, planFiles(env)));
    triggers.push({ action: action.name, trigger: action.trigger });
  }
  return {
    baseline: baseline === null ? null : { action: baseline.action, from: against ?? '', splitPercent: 100 },
    note: baseline === null ? 'No baseline: give --against <plan>, or configure the organisation (GENESYS_*).' : null,
    others: others.length === 0 ? null : triggers,
    exists: false,
  };
}

/** An organisation that a verb looks at. */
export interface OpenedOrganisation {
  readonly client: GenesysClient;
  readonly targets: Targets;
}

/** The work on the organisation's client and, where DATABASE_URL names one, our database; both are closed after it. */
export async function inOrganisation<T>(
  config: GenesysConfig,
  { env, now, signal }: Pick<Deps, 'env' | 'now' | 'signal'>,
  work: (organisation: OpenedOrganisation) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = readConfig(env);
  const db = databaseUrl === null ? null : await openDatabase({ kind: 'pg', url: databaseUrl });
  const client = createGenesysClient({ ...config, now, sleep: (ms) => sleep(ms, undefined, { signal }) });
  try {
    return await work({ client, targets: openTargets({ client, db, panelUrl: null, now }) });
  } finally {
    client.close();
    await db?.close();
  }
}

type OfPlan = Pick<Plan, 'target' | 'action'>;

/** What serves now, with the cards of all other actions. */
export async function fromOrganisation(targets: Targets, plan: OfPlan): Promise<Surroundings> {
  const own = await baselineFrom(targets, plan);
  const serving = await targets.of(plan.target.kind).listServing();
  const others = serving.filter(({ action }) => action !== plan.action.name);
  return { ...own, others: others.map(({ name, trigger }) => ({ action: name, trigger })) };
}

/** What serves now; the other actions are not looked at. */
export async function baselineFrom(targets: Targets, { target, action }: OfPlan): Promise<Surroundings> {
  const { baseline, note, exists } = await targets.of(target.kind).describe({ target, action });
  const found = baseline && { ...baseline, from: `the organisation (${baseline.id})` };
  return { baseline: found, note, others: null, exists };
}
