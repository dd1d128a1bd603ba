/** Puts what a stream tells in the place of the elements that it names. */

/** @param {string} address */
export function follow(address) {
  const source = new EventSource(address);
  source.addEventListener('fragments', (event) => put(JSON.parse(event.data)));
}

/** @param {Record<string, string>} fragments */
function put(fragments) {
  for (const [id, text] of Object.entries(fragments)) {
    const place = document.getElementById(id);
    if (place !== null) place.outerHTML = text;
  }
}
