/** One rollout, live. */
import { html } from 'hono/html';
import type { Parts } from '../parts.ts';
import type { Fragments } from '../stream.ts';
import type { Viewer } from '../viewer.ts';
import type { Seen } from '../watch.ts';
import { actsPart } from './acts.ts';
import { rawOf, textOf } from './fragments.ts';
import { guardrailsPart } from './guardrails.ts';
import { reportShown, statusPart, titleOf } from './heading.ts';
import { pageOf } from './layout.ts';
import { pathOf } from './markup.ts';
import { messagesPart } from './messages.ts';
import { stepsPart } from './steps.ts';
import { cardsPart, expectedPart, logPart, picturesPart, planPart } from './story.ts';

export interface Shown {
  readonly viewer: Viewer;
  readonly run: string | undefined;
  /** What has become of the act that led here. */
  readonly done: string | null;
  /** Names the forms of this page. */
  readonly once: string;
}

export async function rolloutPage(seen: Seen, shown: Shown, parts: Pick<Parts, 'signIn' | 'now'>): Promise<string> {
  const { action, version } = seen.view.status;
  const fragments = await rolloutFragments(seen, shown, parts);
  return pageOf({
    title: `${action} ${version}`,
    stream: pathOf(action, shown.run, '/stream'),
    viewer: shown.viewer,
    parts,
    main: html`<h1>${titleOf(seen.view)}</h1>
      ${shown.done === null ? '' : html`<p class="became" role="status">${shown.done}</p>`}
      <div class="columns">
        <div>${rawOf(fragments, 'status')}</div>
        <div>${rawOf(fragments, 'acts')} ${rawOf(fragments, 'steps')}</div>
      </div>
      ${['guardrails', 'pictures', 'expected', 'cards', 'messages', 'log', 'plan'].map((id) => rawOf(fragments, id))}`,
  });
}

export async function rolloutFragments(
  seen: Seen,
  shown: Shown,
  parts: Pick<Parts, 'signIn' | 'now'>,
): Promise<Fragments> {
  const { view } = seen;
  const report = reportShown(view);
  const made = {
    status: statusPart(seen, parts.now()),
    acts: actsPart(seen, shown, parts),
    steps: stepsPart(seen),
    guardrails: guardrailsPart(report, view.status.needed),
    pictures: picturesPart(seen, report),
    expected: expectedPart(seen, parts.now()),
    cards: cardsPart(seen),
    messages: messagesPart(seen, parts.now()),
    log: logPart(seen),
    plan: planPart(seen),
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(made).map(async ([id, markup]) => [id, await textOf(markup)] as const)),
  );
}
