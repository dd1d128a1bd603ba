/** Variables that look as if they were meant for us, and are none of ours: nothing reads them. */
import { nearestWord } from '../domain/plan/did-you-mean.ts';
import { CONFIG_FILE } from './configuration.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';
import { VARIABLE_LIST } from './variables.ts';

const OURS =
  /^(ASSIST|GENESYS|EVENTS|PANEL|COACHING|HOOKS?|MESSAGES|OPERATORS?|ORGANISATIONS?|CALENDAR|CARD|AUDIT|SIEM|GUARDIAN|UNDO)(_|$)/;
const KNOWN = [
  ...VARIABLE_LIST.flatMap(([name, { inFile }]) => (inFile === null ? [name] : [name, `${name}_FILE`])),
  CONFIG_FILE,
  'ASSIST_ROLLOUTS_PROGRAM',
];

export function slipsIn(env: Env): ConfigProblem[] {
  return Object.keys(env).flatMap((name) => {
    if (!OURS.test(name) || KNOWN.includes(name)) return [];
    const nearest = nearestWord(name, KNOWN);
    return nearest === undefined
      ? []
      : [{ name, message: `is no setting, and nothing reads it. Did you mean ${nearest}?` }];
  });
}
