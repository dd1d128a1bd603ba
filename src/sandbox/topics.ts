/** The catalogue of topics: which there are, what they ask for, and who may subscribe to them. */
import { ApiError } from './api-error.ts';
import { mayDo } from './guard.ts';
import type { Caller } from './oauth.ts';
import { TOPIC_NAMES } from './topic-names.ts';

/** Topics that are known to ask for a permission. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  'v2.conversations.{id}.transcription': 'conversation:transcription:view',
};

const CATALOGUE = TOPIC_NAMES.map((name) => ({
  name,
  form: new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('{id}', '[\\w:-]+')}$`),
}));

/** As a subscription is answered. */
export interface TopicState {
  readonly id: string;
  readonly state: 'Permitted' | 'Rejected';
  readonly rejectionReason?: string;
  readonly missingPermissions?: readonly string[];
}

/** Throws for a topic that nobody could subscribe to; what this caller may not have is rejected. */
export function judgeTopic(id: string, caller: Caller, notOnWebSockets: readonly string[]): TopicState {
  const name = CATALOGUE.find(({ form }) => form.test(id))?.name;
  if (name === undefined) throw invalidTopic(id);
  if (notOnWebSockets.includes(name)) throw wrongTransport();
  const permission = PERMISSIONS[name];
  if (permission === undefined || mayDo(caller, permission)) return { id, state: 'Permitted' };
  return { id, state: 'Rejected', rejectionReason: 'Not authorized for this topic.', missingPermissions: [permission] };
}

/** `AvailableTopic`, with the fields that were asked for. */
export function presentTopics(expand: readonly string[], notOnWebSockets: readonly string[]): object[] {
  return TOPIC_NAMES.map((id) => {
    const transports = notOnWebSockets.includes(id) ? ['EventBridge', 'ProcessAutomation'] : ['All'];
    const permission = PERMISSIONS[id];
    return {
      id,
      ...(expand.includes('transports') && { transports }),
      ...(expand.includes('visibility') && { visibility: 'Public' }),
      ...(expand.includes('enforced') && { enforced: permission !== undefined }),
      ...(expand.includes('requiresPermissions') && {
        requiresPermissions: permission === undefined ? [] : [permission],
      }),
      ...(expand.includes('topicParameters') && { topicParameters: id.match(/\{id\}/g) ?? [] }),
    };
  });
}

export function unauthorizedTopic({ id, missingPermissions = [] }: TopicState): ApiError {
  const message = `You are not authorized to subscribe to ${id}: [${missingPermissions.join(', ')}]`;
  return new ApiError({ status: 403, code: 'notification.unauthorized.topic', message });
}

function invalidTopic(id: string): ApiError {
  const message = `The subscription topic is not valid: ${id}`;
  return new ApiError({ status: 400, code: 'notification.invalid.topic', message });
}

function wrongTransport(): ApiError {
  const message = 'unable to subscribe, transport type not permitted.';
  return new ApiError({ status: 400, code: 'notification.transport.not.allowed', message });
}
