/** Which templates a plan names, directly or by its risk class or division, each with its arguments in place. */
import { didYouMean } from '../did-you-mean.ts';
import type { Problem } from '../problem.ts';
import { problemAt, show } from '../problem.ts';
import type { Arguments, Defaults, Template } from './defaults.ts';
import type { Fields } from './fields.ts';
import { isFields } from './fields.ts';
import type { Layer } from './merge.ts';
import { argumentsField, namesField } from './plan-fields.ts';

export interface Named {
  readonly layers: readonly Layer[];
  readonly problems: readonly Problem[];
}

/** Of a plan with all that its templates extend. */
const MAX_LAYERS = 50;

/** Where a template is named. */
interface Caller {
  readonly path: string;
  readonly file?: string;
  readonly given: Arguments;
  readonly chain: readonly string[];
}

/** From the weakest to the strongest: those of the division, of the risk class, and those that the plan extends. */
export function namedTemplates(plan: Fields, defaults: Defaults | null): Named {
  const read = {
    extends: namesField.optional().safeParse(plan['extends']),
    with: argumentsField.safeParse(plan['with'] ?? {}),
  };
  if (!read.extends.success)
    return refused(
      'extends',
      `Here stands ${show(plan['extends'])}; expected the name of a template, or a list of them.`,
    );
  if (!read.with.success)
    return refused('with', 'The arguments of templates are texts, numbers, true or false, each under its name.');
  if (defaults === null) return withoutFile(plan, read.extends.data ?? []);
  const given = read.with.data;
  const callers = [
    ...scoped('division', plan['division'], defaults.divisions),
    ...scoped('risk', plan['risk'], defaults.risks),
    { path: 'extends', names: read.extends.data ?? [] },
  ];
  const walk = new Walk(defaults);
  for (const { path, names, problem } of callers) {
    if (problem !== undefined) walk.problems.push(problem);
    for (const name of names) walk.take(name, { path, given, chain: [] });
  }
  walk.refuseUnknownArguments(given);
  return { layers: walk.layers, problems: walk.problems };
}

interface Scoped {
  readonly path: string;
  readonly names: readonly string[];
  readonly problem?: Problem;
}

/** What the plan is of, where the file says anything of such; without that it is but a label. */
function scoped(
  path: 'division' | 'risk',
  said: unknown,
  known: Readonly<Record<string, readonly string[]>>,
): Scoped[] {
  const all = Object.keys(known);
  if (typeof said !== 'string' || all.length === 0) return [];
  if (Object.hasOwn(known, said)) return [{ path, names: known[said] ?? [] }];
  return [{ path, names: [], problem: unknown(path, `There is no ${path} ${show(said)} in the defaults.`, said, all) }];
}

function withoutFile(plan: Fields, names: readonly string[]): Named {
  const [name] = names;
  if (name === undefined && plan['with'] === undefined) return { layers: [], problems: [] };
  return refused(
    name === undefined ? 'with' : 'extends',
    name === undefined
      ? 'This plan gives arguments, and names no template.'
      : `There is no template ${show(name)}: no defaults.yaml stands beside the plan.`,
    'Put defaults.yaml beside the plan, or name the file in ASSIST_DEFAULTS_FILE.',
  );
}

class Walk {
  readonly layers: Layer[] = [];
  readonly problems: Problem[] = [];
  private readonly declared = new Set<string>();
  private readonly defaults: Defaults;

  constructor(defaults: Defaults) {
    this.defaults = defaults;
  }

  take(name: string, caller: Caller): void {
    const { templates, file } = this.defaults;
    const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
    if (template === undefined)
      return this.refuse(caller, `There is no template ${show(name)}.`, didYouMean(name, Object.keys(templates)));
    if (caller.chain.includes(name)) {
      const circle = [...caller.chain.slice(caller.chain.indexOf(name)), name].join(' extends ');
      return this.refuse(caller, `Templates extend each other in a circle: ${circle}.`, 'Leave one extends out.');
    }
    if (this.layers.length >= MAX_LAYERS) {
      if (!this.problems.some(({ message }) => message === TOO_MANY)) this.refuse(caller, TOO_MANY, 'Name fewer.');
      return;
    }
    const path = `templates.${name}`;
    const chain = [...caller.chain, name];
    for (const parent of template.extends)
      this.take(parent, { path: `${path}.extends`, file, given: { ...template.with, ...caller.given }, chain });
    const { values, missing } = argumentsOf(template, caller.given);
    for (const argument of missing)
      this.refuse(
        caller,
        `The template ${name} needs the argument ${argument}.`,
        `Add with: { ${argument}: … }.`,
        'plan-template-argument',
      );
    for (const argument of Object.keys(template.arguments)) this.declared.add(argument);
    const says = this.filled(template, { values, missing, path, file });
    if (says !== null) this.layers.push({ says, path, file });
  }

  refuseUnknownArguments(given: Arguments): void {
    for (const name of Object.keys(given)) {
      if (this.declared.has(name) || this.problems.length > 0) continue;
      this.problems.push(
        unknown(
          `with.${name}`,
          `No template that is named here takes an argument ${show(name)}.`,
          name,
          [...this.declared],
          'plan-template-argument',
        ),
      );
    }
  }

  /** What the template says, with its arguments put in. */
  private filled(
    { guardrails, policies, slices, steps }: Template,
    { values, missing, path, file }: Filling,
  ): Fields | null {
    const unknownNames: Problem[] = [];
    const says = fill({ guardrails, policies, slices, steps }, path, (name, at) => {
      if (Object.hasOwn(values, name)) return values[name];
      if (!missing.includes(name))
        unknownNames.push({
          ...unknown(
            at,
            `The template has no argument ${show(name)}.`,
            name,
            Object.keys(values),
            'plan-template-argument',
          ),
          file,
        });
      return undefined;
    });
    this.problems.push(...unknownNames);
    const said = Object.entries(says as Fields).filter(([, value]) => value !== undefined);
    return unknownNames.length > 0 || missing.length > 0 ? null : Object.fromEntries(said);
  }

  private refuse({ path, file }: Caller, message: string, remedy: string, code: TemplateCode = 'plan-template'): void {
    const problem = problemAt(path, { code, message, remedy }, file === undefined ? {} : { file });
    this.problems.push(problem);
  }
}

interface Filling {
  readonly values: Arguments;
  readonly missing: readonly string[];
  readonly path: string;
  readonly file: string;
}

const TOO_MANY = `This plan comes to more than ${MAX_LAYERS} templates.`;

function argumentsOf(template: Template, given: Arguments): { values: Arguments; missing: readonly string[] } {
  const named = Object.entries(template.arguments).map(([name, { default: usual }]) => ({
    name,
    value: Object.hasOwn(given, name) ? given[name] : usual,
  }));
  return {
    values: Object.fromEntries(named.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    missing: named.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
  };
}

/** A text that is `$name` and nothing else stands for the argument, of whatever kind that is. */
function fill(value: unknown, at: string, argument: (name: string, at: string) => unknown): unknown {
  if (typeof value === 'string') {
    const name = /^\$([A-Za-z]\w{0,63})$/.exec(value)?.[1];
    return name === undefined ? value : argument(name, at);
  }
  if (Array.isArray(value)) return value.map((one, index) => fill(one, `${at}.${index}`, argument));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, `${at}.${key}`, argument)]));
}

type TemplateCode = 'plan-template' | 'plan-template-argument';

function unknown(
  path: string,
  message: string,
  name: string,
  known: readonly string[],
  code: TemplateCode = 'plan-template',
): Problem {
  const remedy = known.length === 0 ? 'Leave it out.' : didYouMean(name, known);
  return problemAt(path, { code, message, remedy });
}

function refused(path: string, message: string, remedy = 'Write the name of a template of the defaults.'): Named {
  return { layers: [], problems: [problemAt(path, { code: 'plan-template', message, remedy })] };
}
