import { createClosers } from '../../src/compose/closers.ts';

test('closes in reverse order, goes on past failures and hangs, and reports both', async () => {
  const order: string[] = [];
  const troubles: string[] = [];
  const closers = createClosers({
    timeoutMs: 50,
    onError: (name, error) => troubles.push(`${name}: ${(error as Error).message}`),
  });
  closers.add('first', () => order.push('first'));
  closers.add('broken', () => {
    throw new Error('no');
  });
  closers.add('hanging', () => new Promise(() => undefined));
  closers.add('last', async () => {
    await Promise.resolve();
    order.push('last');
  });
  await closers.close();
  expect(order).toEqual(['last', 'first']);
  expect(troubles).toEqual(['hanging: did not close within 50 ms', 'broken: no']);
});

test('closing twice closes once', async () => {
  let closed = 0;
  const closers = createClosers({ onError: () => undefined });
  closers.add('thing', () => {
    closed += 1;
  });
  await Promise.all([closers.close(), closers.close()]);
  expect(closed).toBe(1);
});
