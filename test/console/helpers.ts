/** A console over real requests, on rollouts that a test makes up at the edge. */
import { readFile } from 'node:fs/promises';
import { statusOf } from '../../bench/lib/status.ts';
import { createBoard } from '../../src/console/board.ts';
import { createConsoleApp } from '../../src/console/app.ts';
import type { ConsoleApp } from '../../src/console/app.ts';
import { originsOf } from '../../src/console/origin.ts';
import type { ConsoleAppDeps } from '../../src/console/parts.ts';
import { createPlans } from '../../src/console/plans.ts';
import { createTales } from '../../src/console/tale.ts';
import { localViewers } from '../../src/console/viewer.ts';
import { createWatches } from '../../src/console/watch.ts';
import type { Configurator } from '../../src/configurator.ts';
import type { RolloutSummary } from '../../src/configurator/list-rows.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { FROM_DISK } from '../../src/lint/lint.ts';

export const ORIGIN = 'http://127.0.0.1:8490';
export const TOKEN = 'the-form-token-of-this-test';

export function viewOf(action: string, status: Partial<RolloutView['status']> = {}): RolloutView {
  return {
    workflowId: `rollout/${action}`,
    runId: `run-${action}`,
    url: null,
    lost: null,
    progress: null,
    troubles: [],
    running: status.endedAt == null,
    status: { ...statusOf(action), ...status },
  };
}

export function summaryOf(action: string, more: Partial<RolloutSummary> = {}): RolloutSummary {
  return {
    workflowId: `rollout/${action}`,
    runId: `run-${action}`,
    url: null,
    action,
    version: '1.5.0',
    phase: 'baking',
    outcome: null,
    splitPercent: 25,
    state: 'RUNNING',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: null,
    override: null,
    audience: null,
    ...more,
  };
}

export interface Taken {
  readonly what: string;
  readonly given: readonly unknown[];
}

/** Rollouts as a test has them now, and what was asked of them. */
export interface FakeEngine {
  readonly engine: Configurator;
  readonly taken: Taken[];
  views: ReadonlyMap<string, RolloutView>;
  rows: readonly RolloutSummary[];
  /** Thrown by whatever acts. */
  refuses: AssistError | null;
}

export function fakeEngine(): FakeEngine {
  const taken: Taken[] = [];
  const act =
    (what: string, answer: unknown) =>
    async (...given: readonly unknown[]) => {
      taken.push({ what, given });
      if (fake.refuses !== null) throw fake.refuses;
      return answer;
    };
  const engine = {
    list: async (...given: readonly unknown[]) => {
      taken.push({ what: 'list', given });
      return { rollouts: [...fake.rows], unseen: null };
    },
    status: async (action: string, run?: string) => {
      taken.push({ what: 'status', given: [action, run] });
      const view = fake.views.get(action);
      if (view !== undefined) return view;
      throw new AssistError('rollout-not-found', `There is no rollout of ${action}.`, 'See `assist-rollouts list`.');
    },
    act: act('act', { delivered: 'applied' }),
    undo: act('undo', {}),
    recover: act('recover', { recovery: { kind: 'restored' } }),
    startRollout: act('start', {}),
    version: () => Promise.reject(new AssistError('registry-unanswered', 'No worker answered.', '')),
    auditLines: () => Promise.resolve({ kind: 'audit', lines: [], size: 0 }),
    actingFor: () => engine,
  } as unknown as Configurator;
  const fake: FakeEngine = { engine, taken, views: new Map(), rows: [], refuses: null };
  return fake;
}

export const acts = ({ taken }: FakeEngine): readonly Taken[] =>
  taken.filter(({ what }) => what !== 'list' && what !== 'status');

export interface TestConsole {
  readonly app: ConsoleApp;
  readonly logged: unknown[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** As a form of a page of this console sends it. */
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  close(): void;
}

export function openConsole(fake: FakeEngine, more: Partial<ConsoleAppDeps> = {}): TestConsole {
  const logged: unknown[] = [];
  const log = (fields: object, message: string): void => void logged.push([message, fields]);
  const clock = () => performance.now();
  const tell = createTales({ fromStore: null, engine: fake.engine, now: clock, onTrouble: () => undefined });
  const board = createBoard({ engine: fake.engine, clock, now: Date.now, onTrouble: () => undefined });
  const app = createConsoleApp({
    origins: originsOf(null, () => 8490),
    viewers: localViewers(fake.engine, 'ana', TOKEN),
    signIn: null,
    board,
    watches: createWatches({ engine: fake.engine, tell, now: clock, pollMs: 0 }),
    histories: null,
    reports: null,
    examined: () => Promise.reject(new Error('not here')),
    plans: createPlans({
      lint: FROM_DISK,
      traffic: null,
      forecaster: { forecast: () => Promise.resolve(null) },
    }),
    records: fake.engine,
    runbook: () => readFile('docs/runbook.md', 'utf8'),
    cardPolicy: DEFAULT_SETTINGS.policy,
    logger: { info: log, warn: log, error: log },
    now: Date.now,
    clock,
    ...more,
  });
  const headers = { host: new URL(ORIGIN).host, accept: 'text/html' };
  return {
    app,
    logged,
    get: async (path, given = {}) => app.request(`${ORIGIN}${path}`, { headers: { ...headers, ...given } }),
    post: async (path, form, given = {}) =>
      app.request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: {
          ...headers,
          origin: ORIGIN,
          'content-type': 'application/x-www-form-urlencoded',
          ...given,
        },
        body: new URLSearchParams(form).toString(),
      }),
    close() {
      app.close();
      board.close();
    },
  };
}
