/** What a person is told of waves; of their rollouts each tells itself. Pure. */
import { oneLine } from '../text/printable.ts';
import type { Message } from './message.ts';

interface WavesTold {
  readonly act: string;
  readonly reason: string;
  /** Workflow id: `waves/<name>`. */
  readonly workflowId: string;
  readonly runId: string;
  readonly atMs: number;
  /** As `waves status` shows it. */
  readonly tree: readonly string[];
}

/** Branches; before them stands the whole in a line, and after them why it ends. */
const DRAWN = /^[├│└ ]/;

/** Null: nothing that a person must hear of. */
export function messageOfWaves({ act, reason, workflowId, runId, atMs, tree }: WavesTold): Message | null {
  const name = workflowId.slice('waves/'.length);
  const common = {
    action: null,
    version: null,
    rolloutId: runId,
    workflowId,
    atMs,
    what: oneLine(tree[0] ?? ''),
    tree: tree.filter((line) => DRAWN.test(line)),
    figures: [],
    until: null,
    commands: [`assist-rollouts waves status ${JSON.stringify(name)}`],
    alert: null,
    routes: [],
  } as const;
  if (act === 'wavesStopped')
    return {
      ...common,
      event: 'wavesStopped',
      severity: 'warning',
      headline: `Waves ${name}: nothing more is started`,
      why: oneLine(reason),
      next: 'What runs and what is promoted becomes what the file of the waves says.',
      commands: [...common.commands, `assist-rollouts waves abort ${JSON.stringify(name)} --reason "…"`],
    };
  if (act !== 'wavesEnded') return null;
  return {
    ...common,
    event: 'wavesEnded',
    severity: 'info',
    headline: `Waves ${name} are over: ${oneLine(reason)}`,
    why: null,
    next: 'Nothing.',
  };
}
