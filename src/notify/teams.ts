/** Microsoft Teams: the webhook of a workflow, which posts an Adaptive Card. Connectors are retired. */
import type { Part } from '../domain/messages/text.ts';
import { AGAIN, DRAWN, partsOf } from '../domain/messages/text.ts';
import type { QueuedMessage } from '../store/messages.ts';
import type { Letter } from './payload.ts';
import { cut, headlineOf } from './payload.ts';

const COLOURS = { info: 'accent', action: 'accent', warning: 'warning', alert: 'attention' };
/** Teams refuses a message of more than 28 KB. */
const MAX_LINE = 1_500;
const MAX_TOLD = 12;
const MAX_ACTIONS = 6;

export function teamsPayload(letter: Letter): object {
  const { messages } = letter;
  const shown = messages.slice(0, MAX_TOLD);
  const body = [
    block(headlineOf(letter), { size: 'medium', weight: 'bolder', color: COLOURS[messages[0].severity] }),
    ...(messages.length === 1 ? partsOf(messages[0]).flatMap(part) : shown.flatMap(briefly)),
    ...(messages.length > MAX_TOLD ? [block(`and ${messages.length - MAX_TOLD} more`)] : []),
    ...(letter.again ? [block(AGAIN, { isSubtle: true })] : []),
  ];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body,
          actions: actions(shown, letter),
        },
      },
    ],
  };
}

function part({ label, lines }: Part): object[] {
  const fontType = label === 'Type' || label === DRAWN ? { fontType: 'monospace' } : {};
  return lines.map((line, at) => block(line, fontType, at === 0 ? `${label}: ` : ''));
}

function briefly({ headline, why }: QueuedMessage): object[] {
  return [block(headline, { weight: 'bolder' }), ...(why === null ? [] : [block(cut(why, 400))])];
}

/** Runs of text know no markdown, so nothing that people wrote becomes a link or a mark. */
function block(text: string, style: object = {}, label = ''): object {
  return {
    type: 'RichTextBlock',
    inlines: [
      ...(label === '' ? [] : [{ type: 'TextRun', text: label, weight: 'bolder' }]),
      { type: 'TextRun', text: cut(text, MAX_LINE), ...style },
    ],
  };
}

function actions(messages: readonly QueuedMessage[], { links }: Letter): object[] {
  const titles = new Map(messages.flatMap(links).map(({ title, url }) => [url, title]));
  return [...titles].slice(0, MAX_ACTIONS).map(([url, title]) => ({ type: 'Action.OpenUrl', title, url }));
}
