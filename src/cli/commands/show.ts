/** `show <action>@<version>`: a version as it was rolled out: card, plan, verdict, evidence, and who acted. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { AssistError } from '../../configurator/errors.ts';
import { writePlan } from '../../domain/plan/write-plan.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { isCard } from '../../domain/plan/plan.ts';
import type { RegisteredVersion } from '../../domain/registry/question.ts';
import { printJson, printLines } from '../deps.ts';
import { actionProblem, parseVersion } from '../../domain/plan/identity.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { writePrivateFile } from '../files.ts';
import { JSON_OBJECT, nonEmpty } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { createPaint } from '../view/paint.ts';
import { versionLines } from '../view/version-view.ts';

export function show(run: Run): Command {
  const help = {
    description: 'a version as it was rolled out: its card, plan, verdict and evidence, and who acted',
    examples: ['show RefundAssist@1.5.0', 'show RefundAssist@1.5.0 --plan --out plan.yaml'],
  };
  return createVerb('show', help)
    .argument('<action[@version]>', 'name of the action, and which version: of the last rollout, if not named')
    .option('--plan', 'the plan, as YAML that can be started again')
    .option('--html', "the card's html")
    .option('--out <file>', 'write that to a file, byte for byte', nonEmpty)
    .option(...JSON_OBJECT)
    .action((of: string, options: Omit<ShowArgs, 'of'>) => run((deps) => showVersion(deps, { of, ...options })));
}

interface ShowArgs extends JsonOption {
  readonly of: string;
  readonly plan?: boolean;
  readonly html?: boolean;
  readonly out?: string;
}

async function showVersion(deps: Deps, args: ShowArgs): Promise<number> {
  const { action, version } = nameOf(args.of);
  assertOne(args);
  const found = await (await deps.configurator()).version(action, version);
  if (args.plan === true) return print(deps, args, stringify(writePlan(planOf(found)), { lineWidth: 0 }));
  if (args.html === true) return print(deps, args, htmlOf(found));
  if (args.json) printJson(deps.out, { kind: 'version', ...found });
  else printLines(deps.out, versionLines(found, createPaint(deps.out.color)));
  return EXIT.ok;
}

function nameOf(of: string): { readonly action: string; readonly version?: string } {
  const at = of.lastIndexOf('@');
  const problem = actionProblem(at < 0 ? of : of.slice(0, at));
  if (problem !== null) throw new AssistError('usage', problem, 'Write show RefundAssist@1.5.0, or show RefundAssist.');
  if (at < 0) return { action: of };
  const [action, version] = [of.slice(0, at), of.slice(at + 1)];
  const read = parseVersion(version.replace(/^v(?=\d)/, ''));
  if (typeof read === 'string') return { action, version: read };
  throw new AssistError(
    'usage',
    `${JSON.stringify(of)} names no version.`,
    'Write show RefundAssist@1.5.0, or show RefundAssist.',
  );
}

function assertOne({ plan, html, json, out }: ShowArgs): void {
  const asked = [plan === true ? '--plan' : '', html === true ? '--html' : '', json === true ? '--json' : ''];
  const given = asked.filter((one) => one !== '');
  if (given.length > 1) throw new AssistError('usage', `${given.join(' and ')} were given.`, 'Give one of them.');
  if (out !== undefined && plan !== true && html !== true)
    throw new AssistError('usage', '--out writes a plan or a card.', 'Give --plan or --html with it.');
}

async function print({ out }: Deps, args: ShowArgs, text: string): Promise<number> {
  if (args.out !== undefined) {
    await writePrivateFile(args.out, text);
    return EXIT.ok;
  }
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  out.stdout(whole);
  if (out.clean !== undefined && out.clean(whole) !== whole)
    out.stderr('Some of its characters are shown as escapes here; --out writes them as they are.\n');
  return EXIT.ok;
}

function planOf({ action, version, plan }: RegisteredVersion): Plan {
  if (plan !== null) return plan;
  throw new AssistError(
    'version-unknown',
    `The registry has no plan of ${action} ${version}: its rollout was started before there was one.`,
    'Start it from its plan file once; then it is kept.',
  );
}

function htmlOf(found: RegisteredVersion): string {
  const { action } = planOf(found);
  if (isCard(action)) return action.html;
  throw new AssistError(
    'usage',
    `${action.name} ${action.version} is no card, so it has no html.`,
    '--plan shows what it is made of.',
  );
}
