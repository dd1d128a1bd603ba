/** Server-sent events over fetch, since only so a request carries our session. */

/** Longer than the server is ever silent. */
const SILENCE_MS = 40_000;

/** What of server-sent events is used here. @param {(name: string, data: string) => void} onEvent */
function createParser(onEvent) {
  let rest = '';
  return (/** @type {string} */ text) => {
    rest += text;
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      let [name, data] = ['message', ''];
      for (const line of rest.slice(0, end).split('\n')) {
        if (line.startsWith('event: ')) name = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
      }
      rest = rest.slice(end + 2);
      onEvent(name, data);
    }
  };
}

/**
 * Follows until the stream ends, whoever ends it. Rejects with the answer's status in `status` when it was refused.
 *
 * @param {string} url
 * @param {string} session
 * @param {{ onOpen: () => void, onEvent: (name: string, data: any) => void, signal: AbortSignal }} on
 */
export async function followStream(url, session, { onOpen, onEvent, signal }) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  let lastWord = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - lastWord > SILENCE_MS) abort();
  }, 1_000);
  try {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${session}` },
      cache: 'no-store',
      credentials: 'omit',
      signal: controller.signal,
    });
    if (!answer.ok || !answer.body) throw Object.assign(new Error('refused'), { status: answer.status });
    onOpen();
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    const parse = createParser((name, data) => onEvent(name, JSON.parse(data || '{}')));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      lastWord = performance.now();
      parse(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', abort);
  }
}

/** Doubles up to a limit; half of it is chance, so that many pages do not come back as one. @param {number} tries */
export function waitMs(tries) {
  const most = Math.min(30_000, 500 * 2 ** tries);
  return most / 2 + (Math.random() * most) / 2;
}
