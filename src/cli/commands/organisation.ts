/** `organisation …`: what an organisation needs for rollouts. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { organisationQueues } from './organisation/queues.ts';
import { organisationTerraform } from './organisation/terraform.ts';

export function organisation(run: Run): Command {
  const help = {
    description: 'what an organisation needs for rollouts',
    examples: ['organisation queues billing', 'organisation terraform --target assistPanel'],
  };
  return createVerb('organisation', help).addCommand(organisationQueues(run)).addCommand(organisationTerraform(run));
}
