/** Every setting as it holds here, and where that comes from. No secret is in it. */
import type { Configuration } from './configuration.ts';
import type { Place } from './error.ts';
import { readTemporal } from './temporal.ts';
import { parseVariables } from './parse-variables.ts';
import { VARIABLE_LIST } from './variables.ts';
import type { VariableName } from './variables.ts';

export interface ShownSetting {
  readonly name: VariableName;
  /** Its place in the configuration file; null: it has none. */
  readonly key: string | null;
  /** Null: it is not set. */
  readonly value: string | null;
  readonly isSecret: boolean;
  /** `profile`: of Temporal's own configuration file. */
  readonly from: 'environment' | 'file' | 'default' | 'profile' | 'unset';
  /** That it was given in; differs from the name where a file holds the value. */
  readonly variable: string;
  /** In the configuration file. */
  readonly place: Place | null;
  /** The file that holds the value, where one does. */
  readonly heldIn: string | null;
  /** The file says something else, which does not hold. */
  readonly isOverruled: boolean;
  readonly meaning: string;
  /** What happens where it is not set. */
  readonly unset: string;
}

const MASK = '********';

export function shownSettings({ env, places, overruled }: Configuration): ShownSetting[] {
  const profile = fromProfile(env);
  return VARIABLE_LIST.map(([name, { key, inFile, meaning, unset, default: usual }]) => {
    const fileName = `${name}_FILE`;
    const variable = env[name] ? name : inFile !== null && env[fileName] ? fileName : null;
    const given = variable === null ? null : shownValue(env[name], inFile === 'secret');
    const place = places.get(variable ?? '') ?? null;
    return {
      name,
      key,
      value: given ?? profile[name] ?? usual,
      isSecret: inFile === 'secret',
      from: variable !== null ? (place === null ? 'environment' : 'file') : fallbackOf(profile[name], usual),
      variable: variable ?? name,
      place,
      heldIn: variable === fileName ? (env[fileName] ?? null) : null,
      isOverruled: overruled.some((one) => one === name || one === fileName),
      meaning,
      unset,
    };
  });
}

function fallbackOf(profile: string | undefined, usual: string | null): 'profile' | 'default' | 'unset' {
  if (profile !== undefined) return 'profile';
  return usual === null ? 'unset' : 'default';
}

/** What a file holds is not shown either. */
function shownValue(value: string | undefined, isSecret: boolean): string {
  return isSecret || !value ? MASK : withoutPassword(value);
}

/** What the profile of Temporal's own configuration says of what is not set here. */
function fromProfile(env: Configuration['env']): Partial<Record<VariableName, string>> {
  const { address, namespace } = readTemporal(env, parseVariables(env, []), []);
  return {
    ...(!env['TEMPORAL_ADDRESS'] && address !== 'localhost:7233' && { TEMPORAL_ADDRESS: address }),
    ...(!env['TEMPORAL_NAMESPACE'] && namespace !== 'default' && { TEMPORAL_NAMESPACE: namespace }),
  };
}

/** Of an address with a name and a password. */
function withoutPassword(text: string): string {
  return text.replaceAll(/(:\/\/[^/\s:@]*):[^/\s@]*@/g, '$1:***@');
}
