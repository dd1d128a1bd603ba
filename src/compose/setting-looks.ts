/** Settings of which more can be told than their form: files that they name, keys, and what a part of the program reads of them. */
import { parseSigner } from '../audit/note.ts';
import type { Env } from '../config/secrets.ts';
import type { SecretSetting, VariableName } from '../config/variables.ts';
import { loadOperators } from '../identity/operators-file.ts';
import { parseActorKey } from '../identity/key.ts';
import { defaultsOf } from '../lint/defaults-file.ts';
import { loadOrganisationPolicy } from '../lint/organisation-policy.ts';
import { loadOrganisations } from '../lint/organisations-file.ts';
import { loadBook } from '../notify/settings-file.ts';
import { parseDestination } from '../siem/destination.ts';
import { apiUrl } from './api-client.ts';
import { calendarIn } from './calendar.ts';
import { cardRules } from './card-rules.ts';
import { messageSurroundings } from './message-book.ts';
import { planFiles } from './plan-files.ts';
import { readNamedFile, readSecretOf } from './secrets.ts';

export interface SettingLook {
  readonly name: VariableName;
  /** What was seen, in a few words; rejects with what is wrong. */
  readonly look: () => Promise<string>;
}

/** Of those that are set. Nothing is changed and nobody is contacted. */
export function settingLooks(env: Env): readonly SettingLook[] {
  const isSet = (name: string) => Boolean(env[name] || env[`${name}_FILE`]);
  return Object.entries(LOOKS).flatMap(([name, look]) =>
    isSet(name) ? [{ name: name as VariableName, look: async () => look(env[name] ?? '', env) }] : [],
  );
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const LOOKS = {
  OPERATORS_FILE: async (file) => some((await loadOperators(file)).operators.length, 'operator'),
  CALENDAR_FILE: async (file, env) => {
    await calendarIn(file, env);
    return 'can be used';
  },
  MESSAGES_FILE: async (file, env) => {
    const { destinations } = await loadBook(file, messageSurroundings(env));
    return `${some(destinations.length, 'destination')}: ${destinations.map(({ name }) => name).join(', ')}`;
  },
  ORGANISATION_POLICY: async (file) => {
    await loadOrganisationPolicy(file);
    return 'can be used';
  },
  ORGANISATIONS_FILE: async (file) => some(Object.keys(await loadOrganisations(file)).length, 'organisation'),
  ASSIST_DEFAULTS_FILE: async (_file, env) => {
    const found = await defaultsOf('', planFiles(env));
    if (found !== null && 'problems' in found)
      throw new Error(found.problems.map(({ message, remedy }) => `${message} ${remedy}`).join('\n'));
    return 'can be used';
  },
  CARD_BROWSERS: (_query, env) => {
    cardRules(env);
    return 'can be used';
  },
  ASSIST_API_URL: (_url, env) => apiUrl(env) ?? '',
  AUDIT_SHIP_TO: (to) => `ships to ${parseDestination(to).name}`,
  SIEM_CA_FILE: async (file) => {
    await readNamedFile('SIEM_CA_FILE', file);
    return 'can be read';
  },
  SIEM_TOKEN: (_token, env) => keyOf(env, 'SIEM_TOKEN', () => 'is there'),
  AUDIT_SIGNING_KEY: (_key, env) => keyOf(env, 'AUDIT_SIGNING_KEY', (text) => `signs as ${parseSigner(text).name}`),
  ASSIST_ATTESTOR_KEY: (_key, env) => actorKeyOf(env, 'ASSIST_ATTESTOR_KEY'),
  ASSIST_OPERATOR_KEY: (_key, env) => actorKeyOf(env, 'ASSIST_OPERATOR_KEY'),
  ASSIST_TOKEN: (_token, env) => keyOf(env, 'ASSIST_TOKEN', () => 'is there'),
  ASSIST_FORGE_TOKEN: (_token, env) => keyOf(env, 'ASSIST_FORGE_TOKEN', () => 'is there'),
} as const satisfies Partial<Record<VariableName, (value: string, env: Env) => string | Promise<string>>>;

function keyOf(env: Env, name: SecretSetting, parse: (text: string) => string): string {
  return parse(readSecretOf({ env }, name) ?? '');
}

function actorKeyOf(env: Env, name: SecretSetting): string {
  return keyOf(env, name, (text) => `signs as ${parseActorKey(text, env[`${name}_FILE`] || name).name}`);
}
