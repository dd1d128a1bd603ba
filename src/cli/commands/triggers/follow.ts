/** `triggers follow`: what is being said now, and which cards surface on it. Changes nothing and stores nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import { AssistError } from '../../../configurator/errors.ts';
import type { Plan, Trigger } from '../../../domain/plan/plan.ts';
import { createLiveSurfacing, withVersion } from '../../../domain/trigger/live-surfacing.ts';
import type { LiveSurfacing } from '../../../domain/trigger/live-surfacing.ts';
import { redactUtterance } from '../../../domain/trigger/redacted-utterance.ts';
import type { TriggeredVersion } from '../../../domain/trigger/trigger-index.ts';
import { readPlan } from '../../../lint/lint.ts';
import type { Targets } from '../../../targets/index.ts';
import type { RefusedTopic } from '../../../genesys/notifications.ts';
import { liveTranscripts } from '../../../transcripts/live.ts';
import type { LivePhrase } from '../../../transcripts/live-parts.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_LINES, decimal } from '../../options.ts';
import { cardOf } from '../../sources/card.ts';
import { inOrganisation } from '../../sources/surroundings.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { phraseLines } from '../../view/live-view.ts';
import { planFiles } from '../../../compose/plan-files.ts';

export function triggersFollow(run: Run): Command {
  const help = {
    description: 'what is being said now, and which cards surface on it; Ctrl-C ends it',
    examples: [
      'triggers follow examples/refund-assist-1.5.0.yaml',
      'triggers follow --queue 6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01 --json',
    ],
  };
  return createVerb('follow', help)
    .argument('[plan]', 'plan file: its card alone, and why it does not surface (default: every card that serves)')
    .option('--queue <id...>', 'queues (default: those of the triggers)')
    .option('--split <percent>', "of the plan's version, while it does not serve yet", decimal(0, 100), 100)
    .option('--mask', 'mask every word but the keyword that a card surfaces on')
    .option(...JSON_LINES)
    .action((plan: string | undefined, options: FollowArgs) => run((deps) => follow(deps, plan ?? null, options)));
}

interface FollowArgs extends JsonOption {
  readonly queue?: readonly string[];
  readonly split: number;
  readonly mask?: boolean;
}

async function follow(deps: Deps, planFile: string | null, args: FollowArgs): Promise<number> {
  const plan = planFile === null ? null : await readPlan(planFile, planFiles(deps.env));
  const { genesys } = readConfig(deps.env, ['genesys']);
  return inOrganisation(genesys, deps, async ({ client, targets }) => {
    const versions = await servingVersions(targets, plan, args.split);
    const queueIds = queuesOf(versions, plan, args.queue);
    const cards = keepUpToDate(deps, () => servingVersions(targets, plan, args.split), versions, plan);
    const parts = {
      ...client,
      now: deps.now,
      sleep: (ms: number) => sleep(ms, undefined, { signal: deps.signal }),
      random: Math.random,
      onMissing: (id: string) => deps.out.stderr(`${id}: something was missed, and its transcript never came\n`),
      onRefused: ({ topic, reason }: RefusedTopic) => deps.out.stderr(`not heard: ${topic}: ${reason}\n`),
      onEvicted: () => deps.out.stderr('another process of this OAuth client took the channel; it is opened again\n'),
    };
    deps.out.stderr(`following ${queueIds.length === 1 ? 'the queue' : 'the queues'} ${queueIds.join(', ')}\n`);
    try {
      for await (const phrase of liveTranscripts(parts, { queueIds, signal: deps.signal }))
        show(deps, args, phrase, cards.surfacing(phrase));
    } finally {
      cards.close();
    }
    return EXIT.interrupted;
  });
}

async function servingVersions(
  targets: Targets,
  plan: Plan | null,
  splitPercent: number,
): Promise<readonly TriggeredVersion[]> {
  if (plan !== null) return withVersion(await targets.of(plan.target.kind).listServing(), cardOf(plan), splitPercent);
  return (await Promise.all(targets.all().map((target) => target.listServing()))).flat();
}

/** Asked for, else those that the triggers are for. */
function queuesOf(
  versions: readonly TriggeredVersion[],
  plan: Plan | null,
  asked: readonly string[] | undefined,
): readonly string[] {
  if (asked !== undefined && asked.length > 0) return [...new Set(asked)];
  const triggers: readonly Trigger[] = plan === null ? versions.map(({ trigger }) => trigger) : [cardOf(plan).trigger];
  const named = triggers.flatMap(({ conditions }) => conditions.filter(({ type }) => type === 'queue'));
  if (named.length > 0) return [...new Set(named.map(({ id }) => id))];
  throw new AssistError(
    'usage',
    plan === null ? 'No card that serves is for a certain queue.' : 'The trigger of this plan names no queue.',
    'Give --queue <id>: what is said is heard queue by queue.',
  );
}

/** Splits rise and fall while somebody listens. */
const REFRESH_MS = 10_000;

interface Cards {
  surfacing(phrase: LivePhrase): LiveSurfacing;
  close(): void;
}

/** What serves, listed again and again; while the organisation does not answer, as it was listed last. */
function keepUpToDate(
  { out }: Deps,
  list: () => Promise<readonly TriggeredVersion[]>,
  first: readonly TriggeredVersion[],
  plan: Plan | null,
): Cards {
  const only = plan?.action.name ?? null;
  let current = createLiveSurfacing(first, only);
  let busy = false;
  let isStale = false;
  const refresh = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      current = createLiveSurfacing(await list(), only);
      isStale = false;
    } catch (error) {
      if (!isStale)
        out.stderr(`the splits are as they were: ${error instanceof Error ? error.message : String(error)}\n`);
      isStale = true;
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void refresh(), REFRESH_MS);
  return {
    surfacing: (phrase) => current(phrase),
    close: () => {
      clearInterval(timer);
    },
  };
}

function show({ out }: Deps, { json, mask }: FollowArgs, phrase: LivePhrase, surfacing: LiveSurfacing): void {
  const shown = mask === true ? { ...phrase, text: masked(phrase.text, surfacing) } : phrase;
  if (json !== true) return printLines(out, phraseLines(shown, surfacing));
  const { startMs, utteranceId, ...said } = shown;
  printJson(out, { kind: 'utterance', at: new Date(startMs).toISOString(), ...said, utteranceId, ...surfacing });
}

function masked(text: string, { cards }: LiveSurfacing): string {
  const keyword = cards.flatMap((card) => (card.fires ? [card.keyword] : []))[0];
  return redactUtterance(text, keyword ?? '').text.trim();
}
