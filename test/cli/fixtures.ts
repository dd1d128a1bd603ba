/** A command line without a process: what it would print, and rollouts made up for the views. */
import { statusOf as bakingStatus } from '../../bench/lib/status.ts';
import { readConfiguration } from '../../src/config/configuration.ts';
import type { Configurator } from '../../src/configurator.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import type { Deps } from '../../src/cli/deps.ts';
import type { GuardrailReport, JudgeReport } from '../../src/domain/judge/types.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { runCli } from '../../src/cli/run.ts';
import { openConfigurator } from '../../src/compose/configurator.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly configurator?: Partial<Configurator>;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  /** Whoever sits at the terminal. */
  readonly ask?: Deps['ask'];
  readonly keys?: Deps['keys'];
  /** Told what is printed while the verb runs. */
  readonly onStdout?: (text: string) => void;
  /** Of the terminal; absent: there is none. */
  readonly columns?: number;
}

/** No configuration file and no store of the machine the test runs on may leak in. */
export const EMPTY_ENV = {
  TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
  XDG_CONFIG_HOME: '/nonexistent',
  XDG_DATA_HOME: '/nonexistent',
};

export async function cli(args: readonly string[], options: CliOptions = {}): Promise<Ran> {
  const printed = { stdout: '', stderr: '' };
  const configuration = await readConfiguration({ ...EMPTY_ENV, ...options.env });
  const { env } = configuration;
  let real: Configurator | undefined;
  const deps: Deps = {
    env,
    configuration,
    now: options.now ?? Date.now,
    signal: options.signal ?? new AbortController().signal,
    user: 'ana',
    version: '9.9.9',
    script: '/nonexistent/main.js',
    out: {
      stdout: (text) => {
        printed.stdout += text;
        options.onStdout?.(text);
      },
      stderr: (text) => {
        printed.stderr += text;
      },
      isTTY: false,
      color: false,
      ...(options.columns !== undefined && { columns: () => options.columns ?? null }),
    },
    ask: options.ask ?? null,
    keys: options.keys ?? null,
    zone: 'UTC',
    configurator: () =>
      Promise.resolve(
        (options.configurator as Configurator | undefined) ??
          (real ??= openConfigurator({ env, now: options.now ?? Date.now })),
      ),
  };
  const code = await runCli(args, deps);
  await real?.close();
  return { code, ...printed };
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const acceptance: GuardrailReport = {
  metric: 'acceptanceRate',
  mode: 'enforce',
  verdict: 'harm',
  baselineValue: 0.4,
  candidateValue: 0.26,
  limit: 0.32,
  tolerated: 0.36,
  logEvidence: { harm: 9, safe: -4 },
  n: { baseline: 1200, candidate: 310 },
  sentence:
    'acceptanceRate harm: candidate 26.0 % vs baseline 40.0 % (35 % lower), limit 32.0 % (20 % lower), n 310 / 1200 cards.',
};
const latency: GuardrailReport = {
  ...acceptance,
  metric: 'deliveryLatency',
  statistic: 'p95',
  verdict: 'undecided',
  baselineValue: 498.4,
  candidateValue: 871.6,
  limit: 697.8,
  sentence: 'deliveryLatency p95 undecided.',
  mode: 'observe',
};
export const report: JudgeReport = {
  verdict: 'harm',
  reason: acceptance.sentence,
  guardrails: [acceptance, latency],
  n: { baseline: 1200, candidate: 310 },
};

export function statusOf(more: Partial<RolloutStatus> = {}): RolloutStatus {
  return bakingStatus('RefundAssist', {
    rolloutId: 'r-1',
    version: '1.6.0',
    baselineVersion: '1.5.0',
    splitPercent: 10,
    steps: [
      { index: 0, label: 'setSplit 10 %', state: 'done' },
      { index: 1, label: 'bake 4 s', state: 'running' },
    ],
    waitingFor: '4 s to pass',
    canDo: ['pause', 'abort'],
    ...more,
  });
}

export function viewOf(status: Partial<RolloutStatus> = {}, more: Partial<RolloutView> = {}): RolloutView {
  return {
    workflowId: 'rollout/RefundAssist',
    runId: 'run-1',
    url: 'http://ui/run-1',
    status: statusOf(status),
    lost: null,
    progress: null,
    troubles: [],
    running: true,
    ...more,
  };
}

export const rolledBack: Partial<RolloutStatus> = {
  phase: 'rolledBack',
  outcome: 'rolledBack',
  splitPercent: 0,
  endedAt: '2026-03-01T12:00:09.000Z',
  report,
  reason: acceptance.sentence,
  safety: {
    provenByReadBack: true,
    provenAt: '2026-03-01T12:00:09.000Z',
    firstCandidateCardAt: '2026-03-01T12:00:02.000Z',
    timeToSafetyMs: 7_000,
    reactionMs: 412,
  },
};
