/** `judge --stream`: the judge by itself, one JSON line in, one out, so that any program can drive it. */
import type { Command } from 'commander';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createStreamJudge, streamError } from '../../domain/judge/stream.ts';
import type { StreamJudge } from '../../domain/judge/stream.ts';
import { AssistError } from '../../configurator/errors.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { judgeReplay } from './judge/replay.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function judge(run: Run): Command {
  const help = {
    description: 'the judge by itself: one JSON line in, one verdict out; ends with its input',
    examples: ['judge --stream', 'judge replay --from 7d --plan examples/refund-assist-1.5.0.yaml'],
  };
  return (
    createVerb('judge', help)
      .option('--stream', 'JSON lines on stdin and stdout')
      .option('--json', 'the same: what it writes is JSON')
      // Else it would take the --json of the verb below it for its own.
      .enablePositionalOptions()
      .addCommand(judgeReplay(run))
      .action((options: JudgeArgs) => run((deps) => judgeLines(deps, options)))
  );
}

interface JudgeArgs extends JsonOption {
  readonly stream?: boolean;
}

/** Ends with the input. A line `reset` is taken without an answer; every other line is answered by exactly one. */
export async function judgeLines(deps: Deps, args: JudgeArgs, input: Readable = process.stdin): Promise<number> {
  if (args.stream !== true)
    throw new AssistError(
      'usage',
      'judge was started without --stream.',
      'Run "assist-rollouts judge --stream" and write one JSON object per line to it.',
    );
  const lines = createInterface({ input, crlfDelay: Infinity });
  const stop = () => lines.close();
  deps.signal.addEventListener('abort', stop, { once: true });
  try {
    const stream = createStreamJudge();
    for await (const line of lines) {
      const answer = answerTo(stream, line);
      if (answer !== null) deps.out.stdout(`${JSON.stringify(answer)}\n`);
    }
    return deps.signal.aborted ? EXIT.interrupted : EXIT.ok;
  } finally {
    deps.signal.removeEventListener('abort', stop);
  }
}

function answerTo(stream: StreamJudge, line: string): object | null {
  if (line.trim() === '') return null;
  const read = parseLine(line);
  if (read === null)
    return streamError(`the line is no JSON object: ${line.slice(0, 80)}`, 'Write one JSON object per line.');
  const answer = stream.line(read);
  return 'type' in read && read.type === 'reset' ? null : answer;
}

function parseLine(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
