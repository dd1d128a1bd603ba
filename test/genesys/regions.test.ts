import { regionEndpoints, UnknownRegion } from '../../src/genesys/regions.ts';

test.each([
  ['us-east-1', 'mypurecloud.com'],
  ['eu-west-1', 'mypurecloud.ie'],
  ['EU-Central-1', 'mypurecloud.de'],
  ['us-east-2', 'use2.us-gov-pure.cloud'],
  ['mypurecloud.jp', 'mypurecloud.jp'],
  ['apps.usw2.pure.cloud', 'usw2.pure.cloud'],
  ['https://apps.mypurecloud.de', 'mypurecloud.de'],
  ['https://apps.mypurecloud.de/directory/#/admin/integrations/apps', 'mypurecloud.de'],
  [' https://api.mypurecloud.com.au/api/v2/ ', 'mypurecloud.com.au'],
  ['https://login.euw2.pure.cloud/?rid=1#/authenticate', 'euw2.pure.cloud'],
  ['api.mypurecloud.ie/', 'mypurecloud.ie'],
  ['HTTP://Login.MyPureCloud.JP:443/', 'mypurecloud.jp'],
])('%s is served by %s', (region, domain) => {
  expect(regionEndpoints(region)).toEqual({ loginUrl: `https://login.${domain}`, apiUrl: `https://api.${domain}` });
});

test.each([
  '',
  'mars-1',
  'example.com',
  'mypurecloud.com.example.com',
  'https://mypurecloud.de@example.com/',
  'https://example.com/https://apps.mypurecloud.de',
  'https://',
  'not a region',
])('region "%s" is refused with the ones that exist', (region) => {
  expect(() => regionEndpoints(region)).toThrow(UnknownRegion);
  expect(() => regionEndpoints(region)).toThrow(/eu-west-1/);
});

test('what was pasted is shown as far as its host: the rest may hold a token', () => {
  const pasted = 'https://apps.example.com/directory/#access_token=secret';
  expect(() => regionEndpoints(pasted)).toThrow(/^Region "apps\.example\.com" is not known/);
  expect(() => regionEndpoints(pasted)).not.toThrow(/secret/);
});
