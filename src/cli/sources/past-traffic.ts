/** The baseline's cards of a span of time, out of the store. */
import { AssistError } from '../../configurator/errors.ts';
import { awaitedBy } from '../../domain/metrics/awaited.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { gatherCards } from '../../domain/replay/past-cards.ts';
import type { PastCard, PastTraffic, Unit } from '../../domain/replay/past-cards.ts';
import { wasBaseline } from '../../domain/replay/served.ts';
import type { Database } from '../../store/database.ts';
import type { StoredCard } from '../../store/exposures.ts';
import { arrivalsOf, pastCards, pastRollouts, pastVersions } from '../../store/past-cards.ts';
import type { PastVersion, Span } from '../../store/past-cards.ts';

export interface PastBaseline {
  readonly traffic: PastTraffic;
  /** Those that served, and how many of the cards are theirs. */
  readonly versions: readonly { readonly version: string; readonly cards: number }[];
  /** Cards of versions that were being rolled out. */
  readonly leftOut: number;
  /** There were more; only the first are taken. */
  readonly cut: boolean;
}

export interface Wanted extends Span {
  readonly plan: Plan;
  readonly unit: Unit;
  readonly nowMs: number;
  readonly maxCards: number;
  /** Called after each card; may throw. */
  readonly onCard: (cards: number) => void;
}

export async function readPastBaseline(db: Database, wanted: Wanted): Promise<PastBaseline> {
  const { plan, unit, fromMs, toMs, nowMs, maxCards, onCard } = wanted;
  const action = plan.action.name;
  const versions = await pastVersions(db, action, wanted);
  if (versions.length === 0) throw await noCards(db, action, wanted);
  const rollouts = await pastRollouts(db, action);
  const versionOf = new Map(versions.map(({ actionId, version }) => [actionId, version]));
  const counts = new Map<string, number>();
  const gathering = gatherCards(unit);
  let [leftOut, cut] = [0, false];
  const query = {
    fromMs,
    toMs,
    settledBefore: new Date(nowMs - plan.policies.settleMs),
    awaited: awaitedBy(plan.guardrails),
  };
  for await (const card of pastCards(db, versions, query)) {
    const version = versionOf.get(card.actionId) ?? '';
    if (!wasBaseline(rollouts, version, card.triggeredAtMs)) {
      leftOut += 1;
      continue;
    }
    cut = gathering.size() >= maxCards;
    if (cut) break;
    gathering.add(card.conversationId, pastCard(card));
    counts.set(version, (counts.get(version) ?? 0) + 1);
    onCard(gathering.size());
  }
  if (gathering.size() === 0) throw onlyCandidates(action, versions);
  const traffic = gathering.traffic(toMs);
  return {
    traffic: cut ? { ...traffic, toMs: traffic.cards.at(-1)?.arrivedAtMs ?? toMs } : traffic,
    versions: [...counts].map(([version, cards]) => ({ version, cards })),
    leftOut,
    cut,
  };
}

function pastCard(card: StoredCard): Omit<PastCard, 'unit'> {
  const { outcomes, latencyMs, skewed, triggeredAtMs, arrivedAtMs, custom, mediaType, language } = card;
  return {
    outcomes,
    latencyMs,
    skewed,
    agent: card.agentId,
    queue: card.queueId,
    triggeredAtMs,
    arrivedAtMs,
    ...(custom !== undefined && { custom }),
    ...(mediaType !== undefined && { mediaType }),
    ...(language !== undefined && { language }),
  };
}

async function noCards(db: Database, action: string, { fromMs, toMs }: Span): Promise<AssistError> {
  const known = await arrivalsOf(db, action);
  if (known === null)
    return new AssistError(
      'replay-no-action',
      `The store has no card of an action "${action}".`,
      'Names are case-sensitive, and stand without the version; --action names another than the plan does.',
    );
  return new AssistError(
    'replay-no-cards',
    `No card of ${action} came from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}: the first ` +
      `came at ${known.firstAt.toISOString()}, the last at ${known.lastAt.toISOString()}.`,
    'Give another --from and --to.',
  );
}

function onlyCandidates(action: string, versions: readonly PastVersion[]): AssistError {
  const seen = versions.map(({ version, cards }) => `${cards} of ${version}`).join(', ');
  return new AssistError(
    'replay-no-cards',
    `No card of a baseline of ${action} has settled in that time: its cards (${seen}) are not settled yet, or of ` +
      'versions that were being rolled out.',
    'Give an earlier --from: from before the rollout, or after its promotion.',
  );
}
