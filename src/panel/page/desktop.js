/** The agent's desktop, by the official Client App SDK. Where none answers the page works by itself. */

/**
 * @param {{ onVisible: (visible: boolean) => void, onStop: () => Promise<void> }} on
 * @param {URLSearchParams} query
 */
export function connectDesktop({ onVisible, onStop }, query) {
  const app = openApp(query);
  const quietly = (/** @type {() => void} */ work) => {
    try {
      if (app) work();
    } catch {
      // No desktop, or one of another time: the page needs none.
    }
  };
  quietly(() => {
    const { lifecycle } = app;
    lifecycle.addBootstrapListener(() => lifecycle.bootstrapped());
    lifecycle.addFocusListener(() => onVisible(true));
    lifecycle.addBlurListener(() => onVisible(false));
    lifecycle.addStopListener(() => void onStop().then(() => lifecycle.stopped()));
  });
  return {
    /** @param {number} count */
    setAttention: (count) => quietly(() => app.alerting.setAttentionCount(count)),
    /** @param {string} title */
    toast: (title) =>
      quietly(() =>
        app.alerting.showToastPopup(title, 'Open the Assist panel to read it.', {
          id: 'assist-card',
          type: 'info',
          markdownMessage: false,
        }),
      ),
  };
}

/** Null without a frame around us, or when the query names no desktop that the SDK knows. @param {URLSearchParams} query */
function openApp(query) {
  if (window.parent === window) return null;
  try {
    const { ClientApp } = /** @type {any} */ (window).purecloud.apps;
    return new ClientApp({ gcHostOrigin: query.get('host') || '', gcTargetEnv: query.get('env') || '' });
  } catch {
    return null;
  }
}
