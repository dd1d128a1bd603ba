/** The waves inside their workflow: their status, changed by events only; each is shown and put on record. */
import { CancellationScope, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { createFirstUse } from '../domain/shared/first-use.ts';
import type { ActProof } from '../activities/types.ts';
import type { Actor } from '../domain/identity/actor.ts';
import { MAX_TOLD } from '../domain/rollout/refusals.ts';
import type { WavesInput } from '../domain/waves/input.ts';
import { wavesLines } from '../domain/waves/lines.ts';
import type { WavesEvent, WavesStatus } from '../domain/waves/state.ts';
import { applyWaves, initialWaves } from '../domain/waves/state.ts';
import { recordWaves } from './activity-proxies.ts';

export interface WavesRun {
  readonly input: WavesInput;
  readonly status: WavesStatus;
  readonly aborted: boolean;
  /** Null until it is known. */
  readonly starter: Actor | null;
  started(starter: Actor, proof: ActProof): void;
  dispatch(event: WavesEvent, proof?: ActProof): void;
  /** On record, with who was refused what; a flood of them is cut. */
  refused(by: string, why: string, proof: ActProof): void;
  /** A signature is good for one act. */
  firstUse(signatureId: string): boolean;
  /** In which a member's rollout runs: cancelled, it rolls back. */
  scopeOf(member: string): CancellationScope;
  /** Why, of each member that was called off. */
  readonly calledOff: Map<string, string>;
  recorded(): Promise<void>;
}

export function startWavesRun(input: WavesInput): WavesRun {
  const { runId, workflowId } = workflowInfo();
  let status = initialWaves(input.waves);
  let aborted = false;
  let count = 0;
  let writing: Promise<void> = Promise.resolve();
  const scopes = new Map<string, CancellationScope>();
  let starter: Actor | null = null;
  let refusals = 0;

  const write = (act: string, actor: string, reason: string, proof: ActProof | null = null): void => {
    count += 1;
    const tree = TREES.includes(act) ? wavesLines(status) : [];
    const at = { key: `${runId}/waves/${count}`, atMs: Date.now(), workflowId, runId };
    const entry = { ...at, act, actor, reason, proof, tree };
    writing = CancellationScope.nonCancellable(() =>
      writing.then(() => recordWaves.executeWithOptions({ summary: `audit: ${act}` }, [entry])),
    );
  };
  const show = (): void => setCurrentDetails(['```', ...wavesLines(status), '```'].join('\n'));

  show();
  return {
    input,
    get status() {
      return status;
    },
    get aborted() {
      return aborted;
    },
    get starter() {
      return starter;
    },
    started(by, proof) {
      starter = by;
      write('wavesStarted', input.startedBy, input.reason ?? `waves of ${input.waves.name}`, proof);
    },
    firstUse: createFirstUse(),
    refused(by, why, proof) {
      refusals += 1;
      if (refusals <= MAX_TOLD) write('refused', by, why, proof);
    },
    dispatch(event, proof) {
      const before = status;
      status = applyWaves(status, event);
      aborted ||= event.kind === 'acted' && event.act === 'abort';
      show();
      const [act, actor, reason] = entryOf(before, event, status) ?? [];
      if (act !== undefined) write(act, actor ?? 'engine', reason ?? '', proof);
    },
    scopeOf(member) {
      const scope = scopes.get(member) ?? new CancellationScope();
      scopes.set(member, scope);
      return scope;
    },
    calledOff: new Map(),
    recorded: () => writing,
  };
}

/** Act, actor and reason of what stands in the audit log; what members do stands in their own. */
function entryOf(
  before: WavesStatus,
  event: WavesEvent,
  { waves, stopped }: WavesStatus,
): readonly [string, string, string] | null {
  if (event.kind === 'acted')
    return [`waves${event.act[0]?.toUpperCase()}${event.act.slice(1)}`, event.by, event.reason];
  if (event.kind === 'waveBegun')
    return ['waveBegun', 'engine', `wave ${event.wave + 1} of ${waves.length}: ${waves[event.wave]?.name ?? ''}`];
  if (event.kind === 'memberUnheard') return ['memberUnheard', 'engine', `${event.member}: ${event.why}`];
  if (event.kind === 'memberHeard') return ['memberHeard', 'engine', `${event.member}: its organisation answers again`];
  if (event.kind === 'memberRefused') return ['memberRefused', 'engine', `${event.member}: ${event.reason}`];
  if (event.kind === 'refused') return ['refused', 'engine', event.reason];
  if (event.kind === 'ended') return ['wavesEnded', 'engine', `${event.outcome}: ${event.reason}`];
  return before.stopped === null && stopped !== null ? ['wavesStopped', 'engine', stopped] : null;
}

/** The whole tree stands beside these. */
const TREES: readonly string[] = ['wavesStopped', 'wavesEnded'];
