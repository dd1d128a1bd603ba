/** A panel in a real Chromium that tells when a card is painted and when it is gone. */
import type { Browser, Page } from 'playwright-core';
import { openDesktop } from './way.ts';
import type { WayParts } from './way.ts';

export interface Screen {
  readonly page: Page;
  /** By the clock of the machine, in the order in which it happened. */
  readonly painted: number[];
  readonly gone: number[];
  close(): Promise<void>;
}

/**
 * Runs in every frame before its scripts. On the screen is a card whose frame has loaded and intersects the view; the
 * frame after the next one begins when it is painted.
 */
const OBSERVE = `addEventListener('DOMContentLoaded', () => {
  const cards = document.getElementById('cards');
  if (cards === null || !location.pathname.endsWith('/panel')) return;
  const tell = (what) => requestAnimationFrame(() => requestAnimationFrame(() => benchTold(what, Date.now())));
  const follow = (frame) => {
    const has = { loaded: false, inView: false, told: false };
    const judge = () => {
      if (!has.loaded || !has.inView || has.told) return;
      has.told = true;
      tell('painted');
    };
    frame.addEventListener('load', () => { has.loaded = true; judge(); });
    new IntersectionObserver((entries) => {
      has.inView = entries.at(-1).isIntersecting;
      judge();
    }).observe(frame);
  };
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const node of addedNodes) follow(node.querySelector('iframe'));
      for (const node of removedNodes) tell('gone');
    }
  }).observe(cards, { childList: true });
});`;

export async function openScreen(way: WayParts, browser: Browser): Promise<Screen> {
  const context = await browser.newContext();
  const told: Readonly<Record<string, number[]>> = { painted: [], gone: [] };
  await context.exposeFunction('benchTold', (what: string, at: number) => void told[what]?.push(at));
  await context.addInitScript(OBSERVE);
  const page = await openDesktop(way, context);
  return { page, painted: told['painted'] ?? [], gone: told['gone'] ?? [], close: () => context.close() };
}
