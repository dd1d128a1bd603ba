import { regionEndpoints, UnknownRegion } from '../../src/genesys/regions.ts';

test.each([
  ['us-east-1', 'mypurecloud.com'],
  ['eu-west-1', 'mypurecloud.ie'],
  ['EU-Central-1', 'mypurecloud.de'],
  ['us-east-2', 'use2.us-gov-pure.cloud'],
  ['mypurecloud.jp', 'mypurecloud.jp'],
  ['apps.usw2.pure.cloud', 'usw2.pure.cloud'],
])('%s is served by %s', (region, domain) => {
  expect(regionEndpoints(region)).toEqual({ loginUrl: `https://login.${domain}`, apiUrl: `https://api.${domain}` });
});

test.each(['', 'mars-1', 'example.com', 'mypurecloud.com.example.com'])(
  'region "%s" is refused with the ones that exist',
  (region) => {
    expect(() => regionEndpoints(region)).toThrow(UnknownRegion);
    expect(() => regionEndpoints(region)).toThrow(/eu-west-1/);
  },
);
