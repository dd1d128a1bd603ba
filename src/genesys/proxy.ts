/**
 * The way out of a network without direct egress. Whatever goes through a proxy goes through a tunnel, plain http too:
 * no proxy then reads, repeats or answers a request.
 */
import type http from 'node:http';
import type net from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';

export interface ProxySettings {
  /** For https and wss: the URL of the proxy. */
  readonly https: string | null;
  /** For http and ws. */
  readonly http: string | null;
  /** Hosts that are asked directly, as NO_PROXY names them; this machine always is. */
  readonly except: readonly string[];
}

export interface Proxies {
  /** Of a connection to this URL; undefined: it goes out directly. */
  agentFor(url: URL): http.Agent | undefined;
  close(): void;
}

/** `silenceMs`: how long a proxy may take to open a tunnel. */
export function createProxies({ https, http: plain, except }: ProxySettings, silenceMs: number): Proxies {
  const secureAgent = tunnelThrough(https, silenceMs);
  const plainAgent = tunnelThrough(plain, silenceMs);
  return {
    agentFor: (url) => (isDirect(url, except) ? undefined : isSecure(url) ? secureAgent : plainAgent),
    close: () => {
      secureAgent?.destroy();
      plainAgent?.destroy();
    },
  };
}

/** Holds the name of the proxy, and neither user nor password. */
export class ProxyFailure extends Error {
  readonly code = 'PROXY';
}

/** `example.com` stands for its subdomains too, `host:8443` for one port, `*` for everything. */
export function isDirect(url: URL, except: readonly string[]): boolean {
  const host = url.hostname.toLowerCase();
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)) return true;
  const asked = url.port || (isSecure(url) ? '443' : '80');
  return except.some((entry) => {
    const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (only !== undefined && only !== asked) return false;
    return entry === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
  });
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'wss:';
}

function tunnelThrough(proxy: string | null, silenceMs: number): http.Agent | undefined {
  return proxy === null ? undefined : new Tunnel(proxy, silenceMs);
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** The library would hand the refusal of a proxy on as if the platform had refused. */
class Tunnel extends HttpsProxyAgent<string> {
  readonly #connectOpts = this.connectOpts;
  readonly #silenceMs: number;

  /** A request that is given up tells its agent nothing: without a limit a silent proxy would keep each connection. */
  constructor(proxy: string, silenceMs: number) {
    super(proxy, { keepAlive: true });
    this.#silenceMs = silenceMs;
  }

  override async connect(request: http.ClientRequest, options: ConnectOptions): Promise<net.Socket> {
    let status = 0;
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => void (status = statusCode));
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), this.#silenceMs);
    this.connectOpts = { ...this.#connectOpts, signal: silence.signal };
    const socket = await super
      .connect(request, options)
      .catch((error: unknown) => {
        throw away(this.proxy, error);
      })
      .finally(() => clearTimeout(timer));
    if (status === 200) return socket;
    socket.destroy();
    const why = status === 407 ? 'it wants a user and a password, or others' : 'it does not let us through';
    throw new ProxyFailure(`the proxy ${this.proxy.host} refused with status ${status}: ${why}`);
  }
}

function away({ host }: URL, error: unknown): ProxyFailure {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ABORT_ERR' ? 'it kept silent' : (code ?? 'it closed the connection');
  return new ProxyFailure(`the proxy ${host} cannot be reached (${why})`);
}
