/**
 * Region of an organisation -> hosts. Source: region table of the official JavaScript SDK 262 (PureCloudRegionHosts).
 */

export interface Endpoints {
  /** Serves `/oauth/token`. */
  readonly loginUrl: string;
  /** Serves `/api/v2/...`. */
  readonly apiUrl: string;
}

/**
 * Takes an AWS region (`eu-west-1`), a domain (`mypurecloud.ie`), or an address as it is pasted out of a browser
 * (`https://apps.mypurecloud.ie/directory/#/admin`).
 */
export function regionEndpoints(region: string): Endpoints {
  const asked = hostIn(region.trim().toLowerCase());
  const domain = DOMAIN_OF_REGION[asked] ?? knownDomain(asked);
  if (domain === undefined) throw new UnknownRegion(asked);
  return { loginUrl: `https://login.${domain}`, apiUrl: `https://api.${domain}` };
}

/** `mypurecloud.ie (eu-west-1)`; null where the hosts are not those of one region. */
export function regionOf({ loginUrl, apiUrl }: Endpoints): string | null {
  const bare = (url: string) => url.replace(/\/+$/, '');
  const found = Object.entries(DOMAIN_OF_REGION).find(
    ([, domain]) => bare(loginUrl) === `https://login.${domain}` && bare(apiUrl) === `https://api.${domain}`,
  );
  return found === undefined ? null : `${found[1]} (${found[0]})`;
}

export class UnknownRegion extends Error {
  readonly code = 'UnknownRegion';

  constructor(region: string) {
    super(
      `Region "${region.slice(0, MAX_SHOWN)}" is not known. Use one of ${Object.keys(DOMAIN_OF_REGION).join(', ')}, or the domain ` +
        'that you log in to.',
    );
    this.name = 'UnknownRegion';
  }
}

const DOMAIN_OF_REGION: Readonly<Record<string, string>> = {
  'us-east-1': 'mypurecloud.com',
  'us-west-2': 'usw2.pure.cloud',
  'us-east-2': 'use2.us-gov-pure.cloud',
  'ca-central-1': 'cac1.pure.cloud',
  'mx-central-1': 'mxc1.pure.cloud',
  'eu-west-1': 'mypurecloud.ie',
  'eu-west-2': 'euw2.pure.cloud',
  'eu-central-1': 'mypurecloud.de',
  'eu-central-2': 'euc2.pure.cloud',
  'eusc-de-east-1': 'edee1.eusc-pure.cloud',
  'sa-east-1': 'sae1.pure.cloud',
  'ap-southeast-2': 'mypurecloud.com.au',
  'ap-southeast-1': 'apse1.pure.cloud',
  'ap-northeast-1': 'mypurecloud.jp',
  'ap-northeast-2': 'apne2.pure.cloud',
  'ap-northeast-3': 'apne3.pure.cloud',
  'ap-south-1': 'aps1.pure.cloud',
  'me-central-1': 'mec1.pure.cloud',
};

const MAX_SHOWN = 100;

/** The host alone is looked at, and shown when it is not known: what follows it may hold a token. */
function hostIn(pasted: string): string {
  const url = pasted.includes('://') ? pasted : `https://${pasted}`;
  return URL.canParse(url) ? new URL(url).hostname : (pasted.split(/[/?#]/, 1)[0] ?? '');
}

function knownDomain(asked: string): string | undefined {
  const domain = asked.replace(/^(login|api|apps)\./, '');
  return Object.values(DOMAIN_OF_REGION).find((known) => known === domain);
}
