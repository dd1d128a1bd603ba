/** `events dead-letters`: what could not be taken in or not be forwarded; look at it, and try it again. */
import type { Desk, ShownDeadLetter } from '../../ingest/desk.ts';
import type { DeadLetter, DeadLetterKind } from '../../store/dead-letters.ts';
import { withDesk } from '../../compose/desk.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { describeError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../view/table.ts';
import { shownText } from '../view/units.ts';

export interface ListDeadLettersArgs extends JsonOption {
  readonly kind?: DeadLetterKind;
  readonly all?: boolean;
  readonly limit: number;
}

export function listDeadLetters(deps: Deps, { kind, all, limit, json }: ListDeadLettersArgs): Promise<number> {
  return withDesk(deps, async (desk) => {
    const deadLetters = await desk.list({ kind, all, limit });
    if (json) printJson(deps.out, { kind: 'dead-letters', deadLetters });
    else printLines(deps.out, deadLetters.length === 0 ? ['No dead letters.'] : linesOf(deadLetters));
    return EXIT.ok;
  });
}

export function showDeadLetter(deps: Deps, { id, json }: JsonOption & { readonly id: number }): Promise<number> {
  return withDesk(deps, async (desk) => {
    const deadLetter = await desk.show(id);
    if (json) printJson(deps.out, { kind: 'dead-letter', deadLetter });
    else printLines(deps.out, [...linesOf([deadLetter]), '', ...bodyLines(deadLetter)]);
    return EXIT.ok;
  });
}

export interface ReplayArgs extends JsonOption {
  readonly id?: number;
  readonly all?: boolean;
  readonly kind?: DeadLetterKind;
}

/** Exit code 5 when one was refused again; the others are replayed all the same. */
export function replayDeadLetters(deps: Deps, { id, all, kind, json }: ReplayArgs): Promise<number> {
  return withDesk(deps, async (desk) => {
    if (id === undefined && !all)
      throw Object.assign(new Error('Which? No dead letter was named.'), {
        code: 'usage',
        remedy: 'Give an id, or --all.',
      });
    let [replayed, refused] = [0, 0];
    for await (const one of id === undefined ? openIds(desk, kind) : [id]) {
      const result = await desk.replay(one).catch((error: unknown) => ({ id: one, error: describeError(error) }));
      if ('error' in result) refused += 1;
      else replayed += 1;
      if (json) printJson(deps.out, { ...result, kind: 'replayed' });
      else
        printLines(deps.out, [
          `${one}: ${'error' in result ? `${result.error.message} ${result.error.remedy ?? ''}` : result.stored ? `stored ${result.stored.stored}, duplicates ${result.stored.duplicates}` : 'returned to the outbox'}`,
        ]);
    }
    if (!json) printLines(deps.out, [`${replayed} replayed, ${refused} refused.`]);
    return refused === 0 ? EXIT.ok : EXIT.refused;
  });
}

const PAGE = 100;

/** Each once: one that is refused again stays open, and is behind the cursor by then. */
async function* openIds(desk: Desk, kind: DeadLetterKind | undefined): AsyncGenerator<number> {
  for (let afterId = 0; ;) {
    const page = await desk.list({ kind, afterId, limit: PAGE });
    for (const { id } of page) yield id;
    if (page.length < PAGE) return;
    afterId = page.at(-1)?.id ?? afterId;
  }
}

function linesOf(deadLetters: readonly DeadLetter[]): string[] {
  return table(
    [
      { title: 'id', right: true },
      { title: 'kind' },
      { title: 'last' },
      { title: 'times', right: true },
      { title: 'bytes', right: true },
      { title: 'of' },
      { title: 'why' },
    ],
    deadLetters.map((row) => [
      String(row.id),
      row.kind,
      row.lastAt.toISOString().slice(0, 19).replace('T', ' '),
      String(row.times),
      `${row.bodyBytes}${row.cut ? ' (cut)' : ''}`,
      row.destination ?? row.source ?? '',
      shownText(`${row.code}: ${row.reason}${row.replay === null ? '' : ` (replayed: ${row.replay})`}`),
    ]),
  );
}

function bodyLines({ text, base64 }: ShownDeadLetter): string[] {
  return text === null ? ['Not UTF-8; as base64:', base64] : text.split('\n');
}
