/** docs/runbook.md as this version has it, as a page: whoever is called at night has it at hand. */
import { Marked } from 'marked';
import type { Tokens } from 'marked';

/** Headings have the anchors of code hosts; a link leads within the page, for nothing else of the documentation is here. */
export function runbookHtml(markdown: string): string {
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return href.startsWith('#')
          ? `<a href="${escaped(href)}">${text}</a>`
          : `${text} (<code>${placeOf(href)}</code>)`;
      },
      html: ({ text }) => escaped(text),
      image: ({ text }) => escaped(text),
      table({ header, rows }) {
        const inline = ({ tokens }: Tokens.TableCell): string => this.parser.parseInline(tokens);
        const head = header.map((cell) => `<th scope="col" role="columnheader">${inline(cell)}</th>`).join('');
        const cells = (row: readonly Tokens.TableCell[]): string =>
          row.map((cell, at) => `<td role="cell" data-label="${labelOf(header[at])}">${inline(cell)}</td>`).join('');
        // A body each, as in the other tables that become blocks on a phone.
        const bodies = rows.map(
          (row) =>
            `<tbody role="rowgroup"><tr role="row" id="row-${anchorOf(row[0]?.text ?? '')}">${cells(row)}</tr></tbody>`,
        );
        return (
          `<table class="cells" role="table"><thead role="rowgroup"><tr role="row">${head}</tr></thead>` +
          `${bodies.join('\n')}</table>\n`
        );
      },
    },
  });
  return marked.parse(markdown, { async: false });
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function labelOf(cell: Tokens.TableCell | undefined): string {
  return escaped((cell?.text ?? '').replaceAll('`', ''));
}

/** In the package, beside this page. */
function placeOf(href: string): string {
  return escaped(/^[a-z]+:/.test(href) ? href : `docs/${href}`.replace('docs/../', ''));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
