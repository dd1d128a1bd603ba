/** What Genesys Cloud has and this organisation has not: 501, so that nobody takes it for a mistake of theirs. */
import type { MiddlewareHandler } from 'hono';
import { notImitated } from './api-error.ts';
import type { SandboxEnv } from './http-context.ts';

/** Below which the public API has resources; what is elsewhere is nowhere. */
const ROOTS = new Set(
  (
    'alerting analytics architect assistants audits authorization billing businessrules ' +
    'carrierservices casemanagement certificate chats coaching contentmanagement conversations dataextensions ' +
    'dataprivacy date diagnostics documentation downloads emails employeeengagement employeeperformance ' +
    'events externalcontacts fax fieldconfig flows gamification gdpr geolocations ' +
    'greetings groups guides identityproviders infrastructureascode integrations intents ipranges ' +
    'journey knowledge languages languageunderstanding learning license locations messaging ' +
    'mobiledevices notifications oauth organizations orgauthorization orphanrecordings outbound presence ' +
    'presencedefinitions processautomation profiles quality recording recordings responsemanagement routing ' +
    'scim screenmonitors screenrecording scripts search settings socialmedia speechandtextanalytics ' +
    'stations systempresences taskmanagement teams telephony textbots timezones tokens ' +
    'uploads usage userrecordings users voicemail webchat webdeployments webmessaging ' +
    'widgets workforcemanagement '
  )
    .trim()
    .split(' '),
);

export function isKnownRoot(path: string): boolean {
  return ROOTS.has(/^\/api\/v2\/([^/]+)/.exec(path)?.[1] ?? '');
}

/** Names that stand where an imitated resource has its id: they are resources of their own. */
const NAMES_NOT_IDS: readonly (readonly [parent: string, names: string])[] = [
  ['integrations', 'actions|botconnector|clientapps|credentials|speech|unifiedcommunications|userapps|webhooks'],
  ['users', 'agentui|bulk|chats|customattributes|development|externalid|presences|query|rules|search|stations'],
  ['groups', 'search'],
  ['assistants', 'agentchecklists|copilot'],
  ['conversations', 'aftercallwork|callbacks|calls|chats|cobrowsesessions|customattributes|emails|faxes'],
  ['conversations', 'internalmessages|keyconfigurations|messaging|participants|screenshares|settings|socials'],
  ['conversations', 'summaries|videos'],
  ['routing/queues', 'divisionviews|me'],
];
const OTHERS = NAMES_NOT_IDS.map(([parent, names]) => new RegExp(`^/api/v2/${parent}/(?:${names})(?:/|$)`));

export const refuseOthers: MiddlewareHandler<SandboxEnv> = async (c, next) => {
  if (OTHERS.some((form) => form.test(c.req.path))) throw notImitated(`${c.req.method} ${c.req.path}`);
  await next();
};
