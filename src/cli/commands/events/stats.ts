/**
 * `events stats`: how late events come, clocks that disagree, unknown types, dead letters, what waits to be forwarded.
 */
import type { Command } from 'commander';
import type { AdminStats } from '../../../ingest/admin/events-admin.ts';
import { askIntake, withEventsAdmin } from '../../../compose/events-admin.ts';
import type { IntakeState } from '../../../ingest/intake/counts.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, wholeNumber } from '../../options.ts';
import { backlogLine } from '../../view/backlog-line.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function eventsStats(run: Run): Command {
  const help = {
    description: 'how late events come, unknown types, dead letters, what waits to be forwarded',
    examples: ['events stats', 'events stats --cards 1000 --json'],
  };
  return createVerb('stats', help)
    .option('--cards <number>', 'look at so many of the newest cards', wholeNumber(1, 10_000_000), 20_000)
    .option(...JSON_OBJECT)
    .action((options: StatsArgs) => run((deps) => showStats(deps, options)));
}

interface StatsArgs extends JsonOption {
  readonly cards: number;
}

function showStats(deps: Deps, { cards, json }: StatsArgs): Promise<number> {
  return withEventsAdmin(deps, async (admin) => {
    const stats = await admin.stats(cards);
    const intake = stats.intake ?? (await askIntake(deps));
    if (json) printJson(deps.out, { kind: 'event-stats', ...stats, intake });
    else printLines(deps.out, [...linesOf(stats, deps.now()), intakeLine(intake)]);
    return EXIT.ok;
  });
}

function linesOf(stats: AdminStats, nowMs: number): string[] {
  const { cards, lateMs, deliveryLatencyMs, skewed, early, notRendered, unknownTypes, deadLetters, outbox } = stats;
  const ahead = early > 0 ? `; ${early} cards before they happened, by the clocks` : '';
  const unknown = unknownTypes.map(({ type, events }) => `${type} ${events}`).join(', ');
  return [
    `newest ${cards} cards`,
    `  events arrive late by    ${spread(lateMs)}${ahead}`,
    `  delivery latency         ${spread(deliveryLatencyMs)}; ${skewed} cards with clocks that disagree, ` +
      `${notRendered} not rendered`,
    `unknown types              ${unknown || 'none'}`,
    `dead letters               ${deadLetters.intake} pushes, ${deadLetters.forward} messages`,
    ...outbox.map((backlog) => backlogLine(backlog, nowMs)),
  ];
}

function spread(values: AdminStats['lateMs']): string {
  return values === null ? 'no data' : `p50 ${values.p50} ms, p95 ${values.p95} ms, at most ${values.max} ms`;
}

function intakeLine(intake: IntakeState | null): string {
  if (intake === null) return 'intake                     no events service answers at EVENTS_HOST and EVENTS_PORT';
  const { refusing, refused, overloaded, unavailable, turnedAwayAt } = intake;
  const last = turnedAwayAt === null ? '' : `, the last at ${turnedAwayAt}`;
  const soFar = `${overloaded + unavailable} pushes turned away with 503${last}; ${refused} refused for good`;
  return `intake                     ${refusing ? 'REFUSES PUSHES: ' : ''}${soFar}`;
}
