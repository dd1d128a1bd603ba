/** `report <action>`: one file that tells a rollout from its plan to its proof, for whoever was not there. */
import { extname } from 'node:path';
import type { Command } from 'commander';
import { cardRules } from '../../compose/card-rules.ts';
import { AssistError } from '../../configurator/errors.ts';
import type { Story } from '../../domain/story/story.ts';
import { reportPage } from '../../story/page.ts';
import { pdfOf } from '../../story/pdf.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { writePrivateFile } from '../files.ts';
import { JSON_OBJECT, nonEmpty } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function report(run: Run): Command {
  const help = {
    description: 'one file that tells a rollout: verdict, pictures, plan, who did what, proof',
    examples: ['report RefundAssist --out report.html', 'report RefundAssist --rollout <id> --out report.pdf'],
  };
  return createVerb('report', help)
    .argument('<action>', 'name of the action')
    .option('--rollout <id>', 'another rollout than its last', nonEmpty)
    .option('--out <file>', 'where to write it: .html, or .pdf where there is a Chromium', nonEmpty)
    .option(...JSON_OBJECT)
    .action((action: string, options: Omit<ReportArgs, 'action'>) =>
      run((deps) => writeReport(deps, { action, ...options })),
    );
}

interface ReportArgs extends JsonOption {
  readonly action: string;
  readonly rollout?: string;
  readonly out?: string;
}

async function writeReport(deps: Deps, args: ReportArgs): Promise<number> {
  const kind = kindOf(args);
  const story = await (await deps.configurator()).story(args.action, args.rollout);
  if (args.out !== undefined && kind !== null) await writePrivateFile(args.out, await contentOf(deps, story, kind));
  if (args.json === true) printJson(deps.out, story);
  else printLines(deps.out, [`${args.out ?? ''}: ${story.rollout.action} ${story.rollout.version}, ${endOf(story)}`]);
  return EXIT.ok;
}

type Kind = 'html' | 'pdf';

/** Null: nothing is written, only said as JSON. */
function kindOf({ out, json }: ReportArgs): Kind | null {
  if (out === undefined) {
    if (json === true) return null;
    throw new AssistError('usage', 'There is no file to write to.', 'Give --out report.html, or --json.');
  }
  const ending = extname(out).toLowerCase();
  if (ending === '.html' || ending === '.pdf') return ending === '.html' ? 'html' : 'pdf';
  throw new AssistError('usage', `--out ${out} is neither .html nor .pdf.`, 'Give --out report.html or report.pdf.');
}

async function contentOf({ env, now }: Deps, story: Story, kind: Kind): Promise<string | Uint8Array> {
  const { policy } = cardRules(env);
  const page = await reportPage({ story, policy, writtenAt: new Date(now()).toISOString() });
  return kind === 'html' ? page : pdfOf(page, env);
}

function endOf({ rollout: { outcome, phase } }: Story): string {
  return outcome ?? `${phase} (not ended yet)`;
}
