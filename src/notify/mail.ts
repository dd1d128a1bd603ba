/** E-mail, as text and as HTML. */
import { digestHeadline, DRAWN, partsOf, textLines } from '../domain/messages/text.ts';
import type { QueuedMessage } from '../store/messages.ts';
import type { Letter } from './payload.ts';
import { cut, headlineOf } from './payload.ts';

export interface Mail {
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
}

const WIDTH = 76;

/** `from`: its domain names the message, the same at each attempt, so that a mailbox shows it once. */
export function mailOf(letter: Letter, from: string): Mail {
  const { messages, links, again, id } = letter;
  const texts = messages.map((one) => textLines(one, { links: links(one), again }, WIDTH).join('\n'));
  return {
    subject: cut(headlineOf(letter), 200),
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    text: `${messages.length === 1 ? '' : `${digestHeadline(messages)}\n\n`}${texts.join('\n\n--\n\n')}\n`,
    html: `<!doctype html><meta charset="utf-8"><body style="font-family:sans-serif">${messages
      .map((one) => section(one, letter))
      .join('<hr>')}</body>\n`,
  };
}

function section(message: QueuedMessage, { links, again }: Letter): string {
  const rows = partsOf(message).map(({ label, lines }) => {
    const shown = lines.map((line) => (label === 'Type' ? `<code>${escapeHtml(line)}</code>` : escapeHtml(line)));
    if (label === DRAWN) return `<pre>${shown.join('\n')}</pre>`;
    return `<p><b>${label}</b> ${shown.join('<br>')}</p>`;
  });
  return [
    `<h2 style="font-size:1.1em">${escapeHtml(message.headline)}</h2>`,
    ...rows,
    ...links(message).map(({ title, url }) => `<p><a href="${escapeHtml(url)}">${title}</a></p>`),
    ...(again ? ['<p><small>Sent again: an earlier attempt was not confirmed.</small></p>'] : []),
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
