/** The report of `triggers replay` for people. */
import type { ReplayReport } from '../../domain/trigger/replay.ts';
import type { Example, FiringReport } from '../../domain/trigger/firing-tally.ts';
import { table } from './table.ts';

export interface ReplayView extends ReplayReport {
  readonly action: string;
  readonly version: string;
  readonly from: string;
  readonly to: string;
  readonly against: string | null;
  readonly note: string | null;
}

export function replayLines(view: ReplayView): string[] {
  const { plan, baseline, change } = view;
  return [
    `${view.action} ${view.version}, ${view.from} to ${view.to}: ${plan.conversations} conversations, ` +
      `${plan.utterances} utterances`,
    ...(view.against === null ? [] : [`against ${view.against}`]),
    ...(view.note === null ? [] : [view.note]),
    '',
    ...firingLines(plan, baseline),
    '',
    ...queueLines(plan),
    ...(change === null
      ? []
      : [
          '',
          `${change.gainedCards} cards that the baseline does not show, ${change.lostCards} that only the ` +
            'baseline shows',
        ]),
    ...exampleLines('For example', plan.examples),
    ...exampleLines('Gained', change?.gained ?? []),
    ...exampleLines('Lost', change?.lost ?? []),
  ];
}

function firingLines(plan: FiringReport, baseline: FiringReport | null): string[] {
  const row = (title: string, value: (firing: FiringReport) => number): string[] => [
    title,
    String(value(plan)),
    ...(baseline === null ? [] : [String(value(baseline))]),
  ];
  const columns = [
    { title: '' },
    { title: 'plan', right: true },
    ...(baseline === null ? [] : [{ title: 'baseline', right: true }]),
  ];
  return table(columns, [
    row('cards', ({ cards }) => cards),
    row('cards per 1,000 conversations', ({ cardsPerThousand }) => cardsPerThousand),
    row('conversations with a card', ({ firedConversations }) => firedConversations),
    row('of 1,000 conversations', ({ firedPerThousand }) => firedPerThousand),
  ]);
}

function queueLines({ queues }: FiringReport): string[] {
  return table(
    [
      { title: 'queue' },
      { title: 'conversations', right: true },
      { title: 'with a card', right: true },
      { title: 'cards', right: true },
    ],
    queues.map((queue) => [
      queue.queueId || '(none)',
      String(queue.conversations),
      String(queue.firedConversations),
      String(queue.cards),
    ]),
  );
}

function exampleLines(title: string, examples: readonly Example[]): string[] {
  if (examples.length === 0) return [];
  return [
    '',
    `${title}:`,
    ...examples.map(({ conversationId, text, at, of, unit }) => `  ${conversationId}  ${unit} ${at} of ${of}: ${text}`),
  ];
}
