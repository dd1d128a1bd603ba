/** Pages to look at, and what is new on them. */
import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { isCard } from '../domain/plan/plan.ts';
import { cardDocument } from '../preview/card-frame.ts';
import { doneText } from './acts.ts';
import { addressOf } from './parts.ts';
import type { Parts } from './parts.ts';
import { readAssets } from './assets.ts';
import { askedOf } from './asked.ts';
import type { Asked } from './asked.ts';
import { refusal } from './refusal.ts';
import { report } from './report.ts';
import type { Making } from './stream.ts';
import { boardFragments, boardPage } from './views/board.ts';
import { boardQuery } from './views/board-query.ts';
import { rolloutFragments, rolloutPage } from './views/rollout.ts';
import type { Viewer } from './viewer.ts';
import type { Seen } from './watch.ts';

export function addPages(app: Hono, parts: Parts): void {
  for (const [path, { type, body, etag }] of readAssets())
    app.get(path, (c) =>
      c.req.header('if-none-match') === etag
        ? c.body(null, 304, { etag, 'cache-control': 'no-cache' })
        : c.body(new Uint8Array(body), 200, { etag, 'cache-control': 'no-cache', 'content-type': type }),
    );
  app.get('/', async (c) => {
    const viewer = await parts.viewerOf(c);
    return c.html(await boardPage(await parts.board.now(), boardQuery(c.req.query()), viewer, parts));
  });
  app.get('/stream', async (c) => streamBoard(parts, c, await parts.viewerOf(c)));
  app.get('/rollouts/:action', async (c) => {
    const { viewer, action, run } = await askedOf(parts, c);
    const look = await parts.watches.look(action, run);
    const shown = { viewer, run, done: doneText(c.req.query('done')), once: randomUUID() };
    return c.html(await rolloutPage(look, shown, parts));
  });
  app.get('/rollouts/:action/stream', async (c) => streamRollout(parts, c, await askedOf(parts, c)));
  app.get('/rollouts/:action/report', async (c) => report(parts, c, await askedOf(parts, c)));
  app.get('/rollouts/:action/cards/:arm', async (c) => card(parts, c));
}

async function streamBoard(parts: Parts, c: Context, viewer: Viewer): Promise<Response> {
  const query = boardQuery(c.req.query());
  return stream(parts, c, { viewer }, async function* fragments(signal, now) {
    for (let listing = await parts.board.now(); !signal.aborted;) {
      const read = listing;
      yield () => boardFragments(read, query, now());
      listing = await parts.board.changed(listing, signal);
    }
  });
}

async function streamRollout(parts: Parts, c: Context, asked: Asked): Promise<Response> {
  const { action, run } = asked;
  const shown = { run, done: null, once: randomUUID() };
  return stream(parts, c, asked, async function* fragments(signal, now) {
    let last: Seen | null = null;
    for await (const look of parts.watches.follow(action, run, signal)) {
      if (look !== last) yield () => rolloutFragments(look, { ...shown, viewer: now() }, parts);
      last = look;
    }
  });
}

/** It ends with the session, and with the right to look; what is told is for whoever looks by what they may then. */
async function stream(
  parts: Parts,
  c: Context,
  { viewer, action }: Pick<Asked, 'viewer'> & Partial<Pick<Asked, 'action'>>,
  fragments: (signal: AbortSignal, now: () => Viewer) => AsyncIterable<Making>,
): Promise<Response> {
  const session = parts.cookies.get(c, 'session');
  const address = addressOf(c);
  let now = viewer;
  return parts.streams.open(viewer.countedAs, {
    fragments: (signal) => fragments(signal, () => now),
    lastEventId: c.req.header('last-event-id'),
    onError: (err) => parts.logger?.warn({ err }, 'what is new of a page could not be told'),
    whyEnd: async () => {
      const still = await parts.viewers.of(session, address);
      if (still === null || still.name !== viewer.name) return 'session';
      now = still;
      return action !== undefined && still.refusalOf('view', action) !== null ? 'right' : null;
    },
  });
}

/** As agents see it, but nothing of it runs, and it reaches nothing of the console. */
async function card(parts: Parts, c: Context): Promise<Response> {
  const { action, run } = await askedOf(parts, c);
  const { story } = (await parts.watches.look(action, run)).told;
  const candidate = story?.rollout.plan?.action;
  const shown = c.req.param('arm') === 'baseline' ? story?.baselineCard : candidate;
  if (shown === undefined || shown === null || !isCard(shown))
    throw refusal('console-not-found', 'The card is not known here.', 'The report says what is.');
  return c.html(cardDocument(shown.html, parts.cardPolicy), 200, {
    'content-security-policy': CARD_POLICY,
    'cross-origin-resource-policy': 'same-origin',
  });
}

const CARD_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; font-src data: https:; media-src data: https:; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";
