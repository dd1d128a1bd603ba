/** `demo`: two rollouts on real parts; the healthy version is promoted, the harmful one rolled back by itself. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { untilAborted } from '../../compose/waiting.ts';
import { DEFAULT_TARGET } from '../../domain/plan/target-schema.ts';
import { DEMO_KINDS, demoTarget } from '../../local/demo/demo-targets.ts';
import type { DemoKind } from '../../local/demo/demo-targets.ts';
import type { RolloutViewer } from '../../local/demo/one-rollout.ts';
import { linksOf } from '../../local/stack-links.ts';
import type { Stack } from '../../local/stack.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_LINES } from '../options.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { proofLines, startedLines, summaryLines } from '../view/demo-view.ts';
import { createScreen } from '../screen.ts';

export function demo(run: Run): Command {
  const help = {
    description: 'two rollouts on this machine: a good version is promoted, a harmful one rolled back',
    examples: ['demo', 'demo --target assistPanel', 'demo --keep', 'demo --production-like'],
  };
  return createVerb('demo', help)
    .addOption(
      new Option('--target <kind>', 'where the versions are rolled out')
        .choices(DEMO_KINDS)
        .default(DEFAULT_TARGET.kind),
    )
    .option('--keep', 'leave everything up afterwards, until Ctrl-C')
    .addOption(
      new Option(
        '--production-like',
        'on PostgreSQL, a Temporal server with TLS and an authorizer, two workers, histories in cipher',
      ).conflicts(['target', 'keep']),
    )
    .option(...JSON_LINES)
    .action((options: DemoArgs) =>
      run((deps) => (options.productionLike === true ? runStand(deps, options) : runDemo(deps, options))),
    );
}

interface DemoArgs extends JsonOption {
  readonly target: DemoKind;
  readonly keep?: boolean;
  readonly productionLike?: boolean;
}

function runDemo(deps: Deps, args: DemoArgs): Promise<number> {
  const { env, script, now, signal, out } = deps;
  return serve(deps, { ...args, level: 'error', farewell: 'stopping everything\n' }, async ({ logger, closers }) => {
    const say = sayTo(deps, args);
    const { startDemoStack } = await import('../../local/demo/demo-stack.ts');
    const { bothRollouts } = await import('../../local/demo/both-rollouts.ts');
    const target = demoTarget(args.target);
    const stack = await startDemoStack({ env, script, now, signal, logger, closers, say }, target);
    if (args.json) printJson(out, { kind: 'ready', process: 'demo', ...linksOf(stack) });
    const summary = await Promise.race([bothRollouts(stack, target, closers, viewerOf(deps, args)), failureOf(stack)]);
    if (args.json) printJson(out, summary);
    else
      printLines(out, summaryLines(summary, { color: out.color, kept: args.keep === true, next: nextOf(args.target) }));
    if (args.keep) await keep(deps, stack);
    return summary.ok ? EXIT.ok : EXIT.unexpected;
  });
}

/** A stand shows it on one target; what it is about is what stands around. */
const STAND_KIND: DemoKind = 'agentAssistActions';

/** The same two rollouts where each process, role and secret is as in production; then what must be refused there. */
function runStand(deps: Deps, args: DemoArgs): Promise<number> {
  const { env, script, now, signal, out } = deps;
  return serve(deps, { ...args, level: 'error', farewell: 'stopping everything\n' }, async ({ logger, closers }) => {
    const say = sayTo(deps, args);
    const { proveDemoStand, startDemoStand } = await import('../../local/demo/demo-stand.ts');
    const { bothRollouts } = await import('../../local/demo/both-rollouts.ts');
    const target = demoTarget(STAND_KIND);
    const stand = await startDemoStand({ env, script, now, signal, logger, closers, say }, target);
    const { temporal, sandboxUrl: sandbox, eventsUrl: events } = stand;
    if (args.json) printJson(out, { kind: 'ready', process: 'demo', temporal: temporal.address, sandbox, events });
    const summary = await Promise.race([bothRollouts(stand, target, closers, viewerOf(deps, args)), stand.running]);
    const proofs = await proveDemoStand(stand, summary);
    const ok = summary.ok && proofs.every(({ held }) => held);
    if (args.json) printJson(out, { ...summary, ok, proofs });
    else
      printLines(out, [
        ...summaryLines(summary, { color: out.color, kept: false, next: nextOf(STAND_KIND) }),
        ...proofLines(proofs, out.color),
        'The same on hosts of yours: docs/hosts.md',
      ]);
    return ok ? EXIT.ok : EXIT.unexpected;
  });
}

function sayTo({ out }: Deps, { json = false }: DemoArgs): (message: string) => void {
  return (message) => (json ? printJson(out, { kind: 'log', message }) : out.stdout(`${message}\n`));
}

/** The same, to try things out in: it stays up, and is there again the next time. */
function nextOf(target: DemoKind): string {
  return `assist-rollouts dev${target === DEFAULT_TARGET.kind ? '' : ` --target ${target}`}`;
}

function viewerOf(deps: Deps, { json = false, keep = false }: DemoArgs): RolloutViewer {
  const { out, now, signal, user } = deps;
  return {
    by: user,
    now,
    signal,
    onTrouble: (error) => out.stderr(`${error.message}\n`),
    openScreen: () => createScreen(deps, json),
    announce: (started) => {
      if (json) printJson(out, { kind: 'started', ...started });
      else printLines(out, startedLines(keep ? started : { ...started, url: null }));
    },
  };
}

/** A worker that fails ends the demo; one that stops is being closed. */
async function failureOf(stack: Stack): Promise<never> {
  await stack.running;
  return new Promise<never>(() => undefined);
}

async function keep({ out, signal }: Deps, { temporal, sandboxUrl, eventsUrl }: Stack): Promise<void> {
  const links = [temporal.uiUrl ?? temporal.address, `${sandboxUrl}/sandbox/health`, `${eventsUrl}/healthz`];
  out.stderr(`Everything stays up: ${links.join(', ')}. Ctrl-C stops it.\n`);
  await untilAborted(signal);
}
