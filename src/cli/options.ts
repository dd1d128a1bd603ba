/** Parsers of option values; what they throw becomes a usage message. */
import { InvalidArgumentError, Option } from 'commander';
import { PORTS } from '../config/shapes.ts';
import type { Deps } from './deps.ts';
import { actionProblem } from '../domain/plan/identity.ts';
import { show } from '../domain/plan/problem.ts';
import { NAME_HELP, NAME_PATTERN } from '../domain/waves/plan.ts';
import { parsePositiveDuration } from '../domain/plan/duration.ts';
import { writeDuration } from '../domain/shared/duration.ts';
import { MAX_ACTOR_LENGTH, MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export const portNumber = wholeNumber(...PORTS);

export function nonEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected a text that is not empty.');
}

/** What a person says stands in the audit log and on many screens, for good. */
function textUpTo(most: number): (text: string) => string {
  return (text) => {
    const { length } = nonEmpty(text);
    if (length <= most) return text;
    throw new InvalidArgumentError(`It has ${length} characters; expected at most ${most}.`);
  };
}

export const reasonText = textUpTo(MAX_REASON_LENGTH);
const personName = textUpTo(MAX_ACTOR_LENGTH);

/** Of an argument: an action that a rollout could have. */
export function actionName(text: string): string {
  const problem = actionProblem(text);
  if (problem === null) return text;
  throw new InvalidArgumentError(problem);
}

export const ACTION = ['<action>', 'name of the action', actionName] as const;

/** Of an argument: waves that a file could name. */
export function wavesName(text: string): string {
  if (NAME_PATTERN.test(text)) return text;
  throw new InvalidArgumentError(`${show(text)} is no name of waves; expected ${NAME_HELP}.`);
}

/** A number within bounds, decimals allowed. */
export function decimal(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high))
      throw new InvalidArgumentError(`"${text}" is not a number from ${low} to ${high}.`);
    return value;
  };
}

/** In ms. */
export function duration(text: string): number {
  const ms = parsePositiveDuration(text);
  if (typeof ms === 'number') return ms;
  throw new InvalidArgumentError(ms.message);
}

/** In ms. */
export function durationUpTo(mostMs: number): (text: string) => number {
  return (text) => {
    const ms = duration(text);
    if (ms <= mostMs) return ms;
    throw new InvalidArgumentError(`${text} is too long; expected at most ${writeDuration(mostMs)}.`);
  };
}

export const JSON_OBJECT = ['--json', 'one JSON object'] as const;
export const JSON_LINES = ['--json', 'JSON lines on stdout, nothing else'] as const;
export const BY = ['--by <name>', 'who acts (default: you)', personName] as const;
export const DRY_RUN = ['--dry-run', 'only show what it would do; nothing is started or changed'] as const;
export const BROWSERS = [
  '--browsers <query>',
  'oldest browsers as a browserslist query (default: CARD_BROWSERS, else "chrome >= 90, firefox >= 88, safari ' +
    '>= 14")',
  nonEmpty,
] as const;
export const MODELS = ['--models <json>', 'how versions behave, e.g. {"1.6.0":{"acceptMultiplier":0.65}}'] as const;

const seconds = wholeNumber(0, 86_400);
export const HELD_FOR = [
  '--held-for <seconds>',
  'how long it may be held or need attention before watching ends with exit code 6 (default: 30, on a terminal without end)',
  seconds,
] as const;

export interface HeldForOptions {
  readonly heldFor?: number;
  readonly patience?: number;
}

/** The name that `--held-for` had. */
export function oldHeldFor(): Option {
  return new Option('--patience <seconds>').argParser(seconds).hideHelp();
}

/** In seconds. Whoever sits at a terminal is not left alone with it. */
export function heldFor(
  { out }: Pick<Deps, 'out'>,
  { heldFor: given, patience, json }: HeldForOptions & { readonly json?: boolean },
): number {
  if (patience !== undefined) out.stderr('warning --patience is now --held-for; the next release does not know it.\n');
  return given ?? patience ?? (out.isTTY && json !== true ? Infinity : 30);
}
