/**
 * The chart for Kubernetes: held against what our processes read, without rendering it, and rendered by Helm where
 * this machine has it. No cluster runs here, so nothing is installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { PROCESS_NEEDS } from '../../src/config/needs.ts';
import { parseConfigFile } from '../../src/config/parse-file.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { ROOT } from '../helpers/sources.ts';

const CHART = join(ROOT, 'deploy/helm/assist-rollouts');
const read = (file: string): string => readFileSync(join(CHART, file), 'utf8');
const templates = readdirSync(join(CHART, 'templates')).map((file) => read(`templates/${file}`));

interface Process {
  readonly port?: number;
  readonly host?: string;
  readonly listens?: string;
  readonly temporal?: boolean;
  readonly secrets: Readonly<Record<string, string>>;
}
const defined = /define "processes" -}}\n([^]*?)\{\{- end/.exec(read('templates/_processes.tpl'))?.[1] ?? '';
const processes = parse(defined) as Readonly<Record<string, Process>>;
const values = parse(read('values.yaml')) as Readonly<Record<string, unknown>> & { readonly settings: object };

test('the chart runs every process that runs all day, and is of this release', () => {
  const verbs = Object.keys(PROCESS_NEEDS).filter((verb) => verb !== 'forward');
  expect(Object.keys(processes).toSorted()).toEqual([...verbs, 'console'].toSorted());
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

test('every variable that it sets is one that is read', () => {
  const set = templates.flatMap((text) => [
    ...[...text.matchAll(/name: ([A-Z][A-Z_]+), value/g)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(/: ([A-Z]+(?:_[A-Z]+)+)\b/g)].map((match) => match[1] ?? ''),
  ]);
  expect(set.length).toBeGreaterThan(20);
  const unknown = set.filter((name) => name !== 'ASSIST_ROLLOUTS_CONFIG' && !(name.replace(/_FILE$/, '') in VARIABLES));
  expect(unknown).toEqual([]);
});

const SECRET_OF: Readonly<Record<string, string>> = {
  genesys: 'GENESYS_CLIENT_SECRET_FILE',
  database: 'DATABASE_URL_FILE',
  signingSecrets: 'EVENTS_SIGNING_SECRETS_FILE',
  panel: 'PANEL_SESSION_SECRET_FILE',
  api: 'ASSIST_ATTESTOR_KEY_FILE',
};

test.each(Object.entries(PROCESS_NEEDS).filter(([verb]) => verb !== 'forward'))(
  '%s is given each secret that it cannot do without',
  (verb, needs: readonly string[]) => {
    const given = Object.values(processes[verb]?.secrets ?? {});
    expect(needs.map((need) => SECRET_OF[need]).filter((name) => name !== undefined && !given.includes(name))).toEqual(
      [],
    );
  },
);

test('a process that waits for its database is not ended, and counts as ready once it does its work', () => {
  const text = read('templates/processes.yaml');
  const asked = (probe: string): string => new RegExp(`${probe}:\\n\\s+httpGet: (.+)`).exec(text)?.[1] ?? '';
  for (const probe of ['startupProbe', 'livenessProbe'])
    expect([probe, asked(probe)]).toEqual([probe, '{ path: /live, port: metrics }']);
  expect(asked('readinessProbe')).toBe('{{ toJson $ready }}');
  const ready = /\$ready := ternary (.+) \(hasKey \$facts "port"\)/.exec(text)?.[1];
  expect(ready).toBe('(dict "path" $facts.health "port" "http") (dict "path" "/ready" "port" "metrics")');
});

test('what it names of its values is there', () => {
  const named = templates
    .flatMap((text) => [...text.matchAll(/(?:\.|\$|\$root\.)Values((?:\.[a-zA-Z]+)+)/g)])
    .map((match) => (match[1] ?? '').slice(1));
  expect(named.length).toBeGreaterThan(10);
  const isThere = (path: string): boolean => {
    const keys = path.split('.');
    let at: unknown = values;
    for (const key of keys) {
      if (typeof at !== 'object' || at === null || !(key in at)) return false;
      at = (at as Readonly<Record<string, unknown>>)[key];
    }
    return true;
  };
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

test('the settings that it begins with are settings, and none of them is a secret', () => {
  const text = /^settings:\n((?: {2}.*\n)+)/m.exec(read('values.yaml'))?.[1] ?? '';
  const { values: set, problems } = parseConfigFile('values.yaml', text.replaceAll(/^ {2}/gm, ''));
  expect(problems).toEqual([]);
  expect(set.size).toBeGreaterThan(3);
});

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly template?: { readonly spec: PodSpec } };
}
interface PodSpec {
  readonly securityContext: object;
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly { readonly securityContext: object }[];
}

const helm = (...args: readonly string[]) => spawnSync('helm', args, { encoding: 'utf8' });
const hasHelm = helm('version').status === 0;
const whereHelmIs = (work: () => void) => (): void => {
  if (hasHelm) work();
  else process.stderr.write('helm is not here: the chart was not rendered\n');
};

/** Everything that can be switched on. */
const ALL = {
  panel: { enabled: true },
  responder: { enabled: true },
  api: { enabled: true },
  temporal: { token: true, cipher: true, serverName: 'temporal' },
  worker: { audit: { signed: true } },
  networkPolicy: { from: [{ podSelector: {} }], metricsFrom: [{ podSelector: {} }] },
  image: { pullSecrets: ['registry'] },
  nodeSelector: { zone: 'a' },
  tolerations: [{ key: 'zone', operator: 'Exists' }],
};

function render(given: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'chart-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, JSON.stringify(given));
    const { status, stdout, stderr } = helm('template', 'stand', CHART, '--kube-version', '1.34', '--values', file);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const resourcesOf = (text: string): readonly Resource[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Resource | null)
    .filter((resource) => resource !== null);

test(
  'Helm renders it, with the least and with everything: who runs is confined, and two workers stand',
  whereHelmIs(() => {
    for (const [given, count] of [
      [{}, 4],
      [ALL, 7],
    ] as const) {
      const resources = resourcesOf(render(given));
      const pods = resources.flatMap(({ spec }) => spec?.template?.spec ?? []);
      expect(pods).toHaveLength(count);
      for (const pod of pods) {
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        });
      }
      const named = resources.map(({ kind, metadata: { name } }) => `${kind} ${name}`);
      expect(new Set(named).size).toBe(named.length);
      expect(named).toEqual(
        expect.arrayContaining([
          'PodDisruptionBudget stand-worker',
          'NetworkPolicy stand-events',
          'Job stand-database',
        ]),
      );
      const worker = resources.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'stand-worker');
      expect(worker?.spec).toMatchObject({ replicas: 2 });
    }
  }),
);
