/** `notify test <destination>`: sends one that says of itself that it is a test. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bookOf, linksOf } from '../../../compose/message-book.ts';
import { testMessage } from '../../../domain/messages/test-message.ts';
import { deliver } from '../../../notify/deliver.ts';
import { MessagesError } from '../../../notify/errors.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { destinationIn } from './destination.ts';

export function testDestination(run: Run): Command {
  const help = {
    description: 'send one message that says it is a test, straight from here, and say what became of it',
    examples: ['notify test team'],
  };
  return createVerb('test', help)
    .argument('<destination>', 'as the file of MESSAGES_FILE names it')
    .option(...JSON_OBJECT)
    .action((name: string, options: JsonOption) => run((deps) => test(deps, name, options)));
}

const TIMEOUT_MS = 15_000;

async function test(deps: Deps, name: string, { json }: JsonOption): Promise<number> {
  const destination = destinationIn(await bookOf(deps.env), name);
  const id = `msg_test_${randomUUID()}`;
  const message = { ...testMessage(deps.now()), id, transition: 'test' };
  const letter = { id, messages: [message], links: linksOf(deps.env), again: false, taken: [] } as const;
  const answer = await deliver(destination, letter, { timeoutMs: TIMEOUT_MS, now: deps.now, signal: deps.signal });
  if (answer.kind !== 'delivered')
    throw new MessagesError(
      'messages-not-sent',
      `${name} (${destination.kind}) did not take the test: ${answer.reason}.`,
      'See its settings in the file of MESSAGES_FILE; docs/messages.md says what each needs.',
    );
  if (json) printJson(deps.out, { kind: 'message-test', destination: name, id, delivered: true });
  else printLines(deps.out, [`${name} (${destination.kind}) has taken the test. Look whether it is there.`]);
  return EXIT.ok;
}
