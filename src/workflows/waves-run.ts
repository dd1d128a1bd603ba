/** The waves inside their workflow: their status, changed by events only; each is shown and put on record. */
import { CancellationScope, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { WavesInput } from '../domain/waves/input.ts';
import { wavesLines } from '../domain/waves/lines.ts';
import type { WavesEvent, WavesStatus } from '../domain/waves/state.ts';
import { applyWaves, initialWaves } from '../domain/waves/state.ts';
import { recordWaves } from './activity-proxies.ts';

export interface WavesRun {
  readonly input: WavesInput;
  readonly status: WavesStatus;
  readonly aborted: boolean;
  dispatch(event: WavesEvent): void;
  /** In which a member's rollout runs: cancelled, it rolls back. */
  scopeOf(action: string): CancellationScope;
  recorded(): Promise<void>;
}

export function startWavesRun(input: WavesInput): WavesRun {
  const { runId, workflowId } = workflowInfo();
  let status = initialWaves(input.waves);
  let aborted = false;
  let count = 0;
  let writing: Promise<void> = Promise.resolve();
  const scopes = new Map<string, CancellationScope>();

  const write = (act: string, actor: string, reason: string): void => {
    count += 1;
    const tree = TREES.includes(act) ? wavesLines(status) : [];
    const entry = { key: `${runId}/waves/${count}`, atMs: Date.now(), act, actor, reason, workflowId, runId, tree };
    writing = CancellationScope.nonCancellable(() =>
      writing.then(() => recordWaves.executeWithOptions({ summary: `audit: ${act}` }, [entry])),
    );
  };
  const show = (): void => setCurrentDetails(['```', ...wavesLines(status), '```'].join('\n'));

  show();
  write('wavesStarted', input.startedBy, input.reason ?? `waves of ${input.waves.name}`);
  return {
    input,
    get status() {
      return status;
    },
    get aborted() {
      return aborted;
    },
    dispatch(event) {
      const before = status;
      status = applyWaves(status, event);
      if (event.kind === 'acted' && event.act === 'abort') aborted ||= before.stopped === null;
      show();
      const [act, actor, reason] = entryOf(before, event, status) ?? [];
      if (act !== undefined) write(act, actor ?? 'engine', reason ?? '');
    },
    scopeOf(action) {
      const scope = scopes.get(action) ?? new CancellationScope();
      scopes.set(action, scope);
      return scope;
    },
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
  if (event.kind === 'ended') return ['wavesEnded', 'engine', `${event.outcome}: ${event.reason}`];
  return before.stopped === null && stopped !== null ? ['wavesStopped', 'engine', stopped] : null;
}

/** The whole tree stands beside these. */
const TREES: readonly string[] = ['wavesStopped', 'wavesEnded'];
