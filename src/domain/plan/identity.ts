import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/** For editors; the parser below is what decides. */
export const VERSION_PATTERN = '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$';
export const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9 _-]{0,63}$';

const MAX_VERSION_LENGTH = 64;

/** A version as semver.org defines it: three numbers without leading zeros, then `-pre.release` and `+build`. */
export function parseVersion(value: unknown): string | Fault {
  if (typeof value === 'string' && isSemver(value)) return value;
  return {
    code: 'plan-version',
    message: `${show(value)} is not a semantic version; expected three numbers, such as 1.5.0.`,
    remedy: 'Write major.minor.patch, and put it in quotes if YAML takes it for a number.',
  };
}

/**
 * An action's name. Genesys knows each version as `<name> v<version>`, so a name may not end in what looks like one.
 */
export function parseName(value: unknown): string | Fault {
  const text = typeof value === 'string' ? value : '';
  const fits = new RegExp(NAME_PATTERN).test(text) && text.trim() === text;
  if (fits && !/ v\d+$/i.test(text)) return text;
  return {
    code: 'plan-name',
    message: fits
      ? `${show(value)} ends in what looks like a version; the engine adds " v<version>" to the name by itself.`
      : `${show(value)} is not an action name; expected 1 to 64 letters, digits, spaces, "_" or "-", beginning ` +
        'with a letter or digit.',
    remedy: fits
      ? 'Leave the version out of the name and put it into action.version.'
      : 'Write for example RefundAssist.',
  };
}

/** What is wrong with the name of an action that a rollout could have, whoever asks about it; or null. */
export function actionProblem(value: unknown): string | null {
  const read = parseName(value);
  return typeof read === 'string' ? null : read.message;
}

function isSemver(text: string): boolean {
  if (text.length > MAX_VERSION_LENGTH || !new RegExp(VERSION_PATTERN).test(text)) return false;
  const [withoutBuild, build] = splitOnce(text, '+');
  const [core, preRelease] = splitOnce(withoutBuild, '-');
  if (!core.split('.').every(isPlainNumber)) return false;
  if (build !== undefined && build.split('.').includes('')) return false;
  return preRelease === undefined || preRelease.split('.').every(isPreReleasePart);
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function isPlainNumber(part: string): boolean {
  return part === '0' || !part.startsWith('0');
}

function isPreReleasePart(part: string): boolean {
  return part !== '' && (!/^\d+$/.test(part) || isPlainNumber(part));
}
