/** `events dead-letters replay`: takes it in, or sends it, once more. */
import type { Command } from 'commander';
import { AssistError } from '../../../../configurator/errors.ts';
import { withEventsAdmin } from '../../../../compose/events-admin.ts';
import type { EventsAdmin } from '../../../../ingest/admin/events-admin.ts';
import type { DeadLetterKind } from '../../../../store/dead-letters.ts';
import { printJson, printLines } from '../../../deps.ts';
import type { Deps, JsonOption } from '../../../deps.ts';
import { EXIT } from '../../../exit-codes.ts';
import { describeError } from '../../../errors.ts';
import type { ErrorReport } from '../../../errors.ts';
import { createVerb } from '../../../verb.ts';
import type { Run } from '../../../verb.ts';
import { deadLetterId, kindOption } from './options.ts';

export function replayDeadLetters(run: Run): Command {
  const help = {
    description: 'take it in, or send it, once more',
    examples: ['events dead-letters replay 17', 'events dead-letters replay --all --kind intake'],
  };
  return createVerb('replay', help)
    .argument('[id]', 'of the dead letter', deadLetterId)
    .option('--all', 'every one')
    .addOption(kindOption())
    .option('--json', 'one JSON object for each')
    .action((id: number | undefined, options: ReplayOptions) => run((deps) => replay(deps, { id, ...options })));
}

interface ReplayOptions extends JsonOption {
  readonly all?: boolean;
  readonly kind?: DeadLetterKind;
}

interface ReplayArgs extends ReplayOptions {
  readonly id: number | undefined;
}

/** Exit code 5 when one was refused again; the others are replayed all the same. */
function replay(deps: Deps, { id, all, kind, json }: ReplayArgs): Promise<number> {
  return withEventsAdmin(deps, async (admin) => {
    if (id === undefined && !all)
      throw new AssistError('usage', 'Which? No dead letter was named.', 'Give an id, or --all.');
    let [replayed, refused] = [0, 0];
    for await (const one of id === undefined ? openIds(admin, kind) : [id]) {
      const result = await admin.replay(one).catch((error: unknown) => ({ id: one, error: describeError(error) }));
      if ('error' in result) refused += 1;
      else replayed += 1;
      if (json) printJson(deps.out, { ...result, kind: 'replayed' });
      else printLines(deps.out, [`${one}: ${resultText(result)}`]);
    }
    if (!json) printLines(deps.out, [`${replayed} replayed, ${refused} refused.`]);
    return refused === 0 ? EXIT.ok : EXIT.refused;
  });
}

type Replayed = Awaited<ReturnType<EventsAdmin['replay']>> | { readonly error: ErrorReport };

function resultText(result: Replayed): string {
  if ('error' in result) return `${result.error.message} ${result.error.remedy ?? ''}`;
  const { stored } = result;
  return stored ? `stored ${stored.stored}, duplicates ${stored.duplicates}` : 'returned to the outbox';
}

const PAGE = 100;

/** Each once: one that is refused again stays open, and is behind the cursor by then. */
async function* openIds(admin: EventsAdmin, kind: DeadLetterKind | undefined): AsyncGenerator<number> {
  for (let afterId = 0; ;) {
    const page = await admin.list({ kind, afterId, limit: PAGE });
    for (const { id } of page) yield id;
    if (page.length < PAGE) return;
    afterId = page.at(-1)?.id ?? afterId;
  }
}
