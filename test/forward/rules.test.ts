import { readDestinations } from '../../src/config/destinations.ts';
import { backOffMs } from '../../src/domain/shared/back-off.ts';
import { DEFAULT_FORWARD_SETTINGS } from '../../src/forward/settings.ts';
import { newSecret } from '../helpers/push.ts';

const SECRET = newSecret();

test('a day of attempts passes before a message is given up', () => {
  const { retry, maxAttempts } = DEFAULT_FORWARD_SETTINGS;
  const waits = Array.from({ length: maxAttempts - 1 }, (_, step) => backOffMs(step, retry, 0.5));
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(16 * 60 * 60_000);
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
    expect(found?.map(({ name, events, metrics }) => [name, events, metrics])).toEqual([
      ['coaching', true, true],
      ['lms', false, true],
    ]);
  });

  test('nothing said is not the same as none', () => {
    expect(read({ COACHING_ALLOWED_HOSTS: 'lms.example' }).found).toBeNull();
    expect(read({ COACHING_DESTINATIONS: '[]' }).found).toEqual([]);
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
