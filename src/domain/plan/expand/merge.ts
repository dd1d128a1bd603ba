/** Templates and the plan laid over each other: the later word wins, field by field. */
import { METRIC_NAMES } from '../../metrics/index.ts';
import { usualStatistic } from '../guardrail-rules.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Trace } from './trace.ts';

/** What a template or a plan says, and where it stands. */
export interface Layer {
  readonly says: Fields;
  /** `templates.careful`; empty: the plan itself. */
  readonly path: string;
  /** Absent: the plan's. */
  readonly file?: string;
}

export interface Merged {
  readonly says: Fields;
  readonly traces: readonly Trace[];
}

/** From the weakest to the strongest. */
export function merge(layers: readonly Layer[]): Merged {
  return layers.reduce<Merged>(over, { says: {}, traces: [] });
}

function over(below: Merged, layer: Layer): Merged {
  const { says } = layer;
  const place = (field: string): Place => ({
    at: field,
    path: layer.path === '' ? field : `${layer.path}.${field}`,
    file: layer.file,
  });
  const policies = mergeField(below.says['policies'], says['policies'], place('policies'));
  const slices = mergeField(below.says['slices'], says['slices'], place('slices'));
  const guardrails = mergeGuardrails(below.says['guardrails'], says['guardrails'], place('guardrails'));
  const steps =
    says['steps'] === undefined
      ? { value: below.says['steps'], traces: [] }
      : { value: says['steps'], traces: [traceOf(place('steps'))] };
  const all = { guardrails, steps, policies, slices };
  return {
    says: Object.fromEntries(
      Object.entries(all).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
    ),
    traces: [...below.traces, ...Object.values(all).flatMap(({ traces }) => traces)],
  };
}

interface Place {
  readonly at: string;
  readonly path: string;
  readonly file: string | undefined;
}

interface Field {
  readonly value: unknown;
  readonly traces: readonly Trace[];
}

function traceOf({ at, path, file }: Place): Trace {
  return { at, path, ...(file !== undefined && { file }) };
}

/** Maps field by field; whatever is no map is replaced as a whole. */
function mergeField(below: unknown, above: unknown, place: Place): Field {
  if (above === undefined) return { value: below, traces: [] };
  if (!isFields(below) || !isFields(above)) return { value: above, traces: [traceOf(place)] };
  const merged = Object.entries(above).map(([name, value]) => {
    const inner = { at: `${place.at}.${name}`, path: `${place.path}.${name}`, file: place.file };
    return { name, ...mergeField(Object.hasOwn(below, name) ? below[name] : undefined, value, inner) };
  });
  return {
    value: { ...below, ...Object.fromEntries(merged.map(({ name, value }) => [name, value])) },
    traces: merged.flatMap(({ traces }) => traces),
  };
}

/** Guardrails of the same metric, statistic and name are one; others are added behind. */
function mergeGuardrails(below: unknown, above: unknown, place: Place): Field {
  if (!Array.isArray(above) || !Array.isArray(below)) return mergeField(below, above, place);
  const list: unknown[] = [...(below as readonly unknown[])];
  const free = new Map(list.map((one, index) => [keyOf(one) ?? `${index}`, index]));
  const traces = (above as readonly unknown[]).flatMap((one, index) => {
    const key = keyOf(one);
    const at = key === null ? undefined : free.get(key);
    // A second one of the same list is no word on the first, but a mistake that is told.
    if (key !== null) free.delete(key);
    const target = at ?? list.length;
    const inner = { at: `${place.at}.${target}`, path: `${place.path}.${index}`, file: place.file };
    const { value, traces: found } = mergeField(list[target], one, inner);
    list[target] = value;
    return found;
  });
  return { value: list, traces };
}

function keyOf(guardrail: unknown): string | null {
  if (!isFields(guardrail)) return null;
  const { name, statistic } = guardrail;
  const metric = METRIC_NAMES.find((known) => known === guardrail['metric']);
  return metric === undefined ? null : JSON.stringify([metric, name, statistic ?? usualStatistic(metric)]);
}
