/**
 * Signs the agent in with the organisation: code with PKCE, by going there and coming back, or in a window of its own
 * where the desktop asks for it or where the browser blocks our storage. The token is the agent's own, for two scopes;
 * it is kept for this tab alone, so that the panels of later conversations need not ask again. All panels of a tab share
 * its storage, and several may be signing in at once.
 */
const PENDING = 'assist-sign-in';
const TOKEN = 'assist-token';
const WINDOW = 'assist-sign-in';
/** Going there and back more often than so within a minute leads nowhere. */
const MAX_TRIES = 3;
/** Of what was begun in this tab; more panels than a desktop runs. */
const MAX_PENDING = 50;

/** @typedef {{ clientId: string, loginUrl: string }} Config */

/** Storage of this tab; null where the browser blocks it. */
function tabStorage() {
  try {
    window.sessionStorage.setItem('assist-probe', '1');
    window.sessionStorage.removeItem('assist-probe');
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** @param {Storage | null} storage @param {string} key */
function read(storage, key) {
  try {
    return JSON.parse((storage && storage.getItem(key)) || 'null');
  } catch {
    return null;
  }
}

/** @typedef {{ state: string | null, verifier: string, search: string, at: number }} Begun `state` is null once used. */

/** @param {Storage | null} storage @returns {Begun[]} */
function begunIn(storage) {
  const kept = read(storage, PENDING);
  return Array.isArray(kept) ? kept : [];
}

/** @param {Storage | null} storage @param {Begun[]} all */
function keepBegun(storage, all) {
  if (storage) storage.setItem(PENDING, JSON.stringify(all.slice(-MAX_PENDING)));
}

const redirectUri = () => location.origin + location.pathname;

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** @param {Config} config @param {string} state @param {string} verifier */
async function authorizeUrl({ clientId, loginUrl }, state, verifier) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    state,
    code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: 'S256',
  });
  return `${loginUrl}/oauth/authorize?${query}`;
}

/** @param {Config} config @param {string} code @param {string} verifier */
async function exchange({ clientId, loginUrl }, code, verifier) {
  const answer = await fetch(`${loginUrl}/oauth/token`, {
    method: 'POST',
    credentials: 'omit',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      client_id: clientId,
      redirect_uri: redirectUri(),
    }),
  });
  if (!answer.ok) throw new Error('refused');
  const { access_token: token, expires_in: seconds } = await answer.json();
  return { token: String(token), until: Date.now() + Number(seconds || 0) * 1000 - 60_000 };
}

/**
 * In the window that signs in: hands what came back to the page that opened it. True when this is that window.
 */
export function answerOpener() {
  const query = new URLSearchParams(location.search);
  if (window.name !== WINDOW || !query.has('state')) return false;
  if (window.opener) window.opener.postMessage({ assistSignIn: location.search }, location.origin);
  window.close();
  return true;
}

/**
 * The query with which the page was opened, before it went to sign in. Where the page has just come back, its code is
 * in `returned`.
 */
export function openedWith() {
  const query = new URLSearchParams(location.search);
  if (!query.has('state') || !(query.has('code') || query.has('error'))) return { search: query, returned: null };
  const storage = tabStorage();
  const all = begunIn(storage);
  const pending = all.find(({ state }) => state === query.get('state'));
  if (pending)
    keepBegun(
      storage,
      all.map((one) => (one === pending ? { ...one, state: null } : one)),
    );
  history.replaceState(null, '', location.pathname + (pending ? pending.search : ''));
  return {
    search: new URLSearchParams(location.search),
    returned: { code: pending ? query.get('code') : null, verifier: pending ? pending.verifier : '' },
  };
}

/**
 * @param {Config} config
 * @param {{ popup: boolean, returned: { code: string | null, verifier: string } | null }} how
 */
export function createSignIn(config, { popup, returned }) {
  const storage = tabStorage();
  /** Where there is no storage. @type {{ token: string, until: number } | null} */
  let own = null;
  // Another panel of the tab may have signed in, or been refused, since.
  const kept = () => (storage ? read(storage, TOKEN) : own);
  /** @param {{ token: string, until: number } | null} token */
  const keep = (token) => {
    if (!storage) own = token;
    else if (token) storage.setItem(TOKEN, JSON.stringify(token));
    else storage.removeItem(TOKEN);
  };

  const heldToken = () => {
    const held = kept();
    return held !== null && held.until > Date.now() ? /** @type {string} */ (held.token) : null;
  };
  // A code holds once: when the token that it brought is over, it leads nowhere.
  let back = returned;

  const inWindow = async () => {
    const [state, verifier] = [random(), random()];
    // At once, while the press of the button counts; the address follows.
    const opened = window.open('', WINDOW, 'width=520,height=680');
    if (!opened) throw new Error('popupBlocked');
    opened.location.href = await authorizeUrl(config, state, verifier);
    const search = await new Promise((resolve, reject) => {
      const finish = () => {
        clearInterval(watch);
        window.removeEventListener('message', onMessage);
      };
      const watch = setInterval(() => {
        if (!opened.closed) return;
        finish();
        reject(new Error('popupClosed'));
      }, 500);
      const onMessage = (/** @type {MessageEvent} */ event) => {
        if (event.origin !== location.origin || event.source !== opened || !event.data || !event.data.assistSignIn)
          return;
        finish();
        resolve(String(event.data.assistSignIn));
      };
      window.addEventListener('message', onMessage);
    });
    const query = new URLSearchParams(search);
    const code = query.get('code');
    if (query.get('state') !== state || !code) throw new Error('signInRefused');
    keep(await exchange(config, code, verifier));
  };

  return {
    /** Must the agent press a button, or is there a way without? */
    needsWindow: popup || storage === null,
    isStorageBlocked: storage === null,
    heldToken,
    /** @param {string} refused */
    dropToken(refused) {
      const held = kept();
      if (held !== null && held.token === refused) keep(null);
    },
    inWindow,
    /** Ends what the page began before it left, once. True when there is a token now. */
    async finish() {
      const came = back;
      back = null;
      if (heldToken() !== null) return true;
      if (!came) return false;
      if (!came.code) throw new Error('signInRefused');
      keep(await exchange(config, came.code, came.verifier));
      return true;
    },
    /** Leaves the page. False when that has led nowhere several times. */
    async leave() {
      const [state, verifier, search, at] = [random(), random(), location.search, Date.now()];
      const all = begunIn(storage);
      const tries = all.filter((one) => one.search === search && at - one.at < 60_000);
      if (!storage || tries.length >= MAX_TRIES) return false;
      keepBegun(storage, [...all, { state, verifier, search, at }]);
      location.assign(await authorizeUrl(config, state, verifier));
      return true;
    },
  };
}
