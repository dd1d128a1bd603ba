/**
 * Files that mostly wait (for time that is scaled down, for processes to die and come back) in turn with those that
 * compute: side by side they use a machine which either kind alone would leave idle or overload.
 */
import type { Test } from '@jest/test-result';
import Sequencer from '@jest/test-sequencer';

const WAITS = /\/test\/(?:e2e|extending|faults|forward|guardian|panel|responder|targets|transcripts|workflows)\//;

class InTurn extends Sequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    const sorted = await super.sort(tests);
    const waiting = sorted.filter(({ path }) => WAITS.test(path));
    const others = sorted.filter(({ path }) => !WAITS.test(path));
    // The dearest first in both: none is left to run by itself at the end.
    return Array.from({ length: Math.max(waiting.length, others.length) }, (_, n) => n).flatMap((n) =>
      [waiting[n], others[n]].filter((test) => test !== undefined),
    );
  }
}

export = InTurn;
