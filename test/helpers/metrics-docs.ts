/** The table of docs/observability.md, made of the code's own. */
import { METRICS, definitionOf } from '../../src/telemetry/metrics.ts';
import type { MetricName } from '../../src/telemetry/metrics.ts';

const UNITS = ['seconds', 'bytes', 'rows'];

/** As the name says it; what has no unit is a number of things. */
function unitOf(name: string): string {
  const words = name.replace(/_total$/, '').split('_');
  return UNITS.find((unit) => words.at(-1) === unit) ?? '';
}

export function metricsTable(): string {
  const rows = (Object.keys(METRICS) as MetricName[]).map((name) => {
    const { type, help, labels = {} } = definitionOf(name);
    const told = Object.entries(labels).map(([label, values]) =>
      values === null ? `\`${label}\`` : `\`${label}\`: ${values.join(', ')}`,
    );
    return `| \`${name}\` | ${type} | ${unitOf(name)} | ${told.join('; ')} | ${help} |`;
  });
  return ['| metric | type | unit | labels | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
