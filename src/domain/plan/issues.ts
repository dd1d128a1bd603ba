/** zod's issues in our words: a stable code, what was seen, what was expected, the way out. */
import type { z } from 'zod';
import { didYouMean, nearestWord } from './did-you-mean.ts';
import { isCustomName } from '../metrics/custom-name.ts';
import type { Fault, Problem } from './problem.ts';
import { problemAt, show } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** Names of the fields that there may be at a path. */
export type FieldsAt = (path: readonly PropertyKey[]) => readonly string[];

/** The problems behind an issue, with what was written there looked up in `raw`. */
export function problemsOf(issue: Issue, raw: unknown, fieldsAt: FieldsAt): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(issue.path, key, fieldsAt));
  const meant = branchOf(issue, valueAt(raw, issue.path));
  if (meant !== null)
    return meant.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }, raw, fieldsAt));
  return [problemAt(issue.path.join('.'), faultOf(issue, valueAt(raw, issue.path)))];
}

/** Where there may be a text or a set of fields: what is wrong with the one that was written. */
function branchOf(issue: Issue, seen: unknown): readonly Issue[] | null {
  if (issue.code !== 'invalid_union' || seen === undefined) return null;
  const fitting = issue.errors.filter(
    (branch) => !branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const [only] = fitting;
  return only !== undefined && only.length > 0 && fitting.length === 1 ? only : null;
}

function unknownField(path: readonly PropertyKey[], key: string, fieldsAt: FieldsAt): Problem {
  return problemAt([...path, key].join('.'), {
    code: 'plan-unknown-field',
    message: path.length === 0 ? `There is no field ${show(key)}.` : `${path.join('.')} has no field ${show(key)}.`,
    remedy: didYouMean(key, fieldsAt(path)),
  });
}

/** What a pattern of ours says of a text that does not fit. */
const WHICH = /^(is|has) /;

function faultOf(issue: Issue, seen: unknown): Fault {
  if (issue.code === 'custom' && issue.params?.['fault'] !== undefined) return issue.params['fault'] as Fault;
  if (seen === undefined) return missing(issue);
  if (issue.code === 'invalid_value') return wrongValue(issue.values.map(String), seen, issue.path.at(-1));
  const kinds = kindsOf(issue);
  if (kinds !== undefined) return wrongValue(kinds, seen, issue.path.at(-1));
  if (issue.code === 'too_small')
    return outOfRange(seen, issue, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
  if (issue.code === 'too_big')
    return outOfRange(seen, issue, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
  if (issue.code === 'invalid_format' && WHICH.test(issue.message))
    return {
      code: 'plan-type',
      message: `Here stands ${show(seen)}, which ${issue.message}.`,
      remedy: 'Put it right, or leave it out.',
    };
  const expected = issue.code === 'invalid_type' ? kindOf(issue.expected) : 'something else';
  return {
    code: 'plan-type',
    message: `Here stands ${show(seen)}; expected ${expected}.`,
    remedy: typeRemedy(expected, seen),
  };
}

function missing(issue: Issue): Fault {
  const field = String(issue.path.at(-1) ?? 'plan');
  return {
    code: 'plan-missing',
    message: `${show(field)} is missing; it is needed here.`,
    remedy: `Add ${field}${hintFor(issue)}.`,
  };
}

function hintFor(issue: Issue): string {
  if (issue.code === 'invalid_value') return `: ${issue.values.map(String).join(' or ')}`;
  const kinds = kindsOf(issue);
  if (kinds !== undefined) return `: ${kinds.join(' or ')}`;
  return issue.code === 'invalid_type' ? ` (${kindOf(issue.expected)})` : '';
}

/** What the field may say that tells the members of a union apart. */
function kindsOf(issue: Issue): readonly string[] | undefined {
  return issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
    ? issue.options.map(String)
    : undefined;
}

function wrongValue(allowed: readonly string[], seen: unknown, field: PropertyKey | undefined): Fault {
  return {
    code: 'plan-value',
    message: `Here stands ${show(seen)}; expected ${allowed.join(' or ')}.`,
    remedy: typeof seen === 'string' ? nearOf(seen, allowed) + customHint(field, seen, allowed) : WRITE_ONE,
  };
}

const WRITE_ONE = 'Write one of these.';

/** The message has told them all. */
function nearOf(seen: string, allowed: readonly string[]): string {
  const nearest = nearestWord(seen, allowed);
  return nearest === undefined ? WRITE_ONE : `Did you mean ${nearest}?`;
}

/** A metric of the contact centre's own is a custom metric with a name. */
function customHint(field: PropertyKey | undefined, seen: string, allowed: readonly string[]): string {
  if (field !== 'metric' || !isCustomName(seen) || nearestWord(seen, allowed) !== undefined) return '';
  return ` A number from outside is metric: custom with name: ${seen}.`;
}

/** "1%" where a number stands for a share. */
function typeRemedy(expected: string, seen: unknown): string {
  const percentage =
    typeof seen === 'string' && expected === kindOf('number')
      ? /^(\d{1,3}(?:\.\d{1,6})?)\s*%$/.exec(seen.trim())
      : null;
  return percentage === null
    ? `Write ${expected} here.`
    : `Write ${Number((Number(percentage[1]) / 100).toPrecision(9))} here.`;
}

function outOfRange(seen: unknown, issue: { origin: string }, bound: string, limit: number | bigint): Fault {
  const what = issue.origin === 'array' ? ' items' : issue.origin === 'string' ? ' characters' : '';
  return {
    code: 'plan-range',
    message: `Here stands ${show(seen)}; expected ${bound} ${limit}${what}.`,
    remedy: `Write ${bound} ${limit}${what}.`,
  };
}

function kindOf(expected: string): string {
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    array: 'a list ("- " items)',
    object: 'a set of fields',
    boolean: 'true or false',
  };
  return kinds[expected] ?? expected;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
