// What stands around every page: its place in the navigation, search, and what is on it.
import path from 'node:path';
import { escape } from './markdown.mjs';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

export function pageOf({ target, title, html, headings }, parts) {
  const up = path.posix.relative(path.posix.dirname(target), '.') || '.';
  const name = title === 'Assist Rollouts' ? title : `${title} · Assist Rollouts`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escape(name)}</title>
<link rel="stylesheet" href="${up}/site.css">
<script src="${up}/search.js" defer></script>
</head>
<body>
<a class="skip" href="#content">To the text</a>
<header>
<a class="home" href="${up}/index.html">Assist Rollouts</a>
<search hidden>
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off" spellcheck="false" data-up="${up}">
<p id="found" role="status"></p>
<ul id="results" aria-label="Found"></ul>
</search>
<a class="to-pages" href="#pages">All pages</a>
</header>
<main id="content">
${withContents(html, headings)}</main>
<nav id="pages" aria-label="Pages">
${parts.map((part) => navigationPart(part, target)).join('\n')}
</nav>
</body>
</html>
`;
}

function navigationPart({ title, pages }, here) {
  const items = pages.map(({ target, title: name }) => {
    const way = path.posix.relative(path.posix.dirname(here), target);
    const mark = target === here ? ' aria-current="page"' : '';
    return `<li><a href="${escape(way)}"${mark}>${escape(name)}</a></li>`;
  });
  const isLong = title === 'Decisions';
  const list = `<ul>${items.join('')}</ul>`;
  const isOpen = pages.some(({ target }) => target === here);
  return isLong
    ? `<details${isOpen ? ' open' : ''}><summary>${title}</summary>${list}</details>`
    : `<p class="part">${title}</p>${list}`;
}

/** Below the title. */
function withContents(html, headings) {
  const shown = headings.filter(({ depth }) => depth === 2);
  if (shown.length < 3) return html;
  const items = shown.map(({ id, title }) => `<li><a href="#${id}">${escape(title)}</a></li>`);
  const contents = `<details class="contents"><summary>On this page</summary><ul>${items.join('')}</ul></details>`;
  return html.replace('</h1>\n', (end) => `${end}${contents}\n`);
}
