/** What others reach by the addresses that we give them, asked from here; and the certificates there. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import type { Seen } from './finding.ts';
import type { Check } from './run-checks.ts';

export interface PublicAddress {
  /** The variable that holds it. */
  readonly name: string;
  readonly url: string;
  /** Of the process that is to answer, from the address on. */
  readonly health: string;
  readonly process: string;
}

export interface NetworkLooks {
  readonly fetch: BoundedFetch;
  readonly now: () => number;
}

export function networkChecks(addresses: readonly PublicAddress[], { fetch, now }: NetworkLooks): Check[] {
  return addresses.flatMap((address): Check[] => [
    {
      area: 'network',
      name: address.name,
      expected: `\`${address.process}\` answers`,
      look: (signal) => answering(address, fetch, signal),
    },
    ...(new URL(address.url).protocol === 'https:'
      ? [
          {
            area: 'network' as const,
            name: `certificate of ${address.name}`,
            expected: `good for ${MIN_DAYS} days`,
            look: async (signal: AbortSignal) =>
              certificateSeen(address, await certificateOf(address.url, signal), now()),
          },
        ]
      : []),
  ]);
}

/** Of what is wrong wherever one asks from; a firewall or a missing way back may be of this machine alone. */
const EVERYWHERE = /^(ENOTFOUND|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS)/;

async function answering(
  { name, url, health, process }: PublicAddress,
  fetch: BoundedFetch,
  signal: AbortSignal,
): Promise<Seen> {
  const expected = `\`${process}\` answers there, for whoever is to reach it`;
  const address = `${url.replace(/\/+$/, '')}${health}`;
  try {
    const answer = await fetch(address, { signal });
    if (answer.status === 200 && /"status":"(ok|[a-z]+)"/.test(await answer.text()))
      return { check: name, level: 'ok', seen: `${address} answers from here` };
    const wayOut = `Let the address lead to \`${process}\`, and see that it runs.`;
    const level = answer.status >= 500 ? 'error' : 'warning';
    return { check: name, level, seen: `${address} answers with status ${answer.status}`, expected, wayOut };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return {
      check: name,
      level: EVERYWHERE.test(code) ? 'error' : 'warning',
      seen: `${address} does not answer from here: ${code === '' ? message : code}`,
      expected,
      wayOut: `Start \`${process}\`, and see that name, certificate and proxy of the address lead to it.`,
    };
  }
}

const DAY_MS = 86_400_000;
const MIN_DAYS = 14;

interface SeenCertificate {
  readonly subject: string;
  readonly untilMs: number;
}

/** Not judged here: a wrong one is told by whoever asks in earnest. */
function certificateOf(url: string, signal: AbortSignal): Promise<SeenCertificate> {
  const { hostname, port } = new URL(url);
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: false,
    });
    const abort = () => socket.destroy(new Error('no answer in time'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { subject, valid_to: until } = socket.getPeerCertificate();
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve({ subject: String(subject?.CN ?? host), untilMs: Date.parse(until) });
    });
  });
}

function certificateSeen({ name }: PublicAddress, { subject, untilMs }: SeenCertificate, nowMs: number): Seen {
  const check = `certificate of ${name}`;
  const days = Math.floor((untilMs - nowMs) / DAY_MS);
  const seen = `${subject}, ${days < 0 ? `which ended ${-days} days ago` : `good for ${days} days`}`;
  if (days >= MIN_DAYS) return { check, level: 'ok', seen };
  const wayOut = 'Renew it, and load it where TLS ends.';
  return { check, level: days < 0 ? 'error' : 'warning', seen, expected: `good for ${MIN_DAYS} days`, wayOut };
}
