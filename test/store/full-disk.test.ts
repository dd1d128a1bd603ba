import { callsTo } from '../../src/store/pglite-calls.ts';
import type { CallPort, Message, Question } from '../../src/store/pglite-calls.ts';

/** As the thread tells what its file system threw: that has a number, and no words. */
function refusing(errno: number): CallPort {
  let take: (message: Message) => void = () => undefined;
  return {
    post: ({ id }: Question) => take({ id, error: { message: 'undefined', errno } }),
    onMessage: (taker) => {
      take = taker;
    },
    ref: () => undefined,
    unref: () => undefined,
    stop: () => Promise.resolve(),
    gone: new Promise(() => undefined),
  };
}

test.each([
  [51, 'no space is left on the disk of its folder. Make room there'],
  [2, 'its folder refused it (2)'],
])('what the disk of the embedded database refuses is told in words (%d)', async (errno, words) => {
  const thread = callsTo(refusing(errno));
  await expect(thread.open()).rejects.toThrow(words);
});
