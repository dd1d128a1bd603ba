/** What the services listen to, whom they let in, and what they send on. */
import { PORTS, httpUrl, list, oneOf, origins, text, webhookSecrets, wholeNumber } from '../shapes.ts';
import { optional, secret, withDefault } from '../variable.ts';

export const SERVICES = {
  EVENTS_HOST: withDefault('events.host', text, '127.0.0.1', { meaning: 'where the events service listens' }),
  EVENTS_PORT: withDefault('events.port', wholeNumber(...PORTS), '8460', { meaning: 'its port; 0: any free one' }),
  EVENTS_PUBLIC_URL: optional('events.publicUrl', httpUrl, {
    meaning: 'where the organisation reaches it; pushes go to `<url>/events`',
    unset: 'needed by `worker`',
  }),
  EVENTS_SIGNING_SECRETS: secret('events.signingSecrets', webhookSecrets, {
    meaning:
      'webhook secrets (`whsec_` and base64), comma-separated; the first is given to the organisation, all are accepted',
    unset: 'needed by `worker` and `events`',
  }),
  EVENTS_METRIC_SECRETS: secret('events.metricSecrets', webhookSecrets, {
    meaning:
      'webhook secrets of those who measure custom metrics; they can send nothing else: ' +
      '[events.md](events.md#who-may-send-what)',
    unset: 'custom metrics are signed with the others',
  }),
  EVENTS_HUB_SECRET: secret('events.hubSecret', text, {
    meaning: 'accepts `X-Hub-Signature-256` too; several while one is replaced',
    unset: 'that header is not accepted',
  }),
  EVENTS_BRIDGE_SECRET: secret('events.bridgeSecret', text, {
    meaning:
      'opens `POST /eventbridge` for who sends one of them as `x-eventbridge-key`; several while one is replaced',
    unset: 'there is no such route',
  }),
  EVENTS_ADMIN_PORT: withDefault('events.adminPort', wholeNumber(...PORTS), '8461', {
    meaning: 'where `/admin` of the events service listens, on 127.0.0.1 alone',
  }),
  EVENTS_ADMIN_TOKEN: secret('events.adminToken', text, { meaning: 'opens it', unset: 'closed; `dev` makes its own' }),
  AGENT_ID_HASH_KEY: secret('events.agentIdHashKey', text, {
    meaning:
      'agent ids are stored, counted and forwarded as a hash under this key (at least 16 characters): ' +
      '[events.md](events.md#agent-ids)',
    unset: 'ids are stored as they come',
  }),
  PANEL_HOST: withDefault('panel.host', text, '127.0.0.1', { meaning: 'where the panel process listens' }),
  PANEL_PORT: withDefault('panel.port', wholeNumber(...PORTS), '8470', { meaning: 'its port' }),
  PANEL_PUBLIC_URL: optional('panel.publicUrl', httpUrl, {
    meaning:
      "where agents' browsers reach it; the page is `<url>/panel`, which is also the redirect URI of its OAuth client: " +
      '[panel.md](panel.md)',
    unset: 'needed by `panel`, and by `worker` on the target `assistPanel`',
  }),
  PANEL_OAUTH_CLIENT_ID: optional('panel.oauthClientId', text, {
    meaning: 'the OAuth client (code, PKCE) with which agents sign in',
    unset: 'needed by `panel`',
  }),
  PANEL_SESSION_SECRET: secret('panel.sessionSecret', text, {
    meaning:
      'signs the sessions of pages (at least 16 characters), comma-separated while one is replaced; the first signs, ' +
      'all are accepted',
    unset: 'needed by `panel`; `dev` makes its own',
  }),
  PANEL_FRAME_ANCESTORS: optional('panel.frameAncestors', origins, {
    meaning: "origins that may frame the page beside the organisation's own desktop",
    unset: 'none',
  }),
  PANEL_CHANNELS: withDefault('panel.channels', wholeNumber(0, 20), '5', {
    meaning:
      'notification channels that each panel process makes at most, 0 to 20; each carries 1,000 topics, and the ' +
      'platform allows 20 for all that use an OAuth client. `0`: what is said comes by ' +
      '[EventBridge](events.md#live-events-of-eventbridge) to the events service',
  }),
  CONSOLE_HOST: withDefault('console.host', text, '127.0.0.1', { meaning: 'where the console listens' }),
  CONSOLE_PORT: withDefault('console.port', wholeNumber(...PORTS), '8490', { meaning: 'its port' }),
  CONSOLE_PUBLIC_URL: optional('console.publicUrl', httpUrl, {
    meaning: 'the https origin at which browsers reach it: [console.md](console.md)',
    unset: 'this machine alone',
  }),
  CONSOLE_SESSION_SECRET: secret('console.sessionSecret', text, {
    meaning:
      'seals the sessions of people who signed in there (at least 16 characters), comma-separated while one is ' +
      'replaced; the first seals, all open',
    unset: 'sessions end with the process',
  }),
  CONSOLE_READERS: withDefault(
    'console.readers',
    oneOf({ signedIn: 'who has signed in may look', anyone: 'whoever reaches it may look' }),
    'signedIn',
    { meaning: '`anyone`: whoever reaches the console may look without signing in; or `signedIn`' },
  ),
  API_HOST: withDefault('api.host', text, '127.0.0.1', { meaning: 'where the api process listens' }),
  API_PORT: withDefault('api.port', wholeNumber(...PORTS), '8480', { meaning: 'its port' }),
  ASSIST_ATTESTOR_KEY: secret('api.attestorKey', text, {
    meaning: 'what the api process and the console sign the acts of others with; [api.md](api.md)',
    unset: 'needed by `api`, and by `console` for signing in',
  }),
  ASSIST_API_URL: optional('api.url', httpUrl, {
    meaning:
      'the api process that acts and looks go through, https but for this machine; or ' +
      '`assist-rollouts --api <url> <verb>`',
    unset: 'they go to Temporal',
  }),
  ASSIST_TOKEN: secret('api.token', text, {
    meaning: 'the token to act with there, of a CI job',
    unset: 'that of `login`',
  }),
  ASSIST_FORGE_TOKEN: secret('pipeline.token', text, {
    meaning: 'with which `pipeline review --post` writes its comment at GitHub or GitLab: [pipeline.md](pipeline.md)',
    unset: 'no comment is posted',
  }),
  COACHING_URL: optional('coaching.url', text, {
    meaning: 'where events are forwarded to: [events.md](events.md#forwarding-to-the-coaching-platform)',
    unset: 'nothing is forwarded',
  }),
  COACHING_SIGNING_SECRET: secret('coaching.signingSecret', text, {
    meaning: 'what they are signed with',
    unset: 'needed beside `COACHING_URL`',
  }),
  COACHING_DESTINATIONS: secret('coaching.destinations', text, {
    meaning: 'several destinations, as JSON, each with its secrets',
    unset: 'none but `COACHING_URL`',
  }),
  COACHING_ALLOWED_HOSTS: optional('coaching.allowedHosts', list, {
    meaning: 'hosts that they may name',
    unset: 'every public name',
  }),
  HOOK_SECRETS: secret('hooks.secrets', text, {
    meaning:
      'what [hooks](plan.md#hooks) of plans are signed with, `<name>=<whsec_…>`, several separated by spaces (one name ' +
      'may have several secrets, and a call is signed with each)',
    unset: 'none',
  }),
  HOOKS_ALLOWED_HOSTS: optional('hooks.allowedHosts', list, {
    meaning:
      'hosts that they may ask, such as `gate.example.com`, `gate.internal:8443` or `http://gate.internal:8080`. Calls ' +
      'do not go through a proxy',
    unset: 'every public address by https (`dev` and `demo`: this machine)',
  }),
};
