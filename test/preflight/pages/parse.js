// Parses html in several ways and hands over the elements that came of it, as [tag, name, value, name, value...].
void (async () => {
  const documents = await (await fetch('/documents')).json();
  const elements = documents.map((html) => [asDocument(html), asFragment(html), inPage(html)].flatMap(elementsOf));
  await fetch('/done', { method: 'POST', body: JSON.stringify(elements) });
})();

function asDocument(html) {
  return new DOMParser().parseFromString(html, 'text/html');
}

/** Without scripts, as sanitisers do. */
function asFragment(html) {
  const div = document.implementation.createHTMLDocument('').createElement('div');
  div.innerHTML = html;
  return div;
}

/** With scripts allowed; the policy of this page lets nothing run or load. Copied once more, as pages do. */
function inPage(html) {
  const div = document.createElement('div');
  div.innerHTML = html;
  const copy = document.createElement('div');
  copy.innerHTML = div.innerHTML;
  return copy;
}

function elementsOf(root) {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    [
      element.localName.toLowerCase(),
      ...[...element.attributes].flatMap(({ name, value }) => [name.toLowerCase(), value]),
    ],
    ...(element instanceof HTMLTemplateElement ? elementsOf(element.content) : []),
  ]);
}
