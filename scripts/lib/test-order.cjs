// Files that mostly wait (for time that is scaled down, for processes to die and come back) in turn with those that
// compute: side by side they use a machine which either kind alone would leave idle or overload.
// Plain JavaScript, for Jest takes it as it is.
const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const WAITS = /\/test\/(?:faults|forward|guardian|panel|responder|targets|transcripts|workflows)\//;

/**
 * The end-to-end rollouts judge real traffic by the clock: beside browsers and simulations they would measure the
 * machine. Beside each other they mostly wait, and the last of them do not keep the rest waiting.
 */
const FIRST = /\/test\/e2e\//;

/**
 * Those that take more than a minute, the longest first. Where no run before this one has told how long each takes,
 * Jest goes by the size of the files, and such a one that begins late runs on by itself when all others are done.
 */
const LONGEST = [
  'test/preflight/differential.test.ts',
  'test/extending/extending.test.ts',
  'test/faults/restored.test.ts',
  'test/targets/assist-panel/target.test.ts',
  'test/e2e/long-watch.test.ts',
  'test/responder/suggestions.test.ts',
  'test/e2e/assist-panel.test.ts',
  'test/workflows/outside.test.ts',
  'test/guardian/guardian.test.ts',
  'test/forward/forwarder.test.ts',
  'test/e2e/outside-restarts.test.ts',
  'test/e2e/verdicts.test.ts',
  'test/e2e/rollout.test.ts',
  'test/e2e/outside-messages.test.ts',
  'test/workflows/waves-elsewhere.test.ts',
  'test/upgrades/side-by-side.test.ts',
  'test/workflows/rollout.test.ts',
  'test/faults/campaign.test.ts',
  'test/e2e/after-promotion.test.ts',
  'test/e2e/outside-drift.test.ts',
  'test/domain/forecast/forecast.test.ts',
  'test/panel-screen/screen.test.ts',
  'test/packaging/image.test.ts',
  'test/codec/rollout.test.ts',
];

class InTurn extends Sequencer {
  async sort(tests) {
    const sorted = longestFirst(await super.sort(tests));
    const first = sorted.filter(({ path: file }) => FIRST.test(file));
    const waiting = sorted.filter(({ path: file }) => WAITS.test(file));
    const others = sorted.filter(({ path: file }) => !FIRST.test(file) && !WAITS.test(file));
    // The dearest first in both: none is left to run by itself at the end.
    const turns = Array.from({ length: Math.max(waiting.length, others.length) }, (_, n) => [waiting[n], others[n]]);
    return [...first, ...turns.flat().filter((test) => test !== undefined)];
  }
}

function longestFirst(tests) {
  const rankOf = ({ path: file, context }) => {
    const rank = LONGEST.indexOf(path.relative(context.config.rootDir, file).replaceAll('\\', '/'));
    return rank < 0 ? LONGEST.length : rank;
  };
  return tests.toSorted((one, other) => rankOf(one) - rankOf(other));
}

module.exports = Object.assign(InTurn, { LONGEST });
