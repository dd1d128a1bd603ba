// First thing in the page of a card: tells the runner what the policy blocks, and once the card is there does to it what
// an agent might do. `top` is the runner, of the same origin.
(() => {
  const id = Number(document.currentScript.dataset.card);
  const later = window.setTimeout.bind(window);
  document.addEventListener('securitypolicyviolation', (event) => top.blocked(id, event.effectiveDirective));
  document.addEventListener('DOMContentLoaded', () => later(() => touch(document), 30));

  function touch(root) {
    const elements = [...root.querySelectorAll('*')];
    for (const element of elements) {
      if (element.shadowRoot) touch(element.shadowRoot);
      for (const name of element.getAttributeNames())
        if (name.startsWith('on')) element.dispatchEvent(new Event(name.slice(2)));
    }
    for (const element of elements) if (/^(a|area|math|mi)$/i.test(element.localName)) follow(element);
    later(() => submit(elements), 60);
  }

  /** Links to pages are not followed: that would take the card away before the rest was tried. */
  function follow(link) {
    const url = (link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '').trim();
    const leaves =
      /^(https?:|[\\/#.a-z0-9]*$)/i.test(url) &&
      link.querySelector('animate, set') === null &&
      !link.hasAttribute('ping');
    if (!leaves) link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: window }));
  }

  function submit(elements) {
    for (const element of elements) {
      if (element.localName === 'button' || (element.localName === 'input' && /^(submit|image)$/.test(element.type)))
        element.click?.();
    }
  }
})();
