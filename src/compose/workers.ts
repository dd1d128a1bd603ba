/** Builds the adapters that a worker needs and starts it. */
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { openClient } from '../codec/client.ts';
import type { GenesysConfig } from '../config/genesys.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import type { Destination } from '../config/destination.ts';
import { openOrganisation } from '../configurator/genesys.ts';
import type { Organisation } from '../configurator/genesys.ts';
import type { OpenElsewhere } from '../configurator/elsewhere.ts';
import type { Webhook } from '../targets/target.ts';
import { createLeaseClock } from '../domain/shared/lease-clock.ts';
import { createRedactor } from '../domain/text/redact.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { OrganisationPolicy } from '../domain/minimums/policy.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import type { Database } from '../store/database.ts';
import type { CalendarSource } from '../lint/calendar-source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { GuardianMode } from '../guardian/types.ts';
import { createHooks } from '../hooks/hooks.ts';
import type { HookSettings } from '../config/hooks.ts';
import type { ConfirmCurrent } from '../genesys/http.ts';
import { createSurveyor } from '../activities/surveyor.ts';
import { createConfirmCurrent } from '../activities/confirm-current.ts';
import { readAtScrape } from '../telemetry/measure.ts';
import { readGuardian } from '../guardian/create.ts';
import { readWatches } from '../activities/watch-clock.ts';
import { createForesight } from '../activities/foresight.ts';
import { activitySignal } from '../activities/heartbeat.ts';
import { startWorkers } from '../worker/workers.ts';
import type { Workers, WorkersOptions } from '../worker/workers.ts';
import { createTell } from '../notify/outlets.ts';
import type { BookSource } from '../notify/settings-file.ts';
import type { Closers } from './closers.ts';
import { workerBuild, workerIdentity } from './build.ts';
import { tellLackingKeys } from './cipher.ts';
import { composeForwarding } from './forwarding.ts';
import { composeMessaging, secretsOfBook } from './messages.ts';
import { composeMeasuring } from './measuring.ts';
import { composeGuardian } from './guardian.ts';
import { keepSearchAttributes } from './search-attributes.ts';
import { placeOf, reach } from '../configurator/connection.ts';
import { installRuntime } from './runtime.ts';

export interface WorkerParts {
  readonly temporal: TemporalConfig;
  readonly genesys: GenesysConfig;
  readonly webhook: Webhook;
  readonly db: Database;
  /** Base URL of the panel as agents reach it; null or absent: rollouts on its target are refused. */
  readonly panelUrl?: string | null;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
  /** Cut out of all that goes into Temporal's history and the audit log; those of the organisation are known. */
  readonly secrets: readonly string[];
  /** What the organisation asks of every plan; null: nothing. */
  readonly minimums: OrganisationPolicy | null;
  /** When splits may rise; null: at any time. */
  readonly calendar: CalendarSource | null;
  /** What cards are held to; the defaults if absent. */
  readonly preflight?: PreflightSettings;
  /** Who may act; null: nobody can be told apart here. */
  readonly operators?: OperatorsSource | null;
  /** Other organisations that waves may have members in; null or absent: none. */
  readonly elsewhere?: OpenElsewhere | null;
  readonly guardian: GuardianMode;
  /** Whom hooks of plans may ask, and what they are signed with; absent: nobody. */
  readonly hooks?: HookSettings;
  /** How long a proof lets an undo go back to a version, ms; 30 days if absent. */
  readonly undoWindowMs?: number | undefined;
  /** Where to forward to; null or absent: another process may know some, and this one leaves them alone. */
  readonly destinations?: readonly Destination[] | null;
  /** Where people are told; null or absent: nobody is. */
  readonly messages?: BookSource | null;
  /** Where messages lead to their rollout's page and report; null or absent: it is not known here. */
  readonly consoleUrl?: string | null;
}

/** Many events are one look; a demo and a real queue are both served well by a quarter of a second. */
const LOOK_GAP_MS = 250;
/** With the second look after it, a change by another hand is noticed within 40 s. */
const DRIFT_EVERY_MS = 25_000;

export async function composeWorkers(parts: WorkerParts): Promise<Workers> {
  const { temporal, db, now, logger, closers, destinations, guardian: mode } = parts;
  if (mode !== 'off') closers.add('figures of the guardian', readAtScrape(readGuardian(now())));
  installRuntime(logger, temporal.metricsAddress);
  const registered = await keepSearchAttributes(temporal, logger);
  closers.add('search attributes', () => registered.close());
  const connection = await reach(temporal, () => NativeConnection.connect(temporal.connectionOptions));
  closers.add('temporal connection', () => connection.close());
  const place = placeOf(temporal, connection);
  await tellLackingKeys(place, logger);
  const organisation = openOrganisation(parts.genesys, {
    db,
    panelUrl: parts.panelUrl ?? null,
    now,
    logger,
    signal: activitySignal,
    confirmCurrent: confirmingBy(openClient(place)),
  });
  closers.add('organisation', () => organisation.close());
  closers.add('other organisations', async () => parts.elsewhere?.close());
  const workers = await startWorkers({
    place,
    genesysCallsPerMinute: parts.genesys.callsPerMinute,
    activities: activityDeps(parts, organisation),
    guardian: { mode, logger },
    elsewhere: parts.elsewhere ?? null,
    identity: workerIdentity(),
    build: workerBuild(temporal),
  });
  closers.add('workers', () => workers.close());
  closers.add('figures of the watches', readAtScrape(readWatches));
  await composeGuardian({ mode, place, logger, closers });
  const { conversations } = organisation;
  const measuring = await composeMeasuring({ place, db, conversations, now, logger, closers });
  const running = Promise.race([workers.running, measuring.running]);
  const common = { place, db, now, logger, closers };
  const { messages: book } = parts;
  const sending = [
    ...(destinations ? [await composeForwarding({ ...common, destinations })] : []),
    ...(book ? [await composeMessaging({ ...common, temporal, consoleUrl: parts.consoleUrl ?? null, book })] : []),
  ];
  return { ...workers, running: Promise.race([running, ...sending.map((one) => one.running)]) };
}

/** Whoever waits to be safe waits no longer than this for a Temporal that does not answer. */
const CONFIRM_MS = 2000;

/** By a heartbeat whose answer is waited for. */
export function confirmingBy(client: Client): ConfirmCurrent {
  return createConfirmCurrent({
    heartbeat: (taskToken, details) =>
      client.withDeadline(Date.now() + CONFIRM_MS, () => client.activity.heartbeat(taskToken, details)),
    clock: createLeaseClock(() => performance.now(), Date.now),
  });
}

function activityDeps(parts: WorkerParts, { targets }: Organisation): WorkersOptions['activities'] {
  const { db, now, minimums, calendar, operators, webhook, genesys, preflight, messages: book } = parts;
  const secrets = book ? [...parts.secrets, ...secretsOfBook(book.last())] : parts.secrets;
  const redact = createRedactor([...secrets, genesys.clientSecret, webhook.signingSecret]);
  return {
    db,
    now,
    redact,
    lookGapMs: LOOK_GAP_MS,
    foresight: createForesight(),
    minimums,
    calendar,
    ...(parts.hooks === undefined ? {} : { hooks: createHooks(parts.hooks, { now }) }),
    ...(parts.undoWindowMs !== undefined && { undoWindowMs: parts.undoWindowMs }),
    operators: operators ?? null,
    driftEveryMs: DRIFT_EVERY_MS,
    surveyor: createSurveyor({ targets, publicUrl: webhook.publicUrl, now }),
    ...(preflight === undefined ? {} : { preflight }),
    ...(book
      ? { tell: createTell(book, now, redact), messageRoutes: () => Object.keys(book.last().settings.routes) }
      : {}),
    targets,
    webhook,
  };
}
