// Search without a server: the index is a script, fetched when somebody is about to type.
'use strict';
(() => {
  const MAX_SHOWN = 12;
  const AROUND = 70;
  const field = document.querySelector('#search');
  const list = document.querySelector('#results');
  const found = document.querySelector('#found');
  field.closest('search').hidden = false;

  let loading;
  function index() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${field.dataset.up}/search-index.js`;
      script.addEventListener('load', () => resolve(globalThis.searchIndex.map(withLower)));
      script.addEventListener('error', reject);
      document.head.append(script);
    });
    return loading;
  }

  function withLower([url, page, heading, text]) {
    return { url, page, heading, text, title: `${page} ${heading}`.toLowerCase(), lower: text.toLowerCase() };
  }

  /** Every word must be there; one in a title counts more, and a page before its sections. */
  function rank(entry, words) {
    let score = 0;
    for (const word of words) {
      const inTitle = startsWord(entry.title, word);
      const inText = startsWord(entry.lower, word);
      if (!inTitle && !inText) return 0;
      score += (inTitle ? 10 : 0) + (entry.heading.toLowerCase().includes(word) ? 5 : 0) + (inText ? 1 : 0);
    }
    return score + (entry.page === entry.heading ? 1 : 0);
  }

  function startsWord(text, word) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
      if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return true;
    return false;
  }

  function excerpt({ text, lower }, words) {
    const first = words.map((word) => lower.indexOf(word)).find((at) => at !== -1) ?? 0;
    const from = Math.max(0, first - AROUND);
    return `${from > 0 ? '…' : ''}${text.slice(from, first + AROUND)}${first + AROUND < text.length ? '…' : ''}`;
  }

  async function show() {
    const asked = field.value;
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const entries = words.length === 0 ? [] : await index();
    if (asked !== field.value) return;
    const ranked = entries.map((entry) => ({ entry, score: rank(entry, words) })).filter(({ score }) => score > 0);
    ranked.sort((a, b) => b.score - a.score);
    list.replaceChildren(...ranked.slice(0, MAX_SHOWN).map(({ entry }) => itemOf(entry, words)));
    found.textContent = words.length === 0 ? '' : `${ranked.length} found`;
    if (words.length > 0 && ranked.length === 0)
      list.append(Object.assign(document.createElement('li'), { textContent: 'Nothing found.' }));
  }

  function itemOf(entry, words) {
    const link = document.createElement('a');
    link.href = `${field.dataset.up}/${entry.url}`;
    const about = document.createElement('small');
    about.textContent = excerpt(entry, words);
    link.append(entry.page === entry.heading ? entry.page : `${entry.page}: ${entry.heading}`, about);
    const item = document.createElement('li');
    item.append(link);
    return item;
  }

  function close() {
    field.value = '';
    list.replaceChildren();
    found.textContent = '';
  }

  field.addEventListener('focus', () => void index().catch(() => undefined));
  field.addEventListener('input', () => void show().catch(() => (found.textContent = 'The index is not there.')));
  list.addEventListener('click', close);
  document.addEventListener('keydown', (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '');
    if (event.key === 'Escape') close();
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
})();
