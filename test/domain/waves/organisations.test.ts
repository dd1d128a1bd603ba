import { parseOrganisations } from '../../../src/domain/waves/organisations.ts';

const eu = { address: 'temporal.eu.example.com:7233', namespace: 'assist-eu', key: 'waves.json' };

test('an organisation is where its Temporal is, and files of what it asks for', () => {
  const tls = { ca: 'ca.pem', cert: 'us.pem', key: 'us.key', serverName: 'temporal' };
  const whole = { ...eu, tls, apiKeyFile: 'api-key' };
  expect(parseOrganisations({ organisations: { eu, whole } })).toEqual({ ok: true, organisations: { eu, whole } });
});

test.each([
  [{ organisations: { eu: { ...eu, address: 'temporal.eu' } } }, 'organisations.eu.address', 'host and port'],
  [{ organisations: { eu: { ...eu, apiKey: 'secret' } } }, 'organisations.eu.apiKey', 'no field "apiKey"'],
  [{ organisations: { eu: { ...eu, key: undefined } } }, 'organisations.eu.key', ''],
  [{ organisations: { EU: eu } }, 'organisations.EU', 'small letters, digits and dashes'],
  [{ organisations: { eu: { ...eu, tls: { cert: 'us.pem' } } } }, 'organisations.eu.tls', 'both or neither'],
  [{ organization: {} }, 'organization', 'no field "organization"'],
  [null, '', ''],
])('%j is refused', (given, path, part) => {
  const parsed = parseOrganisations(given);
  const problems = parsed.ok ? [] : parsed.problems;
  const found = problems.find((one) => one.path === path);
  expect(found).toBeDefined();
  expect(`${found?.message} ${found?.remedy}`).toContain(part);
});
