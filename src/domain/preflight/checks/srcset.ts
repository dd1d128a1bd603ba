/** The URLs of a srcset, split as https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute says: a comma may be part of a URL. */
export function splitSrcset(value: string): string[] {
  const urls: string[] = [];
  let rest = value.replace(/^[\s,]+/, '');
  while (rest !== '') {
    const [word = ''] = /^\S+/.exec(rest) ?? [];
    rest = rest.slice(word.length);
    const url = word.replace(/,+$/, '');
    urls.push(url);
    if (url === word) rest = afterDescriptors(rest);
    rest = rest.replace(/^[\s,]+/, '');
  }
  return urls;
}

/** Behind the comma that ends the descriptors (`2x`, `100w`); one in brackets does not. */
function afterDescriptors(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (text[i] === ',' && depth <= 0) return text.slice(i + 1);
  }
  return '';
}
