/** What the panel knows this page by, for some minutes; opened with the agent's own token, and again before it is over. */

/** Of its time, after which another one is opened. */
const RENEW_AT = 0.8;

/** @param {string} conversationId @param {{ heldToken: () => string | null, dropToken: (refused: string) => void }} signIn */
export function createSession(conversationId, signIn) {
  /** @type {string | null} */
  let session = null;
  let renewAt = Infinity;

  /** @param {Response} answer @param {string} token */
  const hindrance = ({ status }, token) => {
    if (status === 401) signIn.dropToken(token);
    if (status === 401) return { why: 'signIn', again: 0 };
    if (status === 403) return { why: 'notYours', again: 5_000 };
    return { why: status === 503 ? 'organisation' : 'unreachable', again: 5_000 };
  };

  return {
    current: () => session,
    isDue: () => session === null || performance.now() > renewAt,
    end: () => void (session = null),
    /** Null when there is one; else what is in the way, and after how long it may be gone. */
    async open() {
      const token = signIn.heldToken();
      if (token === null) return { why: 'signIn', again: 0 };
      try {
        const answer = await fetch('panel/session', {
          method: 'POST',
          credentials: 'omit',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ conversationId, accessToken: token }),
        });
        if (!answer.ok) return hindrance(answer, token);
        const opened = await answer.json();
        session = opened.session;
        renewAt = performance.now() + opened.expiresInMs * RENEW_AT;
        return null;
      } catch {
        return { why: 'unreachable', again: 0 };
      }
    },
  };
}
