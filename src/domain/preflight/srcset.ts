/**
 * The URLs of a srcset, split as https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute says: a
 * comma may be part of a URL.
 */
export function splitSrcset(value: string): string[] {
  const urls: string[] = [];
  let rest = value.replace(/^[\t\n\f\r ,]+/, '');
  while (rest !== '') {
    const [word = ''] = /^[^\t\n\f\r ]+/.exec(rest) ?? [];
    rest = rest.slice(word.length);
    const url = word.replace(/,+$/, '');
    urls.push(url);
    if (url === word) rest = afterDescriptors(rest);
    rest = rest.replace(/^[\t\n\f\r ,]+/, '');
  }
  return urls;
}

/** Behind the comma that ends the descriptors (`2x`, `100w`); one in brackets does not, and brackets do not nest. */
function afterDescriptors(text: string): string {
  let within = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') within = true;
    if (text[i] === ')') within = false;
    if (text[i] === ',' && !within) return text.slice(i + 1);
  }
  return '';
}
