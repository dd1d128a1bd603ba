/** Table, dashboard and alerts speak of what is served. After a change: `WRITE_METRICS=1 npx jest test/telemetry/documents` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { METRICS, definitionOf } from '../../src/telemetry/metrics.ts';
import type { MetricName } from '../../src/telemetry/metrics.ts';
import { metricsTable } from '../helpers/metrics-docs.ts';
import { ROOT } from '../helpers/sources.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const names = Object.keys(METRICS) as MetricName[];
const [BEGIN, END] = ['<!-- metrics -->\n\n', '\n\n<!-- end of metrics -->'];

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}
interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly (Panel & { readonly id: number })[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const dashboard = JSON.parse(read('deploy/grafana/dashboard.json')) as Dashboard;
const rules = (parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

/** Every metric of an expression, as it is called where it is served. */
function metricsIn(expr: string): string[] {
  return [...expr.matchAll(/\b(?:assist_rollouts|process|temporal)_\w+/g)].map(([name]) =>
    name in METRICS ? name : name.replace(/_(bucket|sum|count)$/, ''),
  );
}

test('docs/observability.md has the table of the code', () => {
  const page = read('docs/observability.md');
  const [before = '', rest = ''] = page.split(BEGIN);
  const current = `${before}${BEGIN}${metricsTable()}${rest.slice(rest.indexOf(END))}`;
  if (process.env['WRITE_METRICS'] === '1') writeFileSync(join(ROOT, 'docs/observability.md'), current);
  expect(read('docs/observability.md')).toBe(current);
});

test('names follow the conventions of Prometheus', () => {
  for (const name of names) {
    const { type, buckets } = definitionOf(name);
    expect([name, /^[a-z][a-z0-9_]*$/.test(name)]).toEqual([name, true]);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect([name, /_(ms|milliseconds|minutes|kb|percent)\b/.test(name)]).toEqual([name, false]);
    expect([name, buckets !== undefined]).toEqual([name, type === 'histogram']);
    if (type === 'histogram') expect([name, name.endsWith('_seconds')]).toEqual([name, true]);
    expect([name, (buckets ?? []).toSorted((a, b) => a - b)]).toEqual([name, buckets ?? []]);
  }
});

test('no label can hold an id or a name of somebody: each has known values, or is one of three that something bounds', () => {
  const open = new Set(
    names
      .flatMap((name) => Object.entries(definitionOf(name).labels ?? {}).filter(([, values]) => values === null))
      .map(([label]) => label),
  );
  expect([...open].sort()).toEqual(['destination', 'method', 'operation', 'status']);
});

test('every metric of the dashboard and of the alerts is one that is served, and the dashboard shows each of ours', () => {
  const shown = dashboard.panels.flatMap(({ targets }) => (targets ?? []).flatMap(({ expr }) => metricsIn(expr)));
  const watched = rules.flatMap(({ expr }) => metricsIn(expr));
  expect([...shown, ...watched].filter((name) => !(name in METRICS) && !name.startsWith('temporal_'))).toEqual([]);
  expect(watched.length).toBeGreaterThan(10);
  expect(names.filter((name) => name.startsWith('assist_rollouts_') && !shown.includes(name))).toEqual([]);
});

test('the dashboard can be imported: ids are unique, panels do not overlap, and each asks the chosen data source', () => {
  expect(dashboard.templating.list.find(({ name }) => name === 'datasource')?.type).toBe('datasource');
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  for (const { targets = [] } of dashboard.panels)
    for (const { datasource } of targets) expect(datasource.uid).toBe('${datasource}');
});

test('every alert says how urgent it is and leads to its section of the runbook', () => {
  const sections = [...read('docs/runbook.md').matchAll(/^### (\w+)$/gm)].map(([, title = '']) => title.toLowerCase());
  expect(rules.length).toBeGreaterThan(8);
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary).not.toBe('');
    expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    expect(sections).toContain(alert.toLowerCase());
  }
});
