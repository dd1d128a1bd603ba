import { createResponderState } from '../../src/responder/state.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';
import { openStore } from '../helpers/any-store.ts';

test('a lease ends by the clock that it was given, and the next renewal gives another', async () => {
  const db = await openStore();
  closeAfterTest(() => db.close());
  const given = { atMs: 0 };
  const state = createResponderState({
    db,
    onRows: () => undefined,
    onTrouble: (error) => {
      throw error;
    },
    clock: () => given.atMs,
  });
  await state.start();
  closeAfterTest(() => state.close());
  expect(state.isLeased()).toBe(true);
  given.atMs += 4_999;
  expect(state.isLeased()).toBe(true);
  given.atMs += 1;
  expect(state.isLeased()).toBe(false);
  await until(async () => state.isLeased());
});
