/** `pipeline …`: what a CI does with the plans of a repository. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { pipelineReview } from './pipeline/review.ts';
import { pipelineStart } from './pipeline/start.ts';

export function pipeline(run: Run): Command {
  const help = {
    description: 'plans of a repository in its CI: reviewed in a pull or merge request, started when that is merged',
    examples: ['pipeline review --base origin/main'],
  };
  return createVerb('pipeline', help).addCommand(pipelineReview(run)).addCommand(pipelineStart(run));
}
