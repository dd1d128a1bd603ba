import type { Family } from './card.ts';
import { numbered } from './card.ts';
import { MARKUP, STYLED_MARKUP } from './harmless-markup.ts';

/** What agents are told about, in the words of contact centres. */
const TOPICS: readonly (readonly [title: string, sentence: string, detail: string])[] = [
  ['Refund policy', 'Check refund guidelines before proceeding.', 'Within 30 days, with a receipt.'],
  ['Escalation', 'Offer a call-back by a team lead.', 'Tier 2 answers within 4 hours.'],
  ['Pricing & plans', 'Basic is < $10; Premium is > $20 a month.', 'Prices "as of" January.'],
  ['Cancel a subscription', 'Ask for the reason, then offer a pause.', 'Never refuse to cancel.'],
  ['Password reset', 'Verify the caller with two questions.', 'Do not ask for the password.'],
  ['Delivery delay', 'Apologise, then read the new date out.', 'Carrier: DHL, parcel 4 of 5.'],
  ['Rückerstattung', 'Prüfen Sie zuerst die Bestellnummer.', 'Größe, Maß, Straße – alles notieren.'],
  ['Remboursement', 'Vérifiez l’éligibilité avant de continuer.', 'Délai : 14 jours ouvrés.'],
  ['返金について', 'ご注文番号を確認してください。', '三十日以内に限ります。'],
  ['سياسة الاسترداد', 'تحقق من رقم الطلب أولاً.', 'خلال ثلاثين يوماً.'],
  ['Card dispute', 'The <charge> form is named "charge-back".', 'Say: we will never call javascript: a language.'],
  ['Data protection', 'No data leaves before consent.', 'onclick=consent is what the form is called.'],
  ['Outage 🔧', 'Restart the router, wait 60 seconds.', 'Status: 3/5 regions are up.'],
  ['Loyalty points', '1 point = 0.5 % of the price.', '100 % of members earn on Tuesdays.'],
];

const CLOSING = 'Thank the customer by name.';

type Layout = (title: string, sentence: string, detail: string, index: number) => string;

const LAYOUTS: readonly Layout[] = [
  (t, s) => `<div class="assist-card"><h3>${t}</h3><p>${s}</p></div>`,
  (t, s, d) =>
    '<section class="card" ' +
    `aria-label="${q(t)}"><h2>${t}</h2><ol><li>${s}</li><li>${d}</li><li>${CLOSING}</li></ol></section>`,
  (t, s, d) =>
    `<article><header><h2>${t}</h2></header><dl><dt>What</dt><dd>${s}</dd><dt>When</dt><dd>${d}</dd></dl><footer><small>Reviewed ` +
    'by Quality</small></footer></article>',
  (t, s, d, i) =>
    `<table class="fees"><caption>${t}</caption><thead><tr><th scope="col">Step</th><th ` +
    `scope="col">Say</th></tr></thead><tbody><tr><td>${i}</td><td>${s}</td></tr><tr><td>${i + 1}</td><td>${d}</td></tr></tbody></table>`,
  (t, s, d) =>
    `<details open><summary>${t}</summary><p>${s}</p><blockquote cite="/kb/quotes"><p>${d}</p></blockquote></details>`,
  (t, s, d, i) =>
    `<form class="note" action="/notes" method="post"><label for="n${i}">${t}</label><textarea id="n${i}" ` +
    `name="note" placeholder="${q(s)}" rows="3">${d}</textarea><button type="submit">Save</button></form>`,
  (t, s, d, i) =>
    `<h3>${t}</h3><p>${s} <a href="/kb/articles/${i}?lang=en&amp;from=card#top" target="_blank" ` +
    'rel="noopener">Read more</a>, <a href="mailto:help@example.com">mail</a> or <a ' +
    `href="tel:+18005550100">call</a>.</p><p>${d}</p>`,
  (t, s, d, i) =>
    `<figure><img src="/images/${i}.png" srcset="/images/${i}.png 1x, /images/${i}@2x.png 2x" alt="${q(t)}" ` +
    `width="120" height="80"><figcaption>${s} ${d}</figcaption></figure>`,
  (t, s, d) =>
    '<div class="alert"><svg width="16" height="16" viewBox="0 0 16 16" role="img" aria-label="Warning"><circle ' +
    'cx="8" cy="8" r="7" fill="none" stroke="#c00"/><path d="M8 4v5M8 11v1" ' +
    `stroke="currentColor"/></svg><strong>${t}</strong> ${s}<ul><li>${d}</li></ul></div>`,
  (t, s, d, i) =>
    `<fieldset><legend>${t}</legend><label><input type="checkbox" name="a${i}" checked> ` +
    `${s}</label><label><input type="radio" name="b${i}" value="1"> ${d}</label><select name="c${i}"><optgroup ` +
    'label="Reason"><option>Late</option><option selected>Broken</option></optgroup></select></fieldset>',
  (t, s, d) =>
    '<link rel="stylesheet" href="/cards/card.css"><div class="card card--warn" data-onclick="track" ' +
    `data-url="https://example.com/kb" title="on the line: ${q(s)}"><h3>${t}</h3><p>${d}</p></div>`,
  (t, s, d, i) =>
    `<div id="card-${i}"><h3>${t}</h3><p>${s}</p><button type="button" class="copy" ` +
    `data-text="${q(d)}">Copy</button></div><script src="https://cdn.genesyscloud.com/cards/v1/copy.js" ` +
    'defer></script>',
  (t, s, d, i) =>
    `<script type="application/json" id="data-${i}">{"title": ${json(t)}, "say": ${json(s)}}</script><div ` +
    `class="late" data-source="data-${i}"><p>${d}</p></div><script src="/cards/render.js"></script>`,
  (t, s, d) =>
    `<!-- ${t.replaceAll('-', ' ')}: reviewed <script> never used here -->\n<h3>${t}</h3>\n<p>Show the caller: ` +
    `<code>&lt;script src=&quot;x&quot;&gt;</code> <kbd>Ctrl</kbd>+<kbd>C</kbd></p>\n<pre>${s}\n  ${d}</pre>`,
  (t, s, d, i) =>
    `<template id="row"><tr><td class="name"></td></tr></template><h3>${t}</h3><p>${s}</p><progress max="100" ` +
    `value="${i}">${i} %</progress> <meter min="0" max="10" value="3">3</meter><p>${d}</p>`,
  (t, s, d) =>
    `<p style="color: #333; padding: 4px">${s}</p><style>.card { border: 1px solid #ccc } .card h3 { margin: 0 ` +
    `}</style><h3>${t}</h3><p>${d}</p>`,
  (t, s, d) =>
    `<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${t}</title><meta name="viewport" ` +
    `content="width=device-width"></head>\n<body><h1>${t}</h1><p>${s}<br>${d}</p></body>\n</html>\n`,
  (t, s, d, i) =>
    `<h3>${t}</h3><audio controls src="/audio/${i}.mp3"></audio><video controls width="200" ` +
    `poster="/images/${i}.png"><source src="/video/${i}.mp4" type="video/mp4"><track src="/video/${i}.vtt" ` +
    `kind="captions" srclang="en" label="English"></video><p>${s} ${d}</p><noscript><p>Scripts are ` +
    'off.</p></noscript>',
];

/** Layouts whose styles Chromium blocks, as preflight warns. */
export const STYLED_FAMILY = 'layout-15';

/** Cards of the kind that contact centres show: nothing in them is refused. */
export const HARMLESS = numbered([...LAYOUTS.map(laidOut), { family: 'markup', cards: MARKUP }], 100_000);

function laidOut(layout: Layout, number: number): Family {
  const family = `layout-${number}`;
  const cards = TOPICS.map(([title, sentence, detail], index) =>
    layout(text(title), text(sentence), text(detail), index),
  );
  return { family, cards: family === STYLED_FAMILY ? [...cards, ...STYLED_MARKUP] : cards };
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function q(value: string): string {
  return value.replaceAll('"', '&quot;');
}

function json(value: string): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
