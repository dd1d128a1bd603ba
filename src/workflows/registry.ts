/** A question to the registry, asked by whoever has no database: a short run, answered once. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { RegistryAnswer } from '../domain/registry/question.ts';
import { parseQuestion, questionText } from '../domain/registry/question.ts';
import { askRegistry } from './activity-proxies.ts';
import { followCurrent } from './follow-current.ts';

export async function registry(given: unknown): Promise<RegistryAnswer> {
  const question = parseQuestion(given);
  if (question === null)
    throw ApplicationFailure.nonRetryable(
      'This is no question to the registry. Ask with `assist-rollouts history <action>`, `show <action>@<version>` or `audit list`.',
      'QuestionRefused',
    );
  return askRegistry.executeWithOptions({ summary: questionText(question) }, [question]);
}
followCurrent(registry);
