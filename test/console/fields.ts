/** What the browser sends when the form of a page that asks once more is confirmed. */
export function fieldsOf(page: string): Record<string, string> {
  const inputs = page.matchAll(/<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)"/g);
  return Object.fromEntries(
    [...inputs].map(({ groups }) => [groups?.['name'] ?? '', plain(groups?.['value'] ?? '')] as const),
  );
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
