/** What a sender says of itself while it sends, in the store and in its heartbeat, and whether it is still wanted. */
import type { Context } from '@temporalio/activity';
import { startHeartbeat } from '../activities/heartbeat.ts';
import type { Database } from '../store/database.ts';
import { reportSender } from '../store/destinations.ts';
import type { Sender } from '../store/destinations.ts';
import { readBacklog } from '../store/outbox.ts';
import type { SendFigures } from './message-sender.ts';
import type { ForwardSettings } from './settings.ts';

export interface ForwardLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ReportParts {
  readonly db: Database;
  readonly now: () => number;
  readonly logger: ForwardLogger;
  readonly settings: ForwardSettings;
  readonly sender: Sender;
  readonly context: Context;
  readonly takeFigures: () => SendFigures;
  /** Nothing is to be sent there any more (true), or another one sends. */
  readonly onUnwanted: (removed: boolean) => void;
}

const WARN_EVERY_MS = 60_000;

export function startReports(parts: ReportParts): { close(): Promise<void> } {
  const { db, now, logger, settings, sender, context, takeFigures, onUnwanted } = parts;
  const heartbeat = startHeartbeat(context);
  let delivered = 0;
  let warnedAtMs = -Infinity;

  const report = async (): Promise<void> => {
    const figures = takeFigures();
    delivered += figures.delivered;
    heartbeat.send({ delivered, lastProblem: figures.lastProblem });
    const state = await reportSender(db, sender, { ...figures, at: new Date(now()) });
    if (state !== 'sends') onUnwanted(state === 'removed');
    if (now() - warnedAtMs < WARN_EVERY_MS) return;
    warnedAtMs = now();
    const backlog = await readBacklog(db, settings.warnPending + 1);
    const { pending = 0, oldestAt } = backlog.find(({ destination }) => destination === sender.destination) ?? {};
    if (pending > settings.warnPending)
      logger.warn(
        { destination: sender.destination, pending, oldestAt },
        'forwarding: the outbox grows; this destination does not keep up',
      );
  };
  let running = Promise.resolve();
  const next = (): Promise<void> =>
    (running = running
      .then(report)
      .catch((error: unknown) =>
        logger.error({ err: error, destination: sender.destination }, 'forwarding: the store is away'),
      ));
  const timer = setInterval(() => void next(), settings.reportEveryMs);
  return {
    async close() {
      clearInterval(timer);
      await next();
      heartbeat.stop();
    },
  };
}
