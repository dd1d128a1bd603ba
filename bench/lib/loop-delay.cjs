// Prints how long the event loop of a program was held up, when it ends:
//   node --require ./bench/lib/loop-delay.cjs dist/src/cli/main.js demo
const { isMainThread } = require('node:worker_threads');
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');

// The option is inherited by threads and child processes; only the program that was asked about is measured.
if (isMainThread && process.send === undefined && process.argv[2] !== 'sandbox') {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const ms = (nanoseconds) => Math.round(nanoseconds / 1e5) / 10;
  process.once('exit', () => {
    const figures = {
      p50Ms: ms(delay.percentile(50)),
      p99Ms: ms(delay.percentile(99)),
      maxMs: ms(delay.max),
      busy: Math.round(performance.eventLoopUtilization().utilization * 1000) / 1000,
    };
    process.stderr.write(`event loop: ${JSON.stringify(figures)}\n`);
  });
}
