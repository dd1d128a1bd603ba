// One page of Markdown as HTML: headings with the anchors of code hosts, links led by the caller, no markup of its own.
import { Marked } from 'marked';

export function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `lead` says where a link goes on the site. Returns HTML, title, headings and the sections of plain text. */
export function renderPage(text, lead) {
  const headings = [];
  const taken = new Map();
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth }) {
        const title = plain(tokens);
        const id = numbered(anchorOf(title), taken);
        headings.push({ id, title, depth });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${escape(lead(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text: alternative }) {
        return `<img src="${escape(lead(href))}" alt="${escape(alternative)}" loading="lazy">`;
      },
      code({ text: code }) {
        return `<pre tabindex="0"><code>${escape(code)}</code></pre>\n`;
      },
      html({ text: markup }) {
        return markup.trimStart().startsWith('<!--') ? '' : escape(markup);
      },
      table(token) {
        const cellOf = (cell, isHead) => {
          const tag = isHead && cell.text.trim() !== '' ? 'th' : 'td';
          return `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(cell.tokens)}</${tag}>`;
        };
        const row = (cells, isHead) => `<tr>${cells.map((cell) => cellOf(cell, isHead)).join('')}</tr>`;
        // A head in which nothing stands names no column.
        const hasHead = token.header.some((cell) => cell.text.trim() !== '');
        const head = hasHead ? `<thead>${row(token.header, true)}</thead>` : '';
        const body = token.rows.map((cells) => row(cells, false)).join('\n');
        return `<div class="wide" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(text);
  return { html, title: headings[0]?.title ?? '', headings, sections: sectionsOf(marked.lexer(text), headings) };
}

function anchorOf(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function numbered(anchor, taken) {
  const count = taken.get(anchor) ?? 0;
  taken.set(anchor, count + 1);
  return count === 0 ? anchor : `${anchor}-${count}`;
}

function plain(tokens) {
  return tokens
    .map((token) => (token.tokens === undefined ? unescaped(token.text ?? '') : plain(token.tokens)))
    .join('');
}

/** The lexer has escaped some text already. */
function unescaped(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** What is searched: the words below each heading. */
function sectionsOf(tokens, headings) {
  const sections = [];
  for (const token of tokens) {
    if (token.type === 'heading') sections.push({ ...headings[sections.length], words: [] });
    else sections.at(-1)?.words.push(wordsOf(token));
  }
  return sections.map(({ words, ...section }) => ({
    ...section,
    text: words.join(' ').replaceAll(/\s+/g, ' ').trim(),
  }));
}

function wordsOf(token) {
  if (token.type === 'html' || token.type === 'space') return '';
  if (token.type === 'table')
    return [token.header, ...token.rows].flatMap((row) => row.map((cell) => plain(cell.tokens))).join(' ');
  if (token.type === 'list') return token.items.flatMap((item) => item.tokens.map(wordsOf)).join(' ');
  return token.tokens === undefined ? unescaped(token.text ?? '') : token.tokens.map(wordsOf).join('');
}
