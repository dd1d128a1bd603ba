import fc from 'fast-check';
import { foldText, wordsOf } from '../../../src/domain/trigger/fold.ts';

test('plain ASCII is folded and parted as it is beside other letters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 40 }), (text) => {
      expect(`${foldText(text)} ж`).toBe(foldText(`${text} ж`));
      expect([...wordsOf(text), 'ж']).toEqual(wordsOf(`${text} ж`));
    }),
    { numRuns: 500 },
  );
});
