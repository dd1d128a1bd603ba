import { html } from 'hono/html';

/** The head of a table that says its roles, since on a phone its rows are shown as blocks. */
export function headOf(columns: readonly string[]) {
  return html`<thead role="rowgroup">
    <tr role="row">
      ${columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`)}
    </tr>
  </thead>`;
}
