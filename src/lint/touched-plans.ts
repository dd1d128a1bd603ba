/** Which plans of many a change touches: in their own file, their card's or that of their templates. */
import { dirname, join, resolve } from 'node:path';
import { namesDefaults } from '../domain/plan/expand/defaults.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { isWaves } from '../domain/waves/written.ts';
import { readPlanText } from './card-file.ts';
import type { LintDeps } from './lint.ts';
import { isProblem, readYaml } from './read-plan.ts';

export interface PlanFile {
  /** Absolute. */
  readonly file: string;
  readonly kind: 'plan' | 'waves';
  readonly isTouched: boolean;
  /** As they are written; null: they are not texts, or it cannot be read. */
  readonly action: string | null;
  readonly version: string | null;
}

const AT_ONCE = 16;
/** Of plans and waves; a YAML file without it is none of ours. */
const OURS = /^[ \t{]*["']?apiVersion["']?\s*:\s*["']?assist-rollouts\//m;

/** Plans and waves among these files, in their order. */
export async function planFilesAmong(
  files: readonly string[],
  changed: ReadonlySet<string>,
  deps: LintDeps,
): Promise<readonly PlanFile[]> {
  const found = await mapAtOnce(
    files.filter((file) => /\.(?:ya?ml|json)$/i.test(file)),
    AT_ONCE,
    (file) => planFile(file, changed, deps),
  );
  return found.flatMap((one) => one ?? []);
}

async function planFile(file: string, changed: ReadonlySet<string>, deps: LintDeps): Promise<PlanFile | null> {
  const text = await readPlanText(file, deps.readFile);
  const unread = { file, kind: 'plan', isTouched: changed.has(file), action: null, version: null } as const;
  if (typeof text !== 'string' || !OURS.test(text)) return null;
  const source = readYaml(file, text);
  // What it is nobody can say: whoever lints it hears what is wrong.
  if (isProblem(source)) return unread;
  const { value } = source;
  if (isWaves(value)) return { ...unread, kind: 'waves' };
  const action = fieldOf(value, 'action');
  // Templates and messages say the same apiVersion.
  if (action === undefined && fieldOf(value, 'steps') === undefined) return null;
  const parts = [file, ...cardOf(file, action), ...templatesOf(file, value, deps)];
  return {
    ...unread,
    isTouched: parts.some((part) => changed.has(part)),
    action: textOf(fieldOf(action, 'name')),
    version: textOf(fieldOf(action, 'version')),
  };
}

function cardOf(plan: string, action: unknown): string[] {
  const html = textOf(fieldOf(fieldOf(action, 'html'), 'file'));
  return html === null ? [] : [resolve(dirname(plan), html)];
}

function templatesOf(plan: string, value: unknown, { defaultsFile }: LintDeps): string[] {
  return namesDefaults(value) ? [resolve(defaultsFile ?? join(dirname(plan), 'defaults.yaml'))] : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
