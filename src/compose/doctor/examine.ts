/** Looks at everything that the program needs, as this environment names it. Changes nothing. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { gatherConfig } from '../../config.ts';
import type { Config } from '../../config.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { ConfigProblem } from '../../config/error.ts';
import { createTemporalLink } from '../../configurator/connection.ts';
import { cipherSeen } from '../../doctor/cipher.ts';
import { databaseChecks } from '../../doctor/database.ts';
import type { Area, Finding, Seen } from '../../doctor/finding.ts';
import { signedSeen } from '../../doctor/keys.ts';
import { diskChecks, fileChecks, nodeSeen } from '../../doctor/machine.ts';
import type { LookedAtFile } from '../../doctor/machine.ts';
import { networkChecks } from '../../doctor/network.ts';
import type { PublicAddress } from '../../doctor/network.ts';
import { examineOrganisation } from '../../doctor/organisation/examine.ts';
import type { RealTarget } from '../../doctor/organisation/permissions.ts';
import { once, runChecks } from '../../doctor/run-checks.ts';
import type { Check } from '../../doctor/run-checks.ts';
import { pastChecks } from '../../doctor/past.ts';
import { panelChecks } from '../../doctor/panel.ts';
import { temporalChecks, temporalNotReached } from '../../doctor/temporal.ts';
import { buildCheck } from '../../doctor/builds.ts';
import { ROLLOUTS_QUEUE } from '../../workflows/messages.ts';
import { workerChecks } from '../../doctor/workers.ts';
import { createGenesysClient } from '../../genesys/client.ts';
import { createBoundedFetch } from '../../http/bounded-fetch.ts';
import type { Database } from '../../store/database.ts';
import { askForEmbedded } from '../../store/open.ts';
import { openPg } from '../../store/pg.ts';
import { openAgents } from '../agents.ts';
import { programBuild } from '../build.ts';
import { expectedQueues, expectedSchedules } from './expected.ts';
import { keyChecks, settingChecks } from './settings.ts';

export interface Examination {
  readonly configuration: Configuration;
  readonly now: () => number;
  /** Where to look; absent: everywhere. */
  readonly areas?: readonly Area[];
  /** That the organisation is to be good for; none: it is not said. */
  readonly targets?: readonly RealTarget[];
  /** Of a process that has the database open, such as `dev`; it stays open. Absent: that of DATABASE_URL. */
  readonly database?: Database;
}

/** Every finding, by area in their order; none is left out because another failed, and each takes 10 s at most (the organisation 60). */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { configuration, now, areas } = examination;
  const { config } = gatherConfig(configuration.env);
  const opened: (() => unknown)[] = [];
  const database = examination.database ?? (await embedded(config, opened));
  const client = temporalClient(configuration.env, config, opened);
  const checks = [
    ...settingChecks(configuration),
    ...temporalAndWorkers(examination, config, client),
    ...databaseAndLog({ database, now, client }, config, opened),
    ...organisationChecks(examination, config),
    ...addressChecks(examination, config, opened),
    ...keyChecks(configuration, now),
    ...machineChecks(examination, config),
  ];
  try {
    return await runChecks(checks.filter(({ area }) => areas === undefined || areas.includes(area)));
  } finally {
    await Promise.allSettled(opened.map(async (close) => close()));
  }
}

type OpenClient = () => Promise<Client>;

/** Connected once for all looks; null: whoever acts through an api process reaches Temporal by that alone. */
function temporalClient(env: Configuration['env'], config: Config, opened: (() => unknown)[]): OpenClient | null {
  if (env['ASSIST_API_URL'] && !env['TEMPORAL_ADDRESS'] && !env['TEMPORAL_PROFILE']) return null;
  const link = createTemporalLink(config.temporal);
  opened.push(() => link.close());
  return once(() => link.client());
}

function temporalAndWorkers({ configuration, now }: Examination, config: Config, client: OpenClient | null): Check[] {
  const { env } = configuration;
  if (client === null)
    return [
      unseen('temporal', 'reachable', 'acts go through ASSIST_API_URL, and no TEMPORAL_ADDRESS is set here'),
      unseen('workers', 'task queues', 'acts go through ASSIST_API_URL, and no TEMPORAL_ADDRESS is set here'),
    ];
  const { address, namespace, deployment } = config.temporal;
  const common = { client, namespace, now };
  return [
    ...temporalChecks({ ...common, address, schedules: expectedSchedules(env, config) }),
    ...workerChecks({
      ...common,
      queues: expectedQueues(env, config),
      own: programBuild(),
      isVersioned: deployment !== undefined,
    }),
    ...(deployment === undefined
      ? []
      : [buildCheck({ ...common, deployment: deployment.name, taskQueue: ROLLOUTS_QUEUE })]),
    {
      area: 'keys',
      name: 'cipher of histories',
      expected: 'the key of every run that is open',
      look: () => cipherSeen(() => common.client().catch(temporalNotReached), config.temporal.codecKeys ?? []),
    },
  ];
}

/** That of a `dev` that runs; one that no process holds is not opened, for that would change its files. */
async function embedded({ databaseUrl, home }: Config, opened: (() => unknown)[]): Promise<Database | null> {
  if (databaseUrl !== null) return null;
  const db = await askForEmbedded(join(home, 'database')).catch(() => null);
  if (db !== null) opened.push(() => db.close());
  return db;
}

interface LookedAtDatabase {
  readonly database: Database | null;
  readonly now: () => number;
  readonly client: OpenClient | null;
}

function databaseAndLog(
  { database, now, client }: LookedAtDatabase,
  { databaseUrl }: Config,
  opened: (() => unknown)[],
): Check[] {
  const nowhere = 'DATABASE_URL is not set, and no `dev` runs with the database of this folder';
  if (database === null && databaseUrl === null)
    return [unseen('database', 'reachable', nowhere), unseen('panel', 'cards', nowhere)];
  const open = once(async () => {
    if (database !== null) return database;
    const db = await openPg(databaseUrl ?? '');
    opened.push(() => db.close());
    return db;
  });
  return [
    ...databaseChecks({ open, now }),
    ...(client === null ? [] : pastChecks({ client: () => client().catch(temporalNotReached), open, now })),
    ...panelChecks(open),
    {
      area: 'keys',
      name: 'signatures of the audit log',
      expected: 'a recent one',
      look: async () => signedSeen(await open(), now()),
    },
  ];
}

const ORGANISATION_MS = 60_000;

function organisationChecks({ configuration, now, areas, targets = [] }: Examination, { genesys }: Config): Check[] {
  if (genesys === null)
    return areas?.includes('organisation') === true
      ? [unreachable(gatherConfig(configuration.env, ['genesys']).problems)]
      : [unseen('organisation', 'token', 'GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET or GENESYS_REGION is not set')];
  const { callsPerMinute } = genesys;
  const look = async (signal: AbortSignal) => {
    const client = createGenesysClient({ ...genesys, now, sleep: (ms) => sleep(ms, undefined, { signal }) });
    try {
      return await examineOrganisation({ client, endpoints: genesys, callsPerMinute, now, targets });
    } finally {
      client.close();
    }
  };
  return [{ area: 'organisation', name: 'organisation', expected: 'an answer', limitMs: ORGANISATION_MS, look }];
}

/** Whoever asks for it by name wants it looked at: what is missing to ask it is an error then. */
function unreachable(problems: readonly ConfigProblem[]): Check {
  const wayOut = 'Set it; beside `dev`, by the lines that it prints when it is ready. docs/configuration.md lists all.';
  const look = async (): Promise<readonly Seen[]> =>
    problems.map(({ name, message }) => ({ check: name, level: 'error', seen: message, wayOut }));
  return { area: 'organisation', name: 'token', expected: '', look };
}

const ANSWER_MS = 8_000;
const MAX_ANSWER_BYTES = 256 * 1024;

function addressChecks({ configuration, now }: Examination, config: Config, opened: (() => unknown)[]): Check[] {
  const { env } = configuration;
  const given = [
    { name: 'EVENTS_PUBLIC_URL', url: config.events.publicUrl, health: '/healthz', process: 'events' },
    { name: 'PANEL_PUBLIC_URL', url: config.panel.publicUrl, health: '/health', process: 'panel' },
    { name: 'ASSIST_API_URL', url: env['ASSIST_API_URL'] || null, health: '/health', process: 'api' },
  ];
  const addresses = given.filter((one): one is PublicAddress => one.url !== null && URL.canParse(one.url));
  const unset = given
    .filter(({ url }) => url === null)
    .map(({ name }) => unseen('network', name, 'it is not set here'));
  if (addresses.length === 0) return unset;
  const agents = openAgents(gatherConfig(env).problems.length === 0 ? env : {});
  opened.push(() => agents.close());
  const fetch = createBoundedFetch({
    timeoutMs: ANSWER_MS,
    maxBytes: MAX_ANSWER_BYTES,
    agentFor: (url) => agents.agentFor(url),
  });
  return [...networkChecks(addresses, { fetch, now }), ...unset];
}

function machineChecks({ configuration }: Examination, { home }: Config): Check[] {
  const { env } = configuration;
  const checkpoints = env['AUDIT_CHECKPOINT_FILE'];
  const files: LookedAtFile[] = checkpoints
    ? [{ name: 'checkpoint file', path: checkpoints, isPrivate: false, isWritten: true }]
    : [];
  return [
    { area: 'machine', name: 'Node', expected: 'a new one', look: async () => nodeSeen(process.versions.node) },
    ...fileChecks('machine', [{ name: 'data folder', path: home, isPrivate: true, isWritten: true }, ...files]),
    ...diskChecks([{ name: 'data', path: home }, ...(checkpoints ? [{ name: 'checkpoints', path: checkpoints }] : [])]),
  ];
}

function unseen(area: Area, check: string, why: string): Check {
  return { area, name: check, expected: '', look: async () => ({ check, level: 'notChecked', seen: why }) };
}
