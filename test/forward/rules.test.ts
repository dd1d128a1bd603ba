import { CLOSED, afterFailure, allowance, backoffMs } from '../../src/forward/circuit.ts';
import type { Circuit } from '../../src/forward/circuit.ts';
import { readDestinations } from '../../src/config/destinations.ts';
import { DEFAULT_SETTINGS } from '../../src/forward/settings.ts';
import { newSecret } from '../helpers/push.ts';

const RULES = { threshold: 3, firstMs: 100, longestMs: 1_000 };
const SECRET = newSecret();

describe('circuit', () => {
  const fail = (times: number): Circuit =>
    Array.from({ length: times }).reduce<Circuit>((circuit) => afterFailure(circuit, RULES, 0, null, 1), CLOSED);

  test('opens after so many failures in a row, then lets one at a time through at growing intervals, up to the longest', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 99].map((times) => fail(times)).map(({ state, untilMs }) => [state, untilMs])).toEqual(
      [
        ['closed', 0],
        ['closed', 0],
        ['open', 100],
        ['open', 200],
        ['open', 400],
        ['open', 800],
        ['open', 1_000],
        ['open', 1_000],
      ],
    );
    expect([99, 100, 5_000].map((nowMs) => allowance(fail(3), nowMs, 4))).toEqual([0, 1, 1]);
    expect(allowance(CLOSED, 0, 4)).toBe(4);
  });

  test('a destination that says when to come back is believed, whether the circuit is open or not', () => {
    expect(afterFailure(CLOSED, RULES, 1_000, 5_000, 1)).toMatchObject({ state: 'closed', untilMs: 6_000 });
    expect(afterFailure(fail(9), RULES, 1_000, 5_000, 1)).toMatchObject({ state: 'open', untilMs: 6_000 });
    expect(afterFailure(afterFailure(CLOSED, RULES, 0, 5_000, 1), RULES, 10, 0, 1).untilMs).toBe(5_000);
  });

  test('waits spread over half of their length, and a day of attempts passes before a message is given up', () => {
    expect([0, 0.5, 1].map((jitter) => backoffMs(2, RULES, jitter))).toEqual([200, 300, 400]);
    const { retry, mostAttempts } = DEFAULT_SETTINGS;
    const waits = Array.from({ length: mostAttempts - 1 }, (_, step) => backoffMs(step, retry, 0.5));
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(16 * 60 * 60_000);
  });
});

describe('destinations', () => {
  const read = (variables: Parameters<typeof readDestinations>[0]) => {
    const problems: string[] = [];
    return { found: readDestinations(variables, (name, message) => problems.push(`${name}: ${message}`)), problems };
  };
  const entry = (more: object = {}) => ({
    name: 'lms',
    url: 'https://lms.example/hook',
    signingSecrets: [SECRET],
    ...more,
  });

  test('one from COACHING_URL, more as a JSON list; events and metrics unless switched off', () => {
    const { found, problems } = read({
      COACHING_URL: 'https://coach.example/in',
      COACHING_SIGNING_SECRET: SECRET,
      COACHING_DESTINATIONS: JSON.stringify([entry({ events: false })]),
    });
    expect(problems).toEqual([]);
    expect(found.map(({ name, events, metrics }) => [name, events, metrics])).toEqual([
      ['coaching', true, true],
      ['lms', false, true],
    ]);
  });

  test.each<[string, Parameters<typeof readDestinations>[0], RegExp]>([
    ['plain http', { COACHING_URL: 'http://coach.example/', COACHING_SIGNING_SECRET: SECRET }, /neither https/],
    ['credentials', { COACHING_URL: 'https://a:b@coach.example/', COACHING_SIGNING_SECRET: SECRET }, /credentials/],
    ['a bare address', { COACHING_URL: 'https://169.254.169.254/', COACHING_SIGNING_SECRET: SECRET }, /bare address/],
    [
      'an address in disguise',
      { COACHING_URL: 'https://0xa9fea9fe/', COACHING_SIGNING_SECRET: SECRET },
      /bare address/,
    ],
    [
      'a host that is not on the list',
      {
        COACHING_URL: 'https://coach.example/',
        COACHING_SIGNING_SECRET: SECRET,
        COACHING_ALLOWED_HOSTS: 'lms.example',
      },
      /not in COACHING_ALLOWED_HOSTS/,
    ],
    ['no secret', { COACHING_URL: 'https://coach.example/' }, /COACHING_SIGNING_SECRET/],
    ['a name twice', { COACHING_DESTINATIONS: JSON.stringify([entry(), entry()]) }, /twice/],
    ['no JSON', { COACHING_DESTINATIONS: 'lms' }, /JSON list/],
    ['an unknown field', { COACHING_DESTINATIONS: JSON.stringify([entry({ secret: 'x' })]) }, /JSON list/],
  ])('%s is refused, and the secret is not repeated', (_, variables, message) => {
    const { problems } = read(variables);
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems.join()).not.toContain(SECRET);
  });

  test('http on this machine is for trying things out; a host on the list may be an address', () => {
    expect(read({ COACHING_URL: 'http://127.0.0.1:9000/', COACHING_SIGNING_SECRET: SECRET }).problems).toEqual([]);
    expect(
      read({ COACHING_URL: 'https://10.0.0.7/', COACHING_SIGNING_SECRET: SECRET, COACHING_ALLOWED_HOSTS: '10.0.0.7' })
        .problems,
    ).toEqual([]);
  });
});
