/** The environment with the configuration file beneath it. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readBounded, whyUnread } from '../files/read-bounded.ts';
import { ConfigError } from './error.ts';
import type { ConfigProblem, Place } from './error.ts';
import type { Env } from './secrets.ts';
import { VARIABLES } from './variables.ts';

export interface Configuration {
  /** What every process reads: of a variable that is set nowhere but in the file, the value of the file. */
  readonly env: Env;
  /** That was read; null: there is none. */
  readonly file: string | null;
  /** Of each variable whose value came from the file. */
  readonly places: ReadonlyMap<string, Place>;
  /** What the file sets and the environment sets otherwise, by the name of the variable. */
  readonly overruled: readonly string[];
  /** What is wrong with the file itself. */
  readonly problems: readonly ConfigProblem[];
}

export const CONFIG_FILE = 'ASSIST_ROLLOUTS_CONFIG';
export const CONFIG_NAME = 'assist-rollouts.yaml';
const NO_FILE = 'none';
const MAX_BYTES = 256 * 1024;

/**
 * In this order; the first that is there is read, and no other. Not the working folder: a file in somebody's repository
 * could send tokens and cards anywhere.
 */
export function configFilesLookedFor(env: Env): readonly string[] {
  const base = env['XDG_CONFIG_HOME'] || (process.platform === 'win32' ? env['APPDATA'] : undefined);
  const home = env['HOME'] || homedir();
  return [
    join(base ?? join(home, '.config'), 'assist-rollouts', CONFIG_NAME),
    ...(process.platform === 'win32' ? [] : [join('/etc/assist-rollouts', CONFIG_NAME)]),
  ];
}

/** Never rejects: what is wrong with the file is told in `problems`. */
export async function readConfiguration(env: Env): Promise<Configuration> {
  const none: Configuration = { env, file: null, places: new Map(), overruled: [], problems: [] };
  const named = env[CONFIG_FILE];
  if (named === NO_FILE) return none;
  for (const file of named ? [named] : configFilesLookedFor(env)) {
    try {
      const text = await readBounded(file, { maxBytes: MAX_BYTES });
      return await fold(env, file, text);
    } catch (error) {
      if (!named && /^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) continue;
      const message = `${named ? `names ${file}, which cannot be read` : `${file} cannot be read`}: ${whyUnread(error)}`;
      return { ...none, file, problems: [{ name: CONFIG_FILE, message }] };
    }
  }
  return none;
}

/** Loaded at the first file: most run without one. */
async function fold(env: Env, file: string, text: string): Promise<Configuration> {
  const { parseConfigFile } = await import('./parse-file.ts');
  const { values, problems } = parseConfigFile(file, text);
  const used = [...values].filter(([name]) => !isSet(env, name));
  return {
    env: { ...env, ...Object.fromEntries(used.map(([name, value]) => [name, value.text])) },
    file,
    places: new Map(used.map(([name, { place }]) => [name, place])),
    overruled: [...values.keys()].filter((name) => isSet(env, name)),
    problems,
  };
}

/** A secret that the environment gives in one way is not given in the other as well. */
function isSet(env: Env, name: string): boolean {
  const itself = name.endsWith('_FILE') && !(name in VARIABLES) ? name.slice(0, -'_FILE'.length) : name;
  const lower = itself.endsWith('_PROXY') ? [itself.toLowerCase()] : [];
  return [itself, `${itself}_FILE`, ...lower].some((spelt) => Boolean(env[spelt]));
}

/** The same error, with the place of each value that came from the file. */
export function withPlaces(error: ConfigError, { places }: Configuration): ConfigError {
  return new ConfigError(
    error.problems.map((problem) => {
      const place = problem.place ?? places.get(problem.name) ?? places.get(`${problem.name}_FILE`);
      return place === undefined ? problem : { ...problem, place };
    }),
  );
}
