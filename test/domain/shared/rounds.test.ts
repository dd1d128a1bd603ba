import { createRounds } from '../../../src/domain/shared/rounds.ts';

/** A round that ends when it is told to. */
function given() {
  const ends: { readonly done: () => void; readonly fail: (error: Error) => void }[] = [];
  const errors: [unknown, boolean][] = [];
  const rounds = createRounds(
    () => new Promise<void>((done, fail) => ends.push({ done, fail })),
    (error, isFirst) => errors.push([error, isFirst]),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { ends, errors, rounds, turn };
}

test('one round runs at a time, and all who asked meanwhile share the one after it', async () => {
  const { ends, rounds, turn } = given();
  for (let n = 0; n < 3; n += 1) rounds.wake();
  expect(ends).toHaveLength(1);
  ends[0]?.done();
  await turn();
  expect(ends).toHaveLength(2);
  ends[1]?.done();
  await rounds.idle();
  expect(ends).toHaveLength(2);
  rounds.wake();
  expect(ends).toHaveLength(3);
});

test('a round that failed is told, and the next one tells whether it was the first', async () => {
  const { ends, errors, rounds, turn } = given();
  const away = new Error('away');
  for (const fails of [true, true, false, true]) {
    rounds.wake();
    if (fails) ends.at(-1)?.fail(away);
    else ends.at(-1)?.done();
    await turn();
  }
  expect(errors).toEqual([
    [away, true],
    [away, false],
    [away, true],
  ]);
});

test('closed, it waits for the round that runs and begins no other', async () => {
  const { ends, rounds, turn } = given();
  rounds.wake();
  rounds.wake();
  let isClosed = false;
  const closing = rounds.close().then(() => (isClosed = true));
  await turn();
  expect(isClosed).toBe(false);
  ends[0]?.done();
  await closing;
  rounds.wake();
  expect(ends).toHaveLength(1);
});
