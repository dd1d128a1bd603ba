/** `organisation terraform`: role, OAuth clients and interaction widget, for Terraform's official provider. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { NEEDS, REAL_TARGETS } from '../../../doctor/organisation/permissions.ts';
import type { RealTarget } from '../../../doctor/organisation/permissions.ts';
import { panelIntegration } from '../../../targets/index.ts';
import { terraformOf } from '../../../terraform/organisation.ts';
import type { Wanted } from '../../../terraform/organisation.ts';
import { printJson } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

interface TerraformOptions extends JsonOption {
  readonly target: readonly RealTarget[];
  readonly queue?: readonly string[];
  readonly integration?: string;
}

export function organisationTerraform(run: Run): Command {
  return createVerb('terraform', {
    description: 'what the targets need, for the provider mypurecloud/genesyscloud; contacts nobody',
    examples: [
      'organisation terraform --target assistPanel --queue 6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01 > rollouts.tf',
      'organisation terraform --target copilotQueues',
    ],
  })
    .addOption(new Option('--target <kinds...>', 'which targets').choices(REAL_TARGETS).makeOptionMandatory())
    .option('--queue <ids...>', 'queues in whose conversations the panel is shown')
    .option('--integration <name>', 'name of the interaction widget (default: "Assist Rollouts")', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: TerraformOptions) => run((deps) => Promise.resolve(write(deps, options))));
}

function write({ env, out }: Deps, { target, queue = [], integration, json }: TerraformOptions): number {
  const permissions = NEEDS.filter((need) => target.includes(need.target)).flatMap((need) => need.permissions);
  const panel = target.includes('assistPanel') ? panelOf(readConfig(env).panel.publicUrl, queue, integration) : null;
  const hcl = terraformOf({ permissions: [...permissions, 'routing:transcriptionSettings:view'], panel });
  if (json) printJson(out, { kind: 'terraform', hcl });
  else out.stdout(hcl);
  return EXIT.ok;
}

function panelOf(url: string | null, queues: readonly string[], name: string | undefined): Wanted['panel'] {
  if (url === null)
    throw new AssistError(
      'config-incomplete',
      'The interaction widget shows the panel, and where that is was not said.',
      'Set PANEL_PUBLIC_URL to the https:// URL at which agents reach it.',
    );
  return { url, integration: panelIntegration({ panelUrl: url, queues, name }) };
}
