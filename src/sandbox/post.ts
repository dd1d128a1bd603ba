/** One POST over a kept connection. Redirects are not followed: a webhook that moved is a failure. */
import http from 'node:http';
import https from 'node:https';

export interface PostAnswer {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
}

export interface Poster {
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostAnswer>;
  /** Cuts what is still under way. */
  close(): void;
}

export function createPoster(timeoutMs: number): Poster {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true });
  return {
    post: (url, headers, body) =>
      new Promise((resolve, reject) => {
        const isSecure = url.startsWith('https:');
        const { request } = isSecure ? https : http;
        const options: http.RequestOptions = {
          method: 'POST',
          agent: isSecure ? secure : plain,
          timeout: timeoutMs,
          headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        };
        const outgoing = request(url, options, (answer) => {
          answer.resume();
          answer.once('end', () => {
            resolve({ status: answer.statusCode ?? 0, retryAfterSeconds: retryAfterOf(answer) });
          });
          answer.once('error', reject);
        });
        outgoing.once('timeout', () => {
          outgoing.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`));
        });
        outgoing.once('error', reject);
        outgoing.end(body);
      }),
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function retryAfterOf(answer: http.IncomingMessage): number | undefined {
  const header = answer.headers['retry-after'];
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}
