/** One letter to one destination. */
import type { DeliverOptions } from '../forward/outlet.ts';
import type { Answer } from '../forward/post.ts';
import { post } from '../forward/post.ts';
import { signedHeaders } from '../webhooks/sign.ts';
import { cloudEvent, pagerDutyEvent } from './machines.ts';
import { mailOf } from './mail.ts';
import type { Letter } from './payload.ts';
import type { Ready } from './ready.ts';
import { sendMail } from './send-mail.ts';
import { slackPayload } from './slack.ts';
import { teamsPayload } from './teams.ts';

/** Never rejects. */
export function deliver(destination: Ready, letter: Letter, options: DeliverOptions): Promise<Answer> {
  if (destination.kind === 'email') {
    const { server, from, to } = destination;
    return sendMail({ server, from, to, taken: letter.taken, mail: mailOf(letter, from), ...options });
  }
  const body = JSON.stringify(payloadOf(destination, letter));
  const headers =
    destination.kind === 'cloudEvents'
      ? {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          ...signedHeaders(destination.keys, letter.id, options.now(), body),
        }
      : { 'content-type': 'application/json; charset=utf-8' };
  return post({ url: destination.url, headers, body, ...options });
}

/** As it goes over the network. */
export function payloadOf(destination: Ready, letter: Letter): object {
  const [message] = letter.messages;
  switch (destination.kind) {
    case 'slack':
      return slackPayload(letter);
    case 'teams':
      return teamsPayload(letter);
    case 'email':
      return { from: destination.from, to: destination.to, ...mailOf(letter, destination.from) };
    case 'cloudEvents':
      return cloudEvent(message, letter.links(message));
    case 'pagerDuty':
      return pagerDutyEvent(message, letter.links(message), destination.routingKey);
  }
}
