/** Who holds the key signs the audit log, and who knows the SIEM ships it: once a minute, however many processes can. */
import { Context } from '@temporalio/activity';
import { NativeConnection } from '@temporalio/worker';
import { demandSigner, findSigner } from '../audit/key.ts';
import { signAndKeep } from '../audit/sign-and-keep.ts';
import { openClient } from '../codec/client.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import type { Env } from '../config/secrets.ts';
import { placeOf, reach } from '../configurator/connection.ts';
import { SHIPPING_SCHEDULE, SIGNING_SCHEDULE } from '../schedules/duties.ts';
import { keepSchedule } from '../schedules/schedule.ts';
import { ship } from '../siem/ship.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { startAuditWorkers } from '../worker/audit-worker.ts';
import { keepingOf, keySource } from './audit-keys.ts';
import { workerIdentity } from './build.ts';
import type { Closers } from './closers.ts';
import { installRuntime } from './runtime.ts';
import { composeShipping, shippingOf } from './siem.ts';

export interface AuditDuties {
  readonly env: Env;
  readonly now: () => number;
  readonly version: string;
  readonly db: Database;
  readonly temporal: TemporalConfig;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Also when nothing was logged: a last signature that is older than this means that nobody signs any more. */
const SIGN_ANEW_MS = 3_600_000;

/**
 * Call it before the workers are built, so that the last signature, when all of them have ended, covers everything.
 * `running` rejects when the audit log is not looked after any more.
 */
export async function composeAuditDuties(parts: AuditDuties): Promise<{ readonly running: Promise<void> }> {
  const { temporal, logger, closers } = parts;
  const [signAudit, shipAudit] = [await signing(parts), await shipping(parts)];
  if (!signAudit && !shipAudit) return { running: new Promise(() => undefined) };
  installRuntime(logger, temporal.metricsAddress);
  const connection = await reach(temporal, () => NativeConnection.connect(temporal.connectionOptions));
  closers.add('temporal connection of the audit log', () => connection.close());
  const place = placeOf(temporal, connection);
  const activities = { ...(signAudit ? { signAudit } : {}), ...(shipAudit ? { shipAudit } : {}) };
  const workers = await startAuditWorkers({ place, activities, identity: workerIdentity() });
  workers.running.catch((error: unknown) => logger.error({ err: error }, 'the audit log is not looked after any more'));
  closers.add('workers of the audit log', () => workers.close());
  const client = openClient(place);
  for (const wanted of [...(signAudit ? [SIGNING_SCHEDULE] : []), ...(shipAudit ? [SHIPPING_SCHEDULE] : [])]) {
    const keeper = await keepSchedule(client, wanted, logger);
    closers.add(`schedule ${wanted.id}`, () => keeper.close());
  }
  return workers;
}

/** Null without a key: somebody else signs, it is to be hoped. */
async function signing({ env, now, db, logger, closers }: AuditDuties): Promise<(() => Promise<void>) | null> {
  const signer = await findSigner(keySource({ env }));
  if (signer === null) {
    logger.warn('the audit log is not signed here: set AUDIT_SIGNING_KEY_FILE');
    return null;
  }
  const sign = async (): Promise<void> => {
    try {
      await signAndKeep(db, signer, { now, anewAfterMs: SIGN_ANEW_MS, ...keepingOf({ env }) });
    } catch (error) {
      logger.error({ err: error }, 'the audit log was not signed');
      throw error;
    }
  };
  closers.add('audit signer', () => sign().catch(() => undefined));
  return sign;
}

async function shipping(parts: AuditDuties): Promise<(() => Promise<void>) | null> {
  const { env, db, logger } = parts;
  const given = shippingOf(env);
  if (given === null) return null;
  const verifier = await demandSigner(keySource({ env }));
  const way = await composeShipping({ ...parts, ...given, verifier });
  return async () => {
    try {
      await ship(db, { ...way, signal: Context.current().cancellationSignal });
    } catch (error) {
      logger.error({ err: error }, 'the audit log was not shipped');
      throw error;
    }
  };
}
