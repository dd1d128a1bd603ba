/** Is the panel before the agent's eyes? The desktop, the browser and the layout each may say no. */
export function createVisibility(/** @type {(visible: boolean) => void} */ onChange) {
  // What is not laid out, such as a frame that is not displayed, is never told to be in view.
  const says = { desktop: true, browser: document.visibilityState === 'visible', layout: false };
  let was = false;
  const judge = () => {
    const is = says.desktop && says.browser && says.layout;
    if (is === was) return;
    was = is;
    onChange(is);
  };
  document.addEventListener('visibilitychange', () => {
    says.browser = document.visibilityState === 'visible';
    judge();
  });
  new IntersectionObserver((entries) => {
    for (const { isIntersecting } of entries) says.layout = isIntersecting;
    judge();
  }).observe(/** @type {HTMLElement} */ (document.getElementById('panel')));
  return {
    is: () => was,
    /** @param {boolean} visible */
    desktopSays(visible) {
      says.desktop = visible;
      judge();
    },
  };
}
