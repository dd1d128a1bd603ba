/**
 * The rules by which an assistant's copilot asks a third party. An administrator made them: which attributes they need
 * is documented nowhere, so they are taken as they are and never written.
 */
import type { AssistantDocument, Assistants } from '../../genesys/assistants.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import { sha256Of } from '../../domain/shared/content-hash.ts';
import { TargetError } from '../target-error.ts';

const ACTION = 'ThirdPartyAction';

export interface ThirdPartyRules {
  /** SHA-256, hex, of all of them, whether enabled or not; null: the assistant is not there any more. */
  readonly sha256: string | null;
  readonly enabled: number;
}

export async function readRules(assistants: Assistants, assistantId: string): Promise<ThirdPartyRules> {
  try {
    const rules = thirdPartyRules(await assistants.get(assistantId));
    return { sha256: sha256Of(rules), enabled: rules.filter(({ enabled }) => enabled).length };
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return { sha256: null, enabled: 0 };
    throw error;
  }
}

type Rules = NonNullable<NonNullable<NonNullable<AssistantDocument['copilot']>['ruleEngineConfig']>['rules']>;

function thirdPartyRules({ copilot }: AssistantDocument): Rules {
  return (copilot?.ruleEngineConfig?.rules ?? []).filter(({ rule }) =>
    rule.actions.some(({ actionType }) => actionType === ACTION),
  );
}

/** Before anything is written. */
export async function assertRule(assistants: Assistants, assistantId: string): Promise<string> {
  const { sha256, enabled } = await readRules(assistants, assistantId);
  if (sha256 === null)
    throw new TargetError(
      'VersionMissing',
      `The organisation has no assistant ${assistantId}. Correct target.assistant.`,
    );
  if (enabled > 0) return sha256;
  throw new TargetError(
    'NoRule',
    `The copilot of assistant ${assistantId} has no enabled rule with a ${ACTION}, so it never asks for a text. Let an ` +
      'administrator make one (Admin, Agent Copilot, Rules), and start again.',
  );
}
