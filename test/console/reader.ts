/** Streams as a browser reads them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE_MS } from '../helpers/patience.ts';

export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !(await what()); await sleep(2))
    if (Date.now() > deadline) throw new Error('It did not come.');
}

interface Event {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, string>>;
}

/** Reads a stream as a browser does; `next` waits for an event of that kind, or for any. */
export function reader(response: Response) {
  const source = (response.body as ReadableStream<Uint8Array>).getReader();
  const text = new TextDecoder();
  let rest = '';
  const next = async (event?: string): Promise<Event> => {
    for (;;) {
      const end = rest.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await source.read();
        if (done) throw new Error('The stream has ended.');
        rest += text.decode(value, { stream: true });
        continue;
      }
      const lines = rest.slice(0, end).split('\n');
      rest = rest.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const kind = field('event');
      if (kind !== undefined && (event ?? kind) === kind)
        return { event: kind, id: field('id'), data: JSON.parse(field('data') ?? '{}') as Event['data'] };
    }
  };
  return { next, leave: () => source.cancel() };
}
