import { exampleMessages } from '../../../src/domain/messages/examples.ts';
import type { Message, MessageEvent } from '../../../src/domain/messages/message.ts';
import { quietUntil } from '../../../src/domain/messages/quiet-hours.ts';
import { parseMessageSettings } from '../../../src/domain/messages/settings-schema.ts';
import type { MessageSettings } from '../../../src/domain/messages/settings-schema.ts';
import { targetsOf } from '../../../src/domain/messages/targets.ts';

const written = {
  apiVersion: 'assist-rollouts/v1',
  destinations: {
    team: { kind: 'slack', url: { env: 'MESSAGES_SLACK_URL' } },
    leads: { kind: 'email', host: 'smtp.example.com', from: 'r@example.com', to: ['a@example.com'] },
    oncall: { kind: 'pagerDuty', routingKey: { file: '/run/secrets/pd' } },
    bus: { kind: 'cloudEvents', url: 'https://bus.example.com', signingSecrets: [{ env: 'MESSAGES_BUS' }] },
  },
  routes: {
    everything: { to: ['team', 'bus'] },
    refunds: { to: ['leads'], actions: ['Refund*'], events: ['approvalWaits', 'harm'] },
    duty: { to: ['oncall'], severities: ['alert'] },
    asked: { to: ['leads'], actions: [] },
  },
  quietHours: { timeZone: 'Europe/Berlin', from: '20:00', to: '07:00', allDay: ['sun'] },
};

function parse(value: unknown): MessageSettings {
  const parsed = parseMessageSettings(value);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.settings;
}
const settings = parse(written);

/** Wednesday, 12:00 in Berlin. */
const NOON = Date.UTC(2025, 11, 3, 11);
const NIGHT = Date.UTC(2025, 11, 3, 21);

function of(event: MessageEvent, more: Partial<Message> = {}): Message {
  const found = exampleMessages().find((one) => one.event === event);
  if (found === undefined) throw new Error(event);
  return { ...found, ...more };
}
const names = (message: Message, atMs = NOON) => targetsOf(message, settings, atMs).map(({ name }) => name);

test('a message goes where a route leads that takes its event, severity and action, once', () => {
  expect(names(of('started'))).toEqual(['team', 'bus']);
  expect(names(of('approvalWaits'))).toEqual(['team', 'leads', 'bus']);
  expect(names(of('approvalWaits', { action: 'Other' }))).toEqual(['team', 'bus']);
  expect(names(of('harm'))).toEqual(['team', 'leads', 'oncall', 'bus']);
});

test('a route that the plan names takes its messages, whatever actions it is for', () => {
  expect(names(of('started', { action: 'Other', routes: ['asked'] }))).toEqual(['team', 'leads', 'bus']);
});

test('who was called hears that it is over, although the route is for alerts alone; nobody is called for less', () => {
  expect(names(of('rolledBack'))).toContain('oncall');
  expect(names(of('resumed'))).toContain('oncall');
  expect(names(of('blind'))).not.toContain('oncall');
  expect(names(of('approvalWaits'))).not.toContain('oncall');
});

test('in quiet hours people hear at once of warnings and alerts, and of the rest in the morning; machines are awake', () => {
  const held = (event: MessageEvent) =>
    targetsOf(of(event), settings, NIGHT).map(({ name, heldUntilMs }) => [name, heldUntilMs]);
  const morning = Date.UTC(2025, 11, 4, 6);
  expect(held('approvalWaits')).toEqual([
    ['team', morning],
    ['leads', morning],
    ['bus', null],
  ]);
  for (const event of ['harm', 'rolledBack', 'needsAttention', 'blind', 'restored'] as const)
    expect(held(event).every(([, until]) => until === null)).toBe(true);
});

test('quiet hours are those of the wall clock, also on the days when it jumps, and over a quiet day', () => {
  const berlin = { timeZone: 'Europe/Berlin', from: '20:00', to: '07:00', allDay: [] };
  // In the night to 29 March 2026 an hour is skipped, in the night to 25 October 2026 one comes twice.
  expect(quietUntil(berlin, Date.UTC(2026, 2, 28, 21))).toBe(Date.UTC(2026, 2, 29, 5));
  expect(quietUntil(berlin, Date.UTC(2026, 9, 24, 20))).toBe(Date.UTC(2026, 9, 25, 6));
  expect(quietUntil(berlin, Date.UTC(2026, 2, 28, 12))).toBeNull();
  const weekend = { ...berlin, allDay: ['sat' as const, 'sun' as const] };
  // Friday evening until Monday morning.
  expect(quietUntil(weekend, Date.UTC(2025, 11, 5, 20))).toBe(Date.UTC(2025, 11, 8, 6));
});

test.each([
  [
    'a secret in the file',
    { ...written, destinations: { team: { kind: 'slack', url: 'https://hooks.slack.com/x' } } },
    'destinations.team.url: is neither',
  ],
  [
    'another variable',
    { ...written, destinations: { team: { kind: 'slack', url: { env: 'DATABASE_URL' } } } },
    'destinations.team.url',
  ],
  [
    'a route to nowhere',
    { ...written, routes: { x: { to: ['nobody'] } } },
    'routes.x.to: "nobody" is no destination; there are team,',
  ],
  ['an unknown event', { ...written, routes: { x: { to: ['team'], events: ['harmed'] } } }, 'routes.x.events.0'],
  [
    'an unknown time zone',
    { ...written, quietHours: { timeZone: 'Mars/Base', from: '20:00', to: '07:00' } },
    'quietHours.timeZone: is not the name of a time zone',
  ],
  [
    'a second header in an address',
    { ...written, destinations: { leads: { kind: 'email', host: 'h', from: 'a@b.c\r\nBcc: x@y.z', to: ['a@b.c'] } } },
    'destinations.leads.from: is not one address',
  ],
  ['an unknown field', { ...written, more: 1 }, 'There is no field "more". Known here: apiVersion'],
  [
    'a route without a destination',
    { ...written, routes: { x: {} } },
    'routes.x.to: "to" is missing; it is needed here.',
  ],
  ['nothing', null, 'the file: Here stands an empty value; expected a set of fields.'],
])('%s is refused with its place', (_, value, said) => {
  const parsed = parseMessageSettings(value);
  expect(parsed.ok ? '' : parsed.problems.join('\n')).toContain(said);
});

test('of very many mistakes as many are told as can be read', () => {
  const parsed = parseMessageSettings({ ...written, routes: { x: { to: ['team'], events: Array(2000).fill('x') } } });
  expect(parsed.ok ? [] : parsed.problems).toHaveLength(20);
});
