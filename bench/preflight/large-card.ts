/**
 * A card as contact centres write them, repeated until it has that many bytes; each variant reads a little otherwise.
 */
export function cardOf(bytes: number, variant: number): string {
  let html = '<link rel="stylesheet" href="/cards/card.css">\n';
  for (let i = variant; ; i++) {
    const next = section(i);
    if (html.length + next.length > bytes) return html.padEnd(bytes, ' ');
    html += next;
  }
}

/** Contact centres' cards are mostly text; with it, 256 KB stay within the elements that a card may have. */
const TERMS =
  'Refunds reach the account from which the customer paid within five working days; a fee of the bank is not ours to return. '.repeat(
    16,
  );

function section(i: number): string {
  return `<section class="card card--${i % 7}" aria-label="Policy ${i}">
  <h3>Refund policy ${i}</h3>
  <p>Check the <em>guidelines</em> &amp; the order before refunding more than $${i}. <a href="/kb/articles/${i}?lang=en&amp;from=card">Read more</a></p>
  <p>${TERMS}</p>
  <table><thead><tr><th scope="col">Step</th><th scope="col">Say</th></tr></thead>
  <tbody><tr><td>${i}</td><td>Within 30 days, with a receipt.</td></tr><tr><td>${i + 1}</td><td>Offer a call-back.</td></tr></tbody></table>
  <img src="/images/${i}.png" srcset="/images/${i}.png 1x, /images/${i}@2x.png 2x" alt="Receipt ${i}" width="120" height="80">
  <svg width="16" height="16" viewBox="0 0 16 16" role="img" aria-label="Warning"><path d="M8 4v5M8 11v1" stroke="currentColor"/></svg>
  <label>Note <input name="note-${i}" placeholder="Order number"></label> <button type="button" data-action="copy">Copy</button>
</section>
`;
}

/** Nothing but a table: four elements in some sixty bytes, so 17,000 of them in 256 KB. */
export function tableOf(bytes: number, variant: number): string {
  const end = '</tbody></table>';
  let html =
    '<table><thead><tr><th scope="col">Order</th><th scope="col">Say</th><th ' +
    'scope="col">Fee</th></tr></thead><tbody>\n';
  for (let i = variant; ; i++) {
    const next = `<tr><td>${i}</td><td>Refund within 30 days</td><td>12.50</td></tr>\n`;
    if (html.length + next.length + end.length > bytes) return html + end;
    html += next;
  }
}
