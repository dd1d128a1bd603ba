/** Slack: an incoming webhook with blocks. */
import type { Part } from '../domain/messages/text.ts';
import { AGAIN, DRAWN, partsOf } from '../domain/messages/text.ts';
import type { QueuedMessage } from '../store/messages.ts';
import type { Letter } from './payload.ts';
import { cut, headlineOf } from './payload.ts';

const MARKS = { info: ':information_source:', action: ':hand:', warning: ':warning:', alert: ':rotating_light:' };
const MAX_HEADER = 150;
const MAX_SECTION = 2_900;
/** Slack takes 50 blocks. */
const MAX_TOLD = 40;

export function slackPayload(letter: Letter): object {
  const headline = headlineOf(letter);
  const [first] = letter.messages;
  const single = letter.messages.length === 1;
  return {
    text: escape(headline),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, MAX_HEADER), emoji: false } },
      ...(single ? partsOf(first).map(section) : letter.messages.slice(0, MAX_TOLD).map((one) => briefly(one, letter))),
      ...context([
        single ? `${MARKS[first.severity]} ${first.event}` : '',
        single ? linkText(first, letter) : '',
        letter.messages.length > MAX_TOLD ? `and ${letter.messages.length - MAX_TOLD} more` : '',
        letter.again ? AGAIN : '',
      ]),
    ],
  };
}

function section({ label, lines }: Part): object {
  if (label === DRAWN) return mrkdwn(`\`\`\`${cut(lines.map(verbatim).join('\n'), MAX_SECTION - 6)}\`\`\``);
  const texts = lines.map((line) => (label === 'Type' ? `\`${verbatim(line)}\`` : escape(line)));
  return mrkdwn(`*${label}* ${texts.join('\n')}`);
}

/** Between back quotes. */
function verbatim(text: string): string {
  return escape(text).replaceAll('`', "'");
}

function briefly(message: QueuedMessage, letter: Letter): object {
  const why = message.why === null ? '' : `\n${escape(cut(message.why, 500))}`;
  return mrkdwn(`${MARKS[message.severity]} *${escape(message.headline)}*${why}\n${linkText(message, letter)}`);
}

/** `verbatim`: nothing that people wrote becomes a link or calls a channel. */
function mrkdwn(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, MAX_SECTION), verbatim: true } };
}

function context(texts: readonly string[]): object[] {
  const elements = texts.filter((text) => text !== '').map((text) => ({ type: 'mrkdwn', text, verbatim: true }));
  return elements.length === 0 ? [] : [{ type: 'context', elements }];
}

function linkText(message: QueuedMessage, { links }: Letter): string {
  return links(message)
    .map(({ title, url }) => `<${url}|${title}>`)
    .join(' · ');
}

/** The three characters that mean something to Slack; within a line a style mark only styles. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
