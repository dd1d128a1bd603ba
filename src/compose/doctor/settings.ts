/** Looks at the configuration: what is wrong with it, what its files hold, and who may read them. */
import { gatherConfig } from '../../config.ts';
import { sandboxWeaknesses } from '../../config/checks.ts';
import type { Configuration } from '../../config/configuration.ts';
import { ConfigError, problemLine } from '../../config/error.ts';
import type { ConfigProblem } from '../../config/error.ts';
import type { Env } from '../../config/secrets.ts';
import { slipsIn } from '../../config/slips.ts';
import { VARIABLE_LIST } from '../../config/variables.ts';
import type { Seen } from '../../doctor/finding.ts';
import { loginSeen } from '../../doctor/keys.ts';
import { fileChecks } from '../../doctor/machine.ts';
import type { LookedAtFile } from '../../doctor/machine.ts';
import type { Check } from '../../doctor/run-checks.ts';
import { readLogin } from '../../identity/token-file.ts';
import { existsSync } from 'node:fs';
import { apiUrl, loginFile } from '../api-client.ts';
import { operatorKeyFile } from '../operator-key.ts';
import { settingLooks } from '../setting-looks.ts';
import type { SettingLook } from '../setting-looks.ts';

export function settingChecks(configuration: Configuration): Check[] {
  const { env, file } = configuration;
  return [
    {
      area: 'configuration',
      name: 'settings',
      expected: 'nothing wrong',
      look: async () => settingsSeen(configuration),
    },
    { area: 'configuration', name: 'names', expected: 'known ones', look: async () => slipsSeen(env) },
    ...(file === null
      ? []
      : fileChecks('configuration', [{ name: 'configuration file', path: file, isPrivate: false }])),
    ...settingLooks(env)
      .filter(({ name }) => !isSecret(name))
      .map((one) => lookCheck('configuration', one)),
  ];
}

export function keyChecks({ env }: Configuration, now: () => number): Check[] {
  const api = safeApiUrl(env);
  return [
    {
      area: 'keys',
      name: 'strength',
      expected: 'secrets that nobody could guess',
      look: async () => strengthSeen(env),
    },
    ...settingLooks(env)
      .filter(({ name }) => isSecret(name))
      .map((one) => lookCheck('keys', one)),
    ...fileChecks('keys', secretFiles(env)),
    ...(api === null || env['ASSIST_TOKEN'] || env['ASSIST_TOKEN_FILE']
      ? []
      : [
          {
            area: 'keys' as const,
            name: 'signed in',
            expected: 'somebody who is signed in',
            look: async () => loginSeen(await readLogin(loginFile(env), api), api, now()),
          },
        ]),
  ];
}

function settingsSeen({ env, problems, file, places }: Configuration): Seen[] {
  const all = [...problems, ...gatherConfig(env).problems];
  const from = file === null ? 'no configuration file' : `${places.size} of ${file}`;
  if (all.length === 0) return [{ check: 'settings', level: 'ok', seen: `nothing is wrong with them; ${from}` }];
  return all.map((problem) => ({
    check: 'settings',
    level: 'error',
    seen: problemLine(placed(problem, places)),
    expected: 'a value that can be used',
    wayOut: 'Mend it; docs/configuration.md lists all settings.',
  }));
}

function placed(problem: ConfigProblem, places: Configuration['places']): ConfigProblem {
  const place = problem.place ?? places.get(problem.name);
  return place === undefined ? problem : { ...problem, place };
}

function slipsSeen(env: Env): Seen | Seen[] {
  const slips = slipsIn(env);
  if (slips.length === 0) return { check: 'names', level: 'ok', seen: 'no variable is nearly one of ours' };
  return slips.map(({ name, message }) => ({ check: name, level: 'warning', seen: message, wayOut: 'Mend the name.' }));
}

function lookCheck(area: Check['area'], { name, look }: SettingLook): Check {
  const expected = 'one that can be used';
  return {
    area,
    name,
    expected,
    look: async () => {
      try {
        return { check: name, level: 'ok', seen: await look() };
      } catch (error) {
        const { remedy } = error as { readonly remedy?: unknown };
        const wayOut = typeof remedy === 'string' && !(error instanceof ConfigError) ? remedy : 'Mend the setting.';
        return { check: name, level: 'error', seen: whatIsWrong(error), expected, wayOut };
      }
    },
  };
}

function whatIsWrong(error: unknown): string {
  return error instanceof ConfigError ? error.problems.map(problemLine).join('; ') : (error as Error).message;
}

/** What is refused in earnest is a problem of the settings already. */
function strengthSeen(env: Env): Seen {
  const check = 'strength';
  const weak = sandboxWeaknesses(env);
  if (weak.length === 0) return { check, level: 'ok', seen: 'none of the secrets is an example or could be guessed' };
  return {
    check,
    level: 'warning',
    seen: `only a sandbox organisation takes ${weak.join(', ')}: examples, or easily guessed`,
    expected: 'random ones before a real organisation is used',
    wayOut: 'Make each with: openssl rand -base64 32',
  };
}

function secretFiles(env: Env): LookedAtFile[] {
  const named = VARIABLE_LIST.flatMap(([name, { inFile }]) => {
    const path = env[`${name}_FILE`];
    return inFile === 'secret' && path ? [{ name: `file of ${name}`, path, isPrivate: true }] : [];
  });
  const own = [
    { name: 'your private key', path: operatorKeyFile(env), isPrivate: true },
    { name: 'your token', path: loginFile(env), isPrivate: true },
  ];
  return [...named, ...own.filter(({ path }) => existsSync(path))];
}

function isSecret(name: string): boolean {
  return VARIABLE_LIST.some(([known, { inFile }]) => known === name && inFile !== null);
}

function safeApiUrl(env: Env): string | null {
  try {
    return apiUrl(env);
  } catch {
    return null;
  }
}
