/** What a person does to builds of the worker: where new rollouts begin, and where one goes on. */
import { actionProblem } from '../plan/identity.ts';
import { show } from '../plan/problem.ts';
import { actorProblem, reasonProblem, UNPRINTABLE } from '../rollout/actor.ts';

/** A build is named by its id; `unversioned`: workers that say none. */
export type BuildsDeed =
  | { readonly do: 'ramp'; readonly build: string; readonly percent: number }
  | { readonly do: 'promote'; readonly build: string }
  | { readonly do: 'back' }
  | ({ readonly do: 'move'; readonly build: string } & Moved);

/** A rollout by its action, or waves by their name. */
export type Moved = { readonly action: string } | { readonly waves: string };

/** What a workflow of its own is asked for. */
export type BuildsAct = BuildsDeed & {
  /** Of which deployment they are builds. */
  readonly deployment: string;
  readonly by: string;
  readonly reason: string;
  readonly expiresAt?: string;
  readonly signature?: string;
};

/** Where new rollouts begin; a build is null for workers that say none. */
export interface BuildsRouting {
  readonly current: string | null;
  /** `unversioned` for workers that say no build; null: none is. */
  readonly ramping: string | null;
  readonly rampPercent: number;
}

/** A deed that is the same however often it is done. */
export type BuildsChange =
  | { readonly kind: 'current'; readonly build: string | null; readonly isBack: boolean }
  | { readonly kind: 'ramp'; readonly build: string | null; readonly percent: number }
  | { readonly kind: 'move'; readonly build: string | null; readonly workflowId: string; readonly runId: string };

/** In words of the command line; nothing was changed. */
export interface BuildsRefusal {
  readonly kind: 'refused';
  readonly code: 'build-unknown' | 'build-refused' | 'rollout-not-found';
  readonly why: string;
  readonly remedy: string;
}

export type BuildsPlan =
  | { readonly kind: 'change'; readonly change: BuildsChange; readonly before: BuildsRouting }
  | BuildsRefusal;

export type BuildsAnswer = { readonly kind: 'done' } | BuildsRefusal;

const MAX_NAME = 255;

/** Whoever starts it: what is no such act is told in one sentence. */
export function parseBuildsAct(given: unknown): BuildsAct | string {
  const asked = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const { deployment, by, reason } = asked;
  if (!isName(deployment)) return `"deployment" is ${show(deployment)}; expected the name of a deployment.`;
  const unfit = actorProblem(by) ?? reasonProblem(reason);
  if (unfit !== null) return unfit;
  const deed = deedIn(asked);
  return typeof deed === 'string' ? deed : ({ ...asked, ...deed } as BuildsAct);
}

function deedIn({ do: deed, build, percent, action, waves }: Record<string, unknown>): BuildsDeed | string {
  if (deed === 'back') return { do: deed };
  if (deed !== 'ramp' && deed !== 'promote' && deed !== 'move')
    return `"do" is ${show(deed)}; expected ramp, promote, back or move.`;
  if (!isName(build)) return `"build" is ${show(build)}; expected the id of a build.`;
  if (deed === 'promote') return { do: deed, build };
  if (deed === 'ramp')
    return typeof percent === 'number' && percent >= 0 && percent <= 100
      ? { do: deed, build, percent }
      : `"percent" is ${show(percent)}; expected a number from 0 to 100.`;
  if (waves !== undefined)
    return isName(waves) ? { do: deed, waves, build } : `"waves" is ${show(waves)}; expected the name of waves.`;
  return typeof action === 'string' && actionProblem(action) === null
    ? { do: deed, action, build }
    : `"action" is ${show(action)}; expected the name of an action.`;
}

function isName(given: unknown): given is string {
  return typeof given === 'string' && given !== '' && given.length <= MAX_NAME && !UNPRINTABLE.test(given);
}

const ACTS = { ramp: 'buildRamp', promote: 'buildPromote', back: 'buildBack', move: 'buildMove' } as const;

/** What it takes to be let: all rollouts are an admin's, and so is what is moved; waves are of many actions. */
export function buildsRight(act: BuildsDeed): {
  readonly act: (typeof ACTS)[keyof typeof ACTS];
  readonly action: string;
  readonly queues: readonly string[];
} {
  return { act: ACTS[act.do], action: act.do === 'move' && 'action' in act ? act.action : '*', queues: [] };
}

export function buildsActText(act: BuildsDeed): string {
  switch (act.do) {
    case 'ramp':
      return `ramp ${act.build} to ${act.percent} %`;
    case 'promote':
      return `promote ${act.build}`;
    case 'back':
      return 'back to the build before';
    case 'move':
      return `move ${'action' in act ? act.action : `the waves ${act.waves}`} to ${act.build}`;
  }
}
