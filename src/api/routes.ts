/** What can be asked of the api process, each by one line of the configurator. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Configurator } from '../configurator.ts';
import type { CalendarQuestion } from '../domain/calendar/question.ts';
import { parseFreezeAsked } from '../domain/calendar/freeze.ts';
import { parseEnginePlan } from '../domain/plan/check.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { parseWavesInput } from '../domain/waves/input.ts';
import { membersOf } from '../domain/waves/state.ts';
import type { Answer } from './once.ts';
import type { Caller } from './caller.ts';
import { refusal } from './problem.ts';
import { reportAnswer } from './report.ts';
import type { Reports } from './report.ts';
import * as requests from './requests.ts';

export interface Call {
  readonly caller: Caller;
  /** Whose acts are signed for the caller. */
  readonly engine: Configurator;
  readonly reports: Reports | null;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The caller's own, where one was given. */
  readonly key: string | null;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly handle: (call: Call) => Promise<Answer>;
}

const ok = (body: object): Answer => ({ status: 200, body });
const created = (body: object): Answer => ({ status: 201, body });

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/me', handle: async ({ caller }) => ok(shownCaller(caller)) },
  { method: 'GET', path: '/v1/rollouts', handle: list },
  { method: 'POST', path: '/v1/rollouts', handle: start },
  { method: 'GET', path: '/v1/rollouts/:action', handle: status },
  { method: 'GET', path: '/v1/rollouts/:action/history', handle: history },
  { method: 'GET', path: '/v1/rollouts/:action/report', handle: report },
  { method: 'GET', path: '/v1/rollouts/:action/versions/:version', handle: version },
  { method: 'POST', path: '/v1/rollouts/:action/undo', handle: undo },
  { method: 'POST', path: '/v1/rollouts/:action/recover', handle: recover },
  { method: 'POST', path: '/v1/rollouts/:action/:act', handle: act },
  { method: 'POST', path: '/v1/all/:act', handle: actOnAll },
  { method: 'GET', path: '/v1/runs/:run', handle: run },
  { method: 'GET', path: '/v1/audit', handle: audit },
  { method: 'GET', path: '/v1/freezes', handle: async ({ engine }) => ok(await engine.freezes()) },
  { method: 'POST', path: '/v1/freezes', handle: freeze },
  { method: 'POST', path: '/v1/calendar', handle: calendar },
  { method: 'POST', path: '/v1/waves', handle: startWaves },
  { method: 'GET', path: '/v1/waves/:name', handle: waves },
  { method: 'POST', path: '/v1/waves/:name/:act', handle: actOnWaves },
];

function shownCaller({ name, subject, groups, tokenExpiresAtMs }: Caller): object {
  return { name, subject, groups, tokenExpiresAt: new Date(tokenExpiresAtMs).toISOString() };
}

const MAX_LISTED = 1_000;

/** Of what the caller may see; where some are hidden it is looked further back. */
async function list({ caller, engine, query }: Call): Promise<Answer> {
  const { limit = 20, ...filter } = requests.read(requests.listQuery, query);
  const isShown = ({ action }: { readonly action: string | null }): boolean =>
    action !== null && caller.refusalOf('view', action) === null;
  const seen = async (most: number) => {
    const { rollouts, unseen } = await engine.list(most, given(filter));
    return { isAll: rollouts.length < most, rows: rollouts.filter(isShown), unseen };
  };
  const first = await seen(limit);
  const { rows, unseen } = first.rows.length === limit || first.isAll ? first : await seen(MAX_LISTED);
  return ok({ rollouts: rows.slice(0, limit), unseen });
}

async function status(call: Call): Promise<Answer> {
  const action = seenAction(call);
  return ok(await call.engine.status(action, requests.read(requests.runQuery, call.query).run));
}

async function history(call: Call): Promise<Answer> {
  const action = seenAction(call);
  return ok({ rollouts: await call.engine.history(action, requests.read(requests.historyQuery, call.query).limit) });
}

async function report(call: Call): Promise<Answer> {
  const action = seenAction(call);
  return reportAnswer(call.reports, { action, ...requests.read(requests.reportQuery, call.query) });
}

async function version(call: Call): Promise<Answer> {
  const action = seenAction(call);
  const named = call.params['version'] ?? '';
  return ok(await call.engine.version(action, named === 'last' ? undefined : named));
}

async function run({ engine, params, query }: Call): Promise<Answer> {
  const { workflow } = requests.read(requests.workflowQuery, query);
  return ok({ running: await engine.isRunning(workflow, params['run'] ?? '') });
}

/** Of an action; of all else, whoever may see every action. */
async function audit(call: Call): Promise<Answer> {
  const {
    of = null,
    actor = null,
    since = null,
    until = null,
    before = null,
    limit = 50,
  } = requests.read(requests.auditQuery, call.query);
  assertMay(call, 'view', of ?? '*');
  return ok(await call.engine.auditLines({ of, actor, since, until, before, limit }));
}

async function start(call: Call): Promise<Answer> {
  const { plan, ...said } = asCaller(call, requests.startBody);
  const checked = parseEnginePlan(plan);
  if (!checked.ok) throw unfit('plan', checked.problems);
  return created(await call.engine.startRollout(checked.plan, said));
}

async function act(call: Call): Promise<Answer> {
  const name = actIn(call, requests.actName);
  const { run: runId, ...said } = asCaller(call, requests.actBody);
  const updateId = call.key === null ? undefined : updateIdOf(call);
  return ok(await call.engine.act(name, actionOf(call), said, runId, given({ updateId })));
}

async function undo(call: Call): Promise<Answer> {
  return created(await call.engine.undo(actionOf(call), asCaller(call, requests.undoBody)));
}

async function recover(call: Call): Promise<Answer> {
  const action = actionOf(call);
  assertMay(call, 'recover', action);
  return ok(await call.engine.recover(action, asCaller(call, requests.reasonBody)));
}

async function freeze(call: Call): Promise<Answer> {
  const asked = parseFreezeAsked(asCaller(call, requests.freezeBody));
  if (typeof asked === 'string')
    throw refusal('api-body-invalid', `The request is not as expected: ${asked}`, 'Nothing was done.');
  if (asked.do === 'list') return ok(await call.engine.freezes());
  return ok({ freezes: await call.engine.freeze(asked) });
}

async function calendar(call: Call): Promise<Answer> {
  const question = requests.read(requests.calendarBody, call.body);
  assertMay(call, 'view', question.action);
  return ok(await call.engine.calendar(question as CalendarQuestion));
}

async function startWaves(call: Call): Promise<Answer> {
  const { waves: plan, ...said } = asCaller(call, requests.wavesBody);
  const checked = parseWavesInput({ waves: plan, startedBy: said.by });
  if (!checked.ok) throw unfit('waves', checked.problems);
  return created(await call.engine.startWaves(checked.input.waves, said));
}

async function waves(call: Call): Promise<Answer> {
  const { run: runId } = requests.read(requests.runQuery, call.query);
  const view = await call.engine.waves(call.params['name'] ?? '', runId);
  for (const { action } of membersOf(view.waves)) assertMay(call, 'view', action);
  return ok(view);
}

async function actOnWaves(call: Call): Promise<Answer> {
  const name = actIn(call, requests.wavesActName);
  return ok(await call.engine.actOnWaves(name, call.params['name'] ?? '', asCaller(call, requests.everybodyBody)));
}

async function actOnAll(call: Call): Promise<Answer> {
  const name = actIn(call, requests.wavesActName);
  return ok({ members: await call.engine.actOnAll(name, asCaller(call, requests.everybodyBody)) });
}

function actionOf({ params }: Call): string {
  return params['action'] ?? '';
}

function seenAction(call: Call): string {
  const action = actionOf(call);
  assertMay(call, 'view', action);
  return action;
}

function assertMay({ caller }: Call, act: string, action: string): void {
  const why = caller.refusalOf(act, action);
  if (why !== null) throw refusal('api-not-allowed', why, 'Nothing was done.');
}

function actIn<S extends z.ZodType>({ params }: Call, schema: S): z.output<S> {
  const parsed = schema.safeParse(params['act']);
  if (parsed.success) return parsed.data;
  throw refusal('api-not-found', `There is no act ${JSON.stringify(params['act'])}.`, 'docs/api.md lists them all.');
}

/** What it says, in the name of whoever calls, who cannot give another. */
function asCaller<S extends z.ZodType<{ readonly by?: string | undefined }>>(
  { caller, body }: Call,
  schema: S,
): Given<z.output<S>> & { readonly by: string } {
  const said = requests.read(schema, body);
  if (said.by !== undefined && said.by !== caller.name)
    throw refusal(
      'api-not-allowed',
      `It names ${JSON.stringify(said.by)}, and the token is ${JSON.stringify(caller.name)}'s.`,
      'Leave the name out: it is taken from the token. Nothing was done.',
    );
  return { ...given(said), by: caller.name };
}

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** Without what was not said. */
function given<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Given<T>;
}

/** Of this person, for this rollout and no other. */
function updateIdOf({ caller, params, key }: Call): string {
  const id = JSON.stringify([caller.subject, params, key]);
  return `api-${createHash('sha256').update(id).digest('base64url')}`;
}

function unfit(what: string, problems: readonly Problem[]): Error {
  const said = problems.slice(0, 20).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return refusal('api-body-invalid', `The ${what} cannot be used: ${said.join(' ')}`, 'Nothing was started.');
}
