/**
 * A refusal that repeats what was sent, in every way that servers write it, and a search for what is left of a secret.
 */
import type { SeenRequest } from '../helpers/scripted-server.ts';

/** Long quotations end amid a secret; short ones come whole. */
export function echoes({ headers, text, body }: SeenRequest): object {
  const basic = headers.authorization ?? '';
  const secret =
    (body as { destination?: { signingSecret?: string } } | undefined)?.destination?.signingSecret ??
    basic.replace(/^\w+ /, '');
  const plain = Buffer.from(basic.replace(/^Basic /, ''), 'base64').toString('latin1');
  const ways = [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
    JSON.stringify(secret),
  ];
  const message = `${basic} ${plain} ${ways.join(' ')} ${text}`;
  return {
    message: `${'x'.repeat(270)} ${secret} ${message}`,
    code: secret,
    error: encodeURIComponent(secret),
    description: message,
    contextId: plain,
    details: [
      { fieldName: ways[2], errorCode: basic },
      { fieldName: message, errorCode: ways[3] },
    ],
    errors: [{ details: [{ fieldName: ways[1], errorCode: `[${plain}]` }] }],
  };
}

/** Any eight letters in a row of a secret, as it is or encoded, that a text holds. */
export function remainsOf(text: string, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(`the-client:${secret}`).toString('base64').slice(16),
    Buffer.from(secret).toString('hex'),
  ]);
  const pieces = forms.flatMap((form) => Array.from({ length: form.length - 9 }, (_, at) => form.slice(at, at + 10)));
  return pieces.filter((piece) => text.includes(piece));
}
