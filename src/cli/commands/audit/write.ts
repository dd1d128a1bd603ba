/** `audit write`: one engagement entry. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { printJson } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function auditWrite(run: Run): Command {
  const help = {
    description: 'an engagement entry: who was shown what, how it went, and what preflight said of it',
    examples: [`audit write --action-id 7c1e --agent agent-17 --metrics '{"accepted":true}'`],
  };
  return createVerb('write', help)
    .requiredOption('--action-id <id>', 'the action', nonEmpty)
    .requiredOption('--agent <id>', 'the agent', nonEmpty)
    .requiredOption('--metrics <json>', 'an object', jsonObject)
    .option('--content-sha256 <hash>', 'of the content that was shown', contentHash)
    .option(...JSON_OBJECT)
    .action((options: WriteArgs) => run((deps) => writeEntry(deps, options)));
}

interface WriteArgs extends JsonOption {
  readonly actionId: string;
  readonly agent: string;
  readonly metrics: Record<string, unknown>;
  readonly contentSha256?: string;
}

async function writeEntry(deps: Deps, { actionId, agent, metrics, contentSha256 }: WriteArgs): Promise<number> {
  const configurator = await deps.configurator();
  const record = await configurator.writeEngagementEntry({
    actionId,
    agentId: agent,
    metrics,
    contentSha256: contentSha256 ?? null,
  });
  printJson(deps.out, record);
  return EXIT.ok;
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new InvalidArgumentError('Expected a JSON object.');
}

function contentHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 64 hexadecimal digits.');
}
