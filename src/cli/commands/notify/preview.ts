/** `notify preview`: the text of each message, and what a destination would get. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { exampleMessages } from '../../../domain/messages/examples.ts';
import { MESSAGE_EVENTS } from '../../../domain/messages/message.ts';
import type { MessageEvent } from '../../../domain/messages/message.ts';
import { textLines } from '../../../domain/messages/text.ts';
import { bookOf, linksOf } from '../../../compose/message-book.ts';
import { payloadOf } from '../../../notify/deliver.ts';
import type { Ready } from '../../../notify/ready.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { destinationIn } from './destination.ts';

const WIDTH = 80;

export function previewMessages(run: Run): Command {
  const help = {
    description: 'each message as it looks in a terminal; with a destination, what it would get. Nothing is sent',
    examples: ['notify preview', 'notify preview --event harm --destination team', 'notify preview --json'],
  };
  return createVerb('preview', help)
    .addOption(new Option('--event <event>', 'this one alone').choices(MESSAGE_EVENTS))
    .option('--destination <name>', 'as the file of MESSAGES_FILE names it: also its payload, without its secrets')
    .option('--json', 'one JSON object for each')
    .action((options: PreviewArgs) => run((deps) => preview(deps, options)));
}

interface PreviewArgs extends JsonOption {
  readonly event?: MessageEvent;
  readonly destination?: string;
}

async function preview(deps: Deps, { event, destination: name, json }: PreviewArgs): Promise<number> {
  const destination = name === undefined ? null : destinationIn(await bookOf(deps.env), name);
  const links = linksOf(deps.env);
  for (const message of exampleMessages().filter((one) => event === undefined || one.event === event)) {
    const lines = textLines(message, { links: links(message), again: false }, WIDTH);
    const id = `msg_${message.event}`;
    const letter = {
      id,
      messages: [{ ...message, id, transition: 'example/1' }],
      links,
      again: false,
      taken: [],
    } as const;
    const payload = destination === null ? null : payloadOf(withoutSecrets(destination), letter);
    if (json) printJson(deps.out, { kind: 'message', message, text: lines.join('\n'), payload });
    else
      printLines(deps.out, [
        `── ${message.event} (${message.severity}) ${'─'.repeat(Math.max(0, WIDTH - 7 - message.event.length - message.severity.length))}`,
        ...lines,
        ...(payload === null ? [] : ['', ...JSON.stringify(payload, null, 2).split('\n')]),
        '',
      ]);
  }
  return EXIT.ok;
}

function withoutSecrets(destination: Ready): Ready {
  return destination.kind === 'pagerDuty' ? { ...destination, routingKey: '…' } : destination;
}
