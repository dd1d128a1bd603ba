/** The runbook, to be read on a phone at night. */
import { html, raw } from 'hono/html';
import type { Parts } from '../parts.ts';
import { runbookHtml } from '../runbook.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';

export async function runbookPage(markdown: string, viewer: Viewer, parts: Pick<Parts, 'signIn'>): Promise<string> {
  return pageOf({
    title: 'Runbook',
    stream: null,
    viewer,
    parts,
    main: html`<div class="prose">${raw(runbookHtml(markdown))}</div>`,
  });
}
