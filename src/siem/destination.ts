/**
 * Where to ship to, as an operator names it. Nothing else is ever contacted: redirects are refused, and names never
 * come from data.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { AuditError } from '../audit/errors.ts';
import { isLoopbackName } from '../domain/identity/loopback.ts';

export const FORMATS = ['ocsf', 'cef', 'syslog'] as const;
export type Format = (typeof FORMATS)[number];

export type SiemDestination =
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  | { readonly kind: 'http'; readonly name: string; readonly url: URL }
  | { readonly kind: 'tcp' | 'tls'; readonly name: string; readonly host: string; readonly port: number };

/**
 * `file:<path>`, `https://…`, `tls://host[:6514]`; on this machine also `http://…` and `tcp://host:port`. `name` is its
 * cursor's; no secret of the URL is in it.
 */
export function parseDestination(text: string): SiemDestination {
  if (text.startsWith('file:') && text.length > 5) {
    const path = resolve(text.slice(text.startsWith('file://') ? 7 : 5));
    return { kind: 'file', name: `file:${path}`, path };
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '')
    throw invalid(
      text,
      'is none of file:<path>, https://<host>/<path>, tls://<host>:<port> and, on this machine, tcp://<host>:<port>',
    );
  if (url.username !== '' || url.password !== '') throw invalid(text, 'holds credentials');
  switch (url.protocol) {
    case 'https:':
      return { kind: 'http', name: nameOf(url), url };
    case 'http:':
      if (!isLoopbackName(url.hostname)) throw invalid(text, 'would send the audit log over the network unencrypted');
      return { kind: 'http', name: nameOf(url), url };
    case 'tcp:':
    case 'tls:':
      return socket(text, url);
    default:
      throw invalid(text, `has the unknown scheme ${url.protocol}`);
  }
}

function socket(text: string, url: URL): SiemDestination {
  const kind = url.protocol === 'tls:' ? 'tls' : 'tcp';
  const port = Number(url.port) || (kind === 'tls' ? 6514 : 0);
  if (port === 0) throw invalid(text, 'names no port');
  if (kind === 'tcp' && !isLoopbackName(url.hostname) && !/^127(\.\d+){3}$/.test(url.hostname))
    throw invalid(text, 'would send the audit log over the network unencrypted; name it as tls://');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind, name: `${kind}://${url.hostname}:${port}`, host, port };
}

/** A query may hold a token: its hash tells two of them apart and gives nothing away. */
function nameOf({ protocol, host, pathname, search }: URL): string {
  const query = search === '' ? '' : `?${createHash('sha256').update(search).digest('hex').slice(0, 12)}`;
  return `${protocol}//${host}${pathname}${query}`;
}

/** Neither what may be a token in the query nor a name and a password are repeated. */
function shown(text: string): string {
  if (!URL.canParse(text)) return 'that was given';
  const { protocol, host, pathname } = new URL(text);
  return host === '' ? `${protocol}…` : `${protocol}//${host}${pathname}`;
}

function invalid(text: string, why: string): AuditError {
  return new AuditError(
    'ship-destination-invalid',
    `The destination ${shown(text)} ${why}.`,
    'Name one as file:<path>, https://<host>/<path>, tls://<host>:<port> or, on this machine, ' +
      'tcp://<host>:<port>; a token goes into SIEM_TOKEN or SIEM_TOKEN_FILE.',
  );
}
