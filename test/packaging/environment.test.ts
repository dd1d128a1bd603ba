/**
 * Whatever our processes read from the environment has its place where people set it: the compose file, its example,
 * the docs.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { cardRules } from '../../src/compose/card-rules.ts';
import { readConfig } from '../../src/config.ts';
import { SECRET_SETTINGS, VARIABLES } from '../../src/config/variables.ts';
import { readSources, ROOT } from '../helpers/sources.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const text = read('docker-compose.yml');
const { services } = parse(text, { merge: true }) as {
  services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string | number>> }>>;
};

/** What a stand of containers has no use for. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ASSIST_DEFAULTS_FILE: 'templates beside the plans, where `start` and `lint` run',
  ASSIST_API_URL: 'where people and CI jobs reach the api process, at their own machine',
  ASSIST_TOKEN: 'of a CI job',
  ASSIST_FORGE_TOKEN: 'of a CI job',
  CHROMIUM: 'of whoever takes pictures with `preview`',
  HTTP_PROXY: 'an organisation is asked by https, but for a sandbox',
  ASSIST_ROLLOUTS_HOME: 'the embedded database and keys of `dev`; here is a PostgreSQL',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'there is one value that it may have',
  SIEM_CA_FILE: 'a file beside the certificate of an authority of your own; mount it into the worker',
  TEMPORAL_API_KEY: 'of Temporal Cloud; here is a Temporal server without one',
  TEMPORAL_CONFIG_FILE: 'of people, at their own machine',
  TEMPORAL_PROFILE: 'of people, at their own machine',
};
/** Of the operating system, or of a terminal. */
/** What a code host tells its jobs. */
const OF_A_CI = /^(?:GITHUB|GITLAB|CI)_/;
const NOT_OURS = ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'NO_COLOR', 'ASSIST_ROLLOUTS_PROGRAM'];

const variables = new Set<string>(
  [
    ...Object.keys(VARIABLES),
    ...readSources('src').flatMap(({ text: source }) => [
      ...source.matchAll(/\benv\['([A-Z]+(?:_[A-Z]+)+)'\]/g),
      ...source.matchAll(/\bsecretOf\(\w+, '([A-Z_]+)'/g),
    ]),
  ].map((match) => (typeof match === 'string' ? match : (match[1] ?? ''))),
);
/** `X_FILE` is another way to give `X`. */
const names = [...variables]
  .filter(
    (name) =>
      !NOT_OURS.includes(name) &&
      !OF_A_CI.test(name) &&
      !(name.endsWith('_FILE') && variables.has(name.replace(/_FILE$/, ''))),
  )
  .sort();
const set = (service: string): string[] =>
  Object.keys(services[service]?.environment ?? {}).map((name) =>
    SECRET_SETTINGS.some((setting) => name === `${setting}_FILE`) ? name.replace(/_FILE$/, '') : name,
  );

test('the variables are found: those of the configuration and those that a verb reads by itself', () => {
  expect(names).toEqual(
    expect.arrayContaining([
      'DATABASE_URL',
      'GENESYS_CLIENT_SECRET',
      'EVENTS_HUB_SECRET',
      'CARD_POLICY',
      'CARD_BROWSERS',
      'COACHING_URL',
      'COACHING_DESTINATIONS',
      'AUDIT_SIGNING_KEY',
      'AUDIT_CHECKPOINT_FILE',
      'SIEM_TOKEN',
    ]),
  );
  expect(Object.keys(ELSEWHERE).filter((name) => !names.includes(name))).toEqual([]);
});

test('some service of docker-compose.yml is given each of them', () => {
  const given = Object.keys(services).flatMap(set);
  expect(names.filter((name) => !given.includes(name) && !(name in ELSEWHERE))).toEqual([]);
});

test.each<[string, string[]]>([
  [
    'worker',
    [
      'CARD_POLICY',
      'CARD_BROWSERS',
      'AUDIT_SIGNING_KEY',
      'AUDIT_CHECKPOINT_FILE',
      'GENESYS_CALLS_PER_MINUTE',
      'COACHING_URL',
      'COACHING_SIGNING_SECRET',
      'COACHING_DESTINATIONS',
      'COACHING_ALLOWED_HOSTS',
    ],
  ],
  ['events', ['EVENTS_HUB_SECRET', 'EVENTS_ADMIN_TOKEN', 'AGENT_ID_HASH_KEY']],
  ['panel', ['CARD_POLICY', 'PANEL_SESSION_SECRET', 'PANEL_OAUTH_CLIENT_ID', 'PANEL_FRAME_ANCESTORS']],
  ['cli', ['CARD_POLICY', 'CARD_BROWSERS', 'TEMPORAL_UI_URL', 'ASSIST_OPERATOR_KEY']],
])('%s is given what it reads', (service, needed) => expect(set(service)).toEqual(expect.arrayContaining(needed)));

test('deploy/env.example names every variable that docker-compose.yml takes, and no other', () => {
  const taken = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1] ?? ''));
  const secrets = [...text.matchAll(/environment: ([A-Z_]+) \}/g)].map((match) => match[1] ?? '');
  expect(Object.keys(example({ optional: true })).sort()).toEqual([...new Set([...taken, ...secrets])].sort());
});

test('the optional values of the example are ones that are accepted', () => {
  const { destinations, events } = readConfig(filled(example({ optional: true })), [
    'genesys',
    'publicUrl',
    'signingSecrets',
  ]);
  expect(destinations?.map(({ name }) => name)).toEqual(['coaching', 'training']);
  expect(events).toMatchObject({
    hubSecrets: [expect.any(String)],
    adminToken: expect.any(String) as string,
    agentIdHashKey: expect.any(String) as string,
  });
  expect(cardRules(example({ optional: true })).minBrowsers).toEqual(cardRules({}).minBrowsers);
  expect(cardRules(example({ optional: true })).policy).toEqual(cardRules({}).policy);
});

test('left out, none of them is set', () => {
  const { destinations, events } = readConfig(example({ optional: false }), ['genesys']);
  expect(destinations).toBeNull();
  expect(events).toMatchObject({ hubSecrets: [], adminToken: null, agentIdHashKey: null });
});

/** `optional`: with what is commented out. */
function example({ optional }: { readonly optional: boolean }): Readonly<Record<string, string>> {
  const lines = read('deploy/env.example')
    .split('\n')
    .map((line) => (optional ? line.replace(/^# (?=[A-Z_]+=)/, '') : line));
  return parseEnv(lines.join('\n')) as Record<string, string>;
}

/** With what a person puts where the example leaves room for a secret. */
function filled(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const webhook = (): string => `whsec_${randomBytes(32).toString('base64')}`;
  const made = (name: string): string => {
    if (name === 'COACHING_DESTINATIONS')
      return JSON.stringify([
        { name: 'training', url: 'https://training.example.com/events', signingSecrets: [webhook()] },
      ]);
    if (name === 'TEMPORAL_CODEC_KEYS') return `k1: ${randomBytes(32).toString('base64')}`;
    if (name === 'HOOK_SECRETS') return `gate=${webhook()}`;
    if (name === 'OTEL_EXPORTER_OTLP_HEADERS') return `authorization=Bearer%20${randomBytes(16).toString('hex')}`;
    return /SIGNING_SECRETS?$|METRIC_SECRETS$/.test(name) ? webhook() : randomBytes(32).toString('base64');
  };
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value === '' && (SECRET_SETTINGS as readonly string[]).includes(name) ? made(name) : value,
    ]),
  );
}
