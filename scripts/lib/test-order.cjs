// Files that mostly wait (for time that is scaled down, for processes to die and come back) in turn with those that
// compute: side by side they use a machine which either kind alone would leave idle or overload.
// Plain JavaScript, for Jest takes it as it is.
const { default: Sequencer } = require('@jest/test-sequencer');

const WAITS = /\/test\/(?:e2e|extending|faults|forward|guardian|panel|responder|targets|transcripts|workflows)\//;

class InTurn extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const waiting = sorted.filter(({ path }) => WAITS.test(path));
    const others = sorted.filter(({ path }) => !WAITS.test(path));
    // The dearest first in both: none is left to run by itself at the end.
    const turns = Array.from({ length: Math.max(waiting.length, others.length) }, (_, n) => [waiting[n], others[n]]);
    return turns.flat().filter((test) => test !== undefined);
  }
}

module.exports = InTurn;
