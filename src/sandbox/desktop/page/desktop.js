/**
 * The imitated agent desktop. It asks the sandbox what the agent sees, and runs the pages of the interaction widgets as
 * the desktop of the platform does: one instance for each interaction and widget, at most ten at once, each of them
 * stopped, running out of sight, or in sight; lifecycle, attention and toasts in the messages of the Client App SDK.
 */
'use strict';

const MAX_RUNNING = 10;
const POLL_MS = 250;
/** A page that does not say that it is ready, or done, is not waited for any longer. */
const BOOTSTRAP_MS = 5_000;
const STOP_MS = 3_000;
const PROTOCOL = 'purecloud-client-apps';

const query = new URLSearchParams(location.search);
/** `?panels=stopped` or `hidden`: how a panel stands that the agent has not touched. */
const firstState = query.get('panels') ?? 'visible';
const by = (id) => document.getElementById(id);

/** By `conversation integration`: every panel that the agent could open. */
const panels = new Map();
/** What the agent did last with a widget beside interactions of this kind: opened, hid or stopped it. */
const remembered = new Map();
let conversations = [];
let selected = null;
let focusCount = 0;

// What there is.

async function poll() {
  try {
    const answer = await fetch(`/sandbox/desktop/view?agent=${encodeURIComponent(query.get('agent') ?? '0')}`);
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    update(await answer.json());
    by('state').textContent = '';
  } catch {
    by('state').textContent = 'Out of touch with the organisation';
  }
  setTimeout(poll, POLL_MS);
}

function update(view) {
  by('agent').textContent = view.agent.name;
  conversations = view.conversations;
  const there = new Set();
  for (const conversation of conversations)
    for (const spec of conversation.panels) {
      const key = `${conversation.id} ${spec.id}`;
      there.add(key);
      if (!panels.has(key)) panels.set(key, newPanel(key, conversation, spec));
    }
  for (const panel of panels.values()) if (!there.has(panel.key)) forget(panel);
  if (!conversations.some(({ id }) => id === selected)) selected = null;
  select(selected ?? conversations[0]?.id ?? null);
}

// What the agent does.

function select(conversationId) {
  selected = conversationId;
  for (const panel of panels.values()) {
    const wanted = remembered.get(panel.memory) ?? firstState;
    if (panel.conversationId !== selected) hide(panel);
    else if (wanted === 'visible') show(panel);
    else if (wanted === 'hidden' && panel.state === 'stopped' && panel.spec.problem === null) start(panel);
  }
  draw();
}

function act(panel, state) {
  remembered.set(panel.memory, state);
  if (state === 'visible') show(panel);
  else if (state === 'hidden') hide(panel);
  else stop(panel);
  draw();
}

// A panel and its page.

function newPanel(key, conversation, spec) {
  return {
    key,
    spec,
    conversationId: conversation.id,
    memory: `${conversation.communicationType} ${spec.id}`,
    state: 'stopped',
    frame: null,
    count: 0,
    focusedAt: 0,
    isReady: false,
    isOver: false,
    timer: null,
    box: null,
  };
}

function show(panel) {
  if (panel.state === 'visible' || panel.state === 'stopping' || panel.isOver || panel.spec.problem !== null) return;
  if (panel.state === 'stopped') start(panel);
  panel.state = 'visible';
  panel.focusedAt = ++focusCount;
  if (panel.isReady) tell(panel, 'focus');
}

function hide(panel) {
  if (panel.state !== 'visible') return;
  if (panel.spec.isEphemeral) return stop(panel);
  panel.state = 'hidden';
  if (panel.isReady) tell(panel, 'blur');
}

function start(panel) {
  const running = [...panels.values()].filter(({ frame }) => frame !== null);
  if (running.length >= MAX_RUNNING) end(running.sort((a, b) => a.focusedAt - b.focusedAt)[0]);
  const frame = document.createElement('iframe');
  frame.title = panel.spec.name;
  if (panel.spec.sandbox !== '') frame.setAttribute('sandbox', panel.spec.sandbox);
  frame.allow = panel.spec.allow;
  frame.addEventListener('load', () => loaded(panel, frame));
  frame.src = panel.spec.src;
  Object.assign(panel, { frame, state: 'hidden', isReady: false, focusedAt: ++focusCount });
  boxOf(panel).append(frame);
}

/** A page that took part in the bootstrap gets its focus once it says that it is ready. */
function loaded(panel, frame) {
  if (panel.frame !== frame || panel.state === 'stopping') return;
  if (!panel.spec.hooks.bootstrap) return ready(panel);
  tell(panel, 'bootstrap');
  clearTimeout(panel.timer);
  panel.timer = setTimeout(ready, BOOTSTRAP_MS, panel);
}

function ready(panel) {
  if (panel.isReady || panel.frame === null || panel.state === 'stopping') return;
  clearTimeout(panel.timer);
  panel.isReady = true;
  if (panel.state === 'visible') tell(panel, 'focus');
}

function stop(panel) {
  if (panel.frame === null || panel.state === 'stopping') return;
  if (!panel.spec.hooks.stop) return end(panel);
  clearTimeout(panel.timer);
  panel.state = 'stopping';
  tell(panel, 'stop');
  panel.timer = setTimeout(end, STOP_MS, panel);
}

function end(panel) {
  clearTimeout(panel.timer);
  panel.frame?.remove();
  Object.assign(panel, { frame: null, state: 'stopped', count: 0, isReady: false });
  if (panel.isOver) remove(panel);
}

/** The interaction is over, or the widget is no longer for it; its page may still say that it is done. */
function forget(panel) {
  panel.isOver = true;
  if (panel.frame === null) remove(panel);
  else stop(panel);
}

function remove(panel) {
  panels.delete(panel.key);
  panel.box?.remove();
}

// Messages.

/** A frame without `allow-same-origin` has no origin that could be named. */
function originOf({ spec }) {
  const isOpaque = spec.sandbox !== '' && !spec.sandbox.split(' ').includes('allow-same-origin');
  return isOpaque ? null : new URL(spec.src).origin;
}

function tell(panel, hook) {
  if (!panel.spec.hooks[hook]) return;
  const message = { purecloudEventType: 'appLifecycleHook', hook, protocol: PROTOCOL };
  panel.frame?.contentWindow?.postMessage(message, originOf(panel) ?? '*');
}

addEventListener('message', ({ source, origin, data }) => {
  const panel = [...panels.values()].find(({ frame }) => frame !== null && frame.contentWindow === source);
  const isOurs = panel !== undefined && origin === (originOf(panel) ?? 'null');
  if (!isOurs || typeof data !== 'object' || data === null || data.protocol !== PROTOCOL) return;
  if (data.action === 'bootstrapped') ready(panel);
  else if (data.action === 'stopped' && panel.state === 'stopping') end(panel);
  else if (data.action === 'setAttentionCount') panel.count = wholeCount(data.count);
  else if (data.action === 'showToast') showToast(panel, data);
  else if (data.action === 'proposeInteractionMessage') propose(panel, data);
  draw();
});

function wholeCount(count) {
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** Only beside an interaction that is written in, and only from a panel in sight. */
function propose(panel, { mode, message }) {
  const reply = by('reply');
  if (mode !== 'insert' || typeof message !== 'string' || panel.state !== 'visible' || by('reply-label').hidden) return;
  reply.setRangeText(message, reply.selectionStart, reply.selectionEnd, 'end');
}

/** Markdown is shown as it was written. Of the same id, the newer replaces the older. */
function showToast(panel, { title, message, type, id, timeout = 7, showCloseButton = true }) {
  const key = `${panel.spec.id} ${typeof id === 'string' ? id : ''}`;
  const toast = element('div', `toast ${['error', 'success'].includes(type) ? type : 'info'}`);
  toast.dataset.toast = key;
  toast.append(element('strong', '', String(title)));
  const mustBeClosed = type === 'error';
  if (showCloseButton || mustBeClosed) toast.append(button('Close', () => toast.remove()));
  toast.append(element('p', '', String(message)));
  for (const other of by('toasts').children) if (other.dataset.toast === key) other.remove();
  by('toasts').append(toast);
  if (!mustBeClosed && timeout > 0) setTimeout(() => toast.remove(), Math.min(timeout, 60) * 1_000);
}

// Drawing.

function draw() {
  drawConversations();
  const current = conversations.find(({ id }) => id === selected);
  by('title').textContent = current === undefined ? 'Nothing is open' : `${current.queueName}, ${kindOf(current)}`;
  by('about').textContent =
    current === undefined
      ? ''
      : `Conversation ${current.id}, since ${new Date(current.startedAt).toLocaleTimeString()}`;
  by('reply-label').hidden = current === undefined || current.communicationType === 'call';
  for (const panel of panels.values()) drawPanel(panel);
}

function drawConversations() {
  const items = conversations.map((conversation) => {
    const item = document.createElement('li');
    const choose = button(`${conversation.queueName}, ${kindOf(conversation)}`, () => select(conversation.id));
    choose.dataset.conversation = conversation.id;
    choose.setAttribute('aria-pressed', String(conversation.id === selected));
    const counts = conversation.panels.map(({ id }) => panels.get(`${conversation.id} ${id}`)?.count ?? 0);
    addBadge(
      choose,
      counts.reduce((sum, count) => sum + count, 0),
    );
    item.append(choose);
    return item;
  });
  // Drawn anew only when it looks different, so that a click is not lost between two polls.
  const list = by('conversations');
  const next = items.map(({ innerHTML }) => innerHTML).join();
  if (list.dataset.drawn !== next) list.replaceChildren(...items);
  list.dataset.drawn = next;
  by('none').hidden = items.length > 0;
}

function boxOf(panel) {
  if (panel.box === null) {
    panel.box = element('section', 'panel');
    panel.box.dataset.conversation = panel.conversationId;
    panel.box.dataset.integration = panel.spec.id;
    panel.box.append(element('div', 'panel-head'));
    if (panel.spec.problem !== null) panel.box.append(element('p', 'problem', panel.spec.problem));
    by('panels').append(panel.box);
  }
  return panel.box;
}

function drawPanel(panel) {
  const box = boxOf(panel);
  box.hidden = panel.conversationId !== selected;
  box.classList.toggle('visible', panel.state === 'visible');
  box.dataset.state = panel.state;
  if (panel.frame !== null) panel.frame.hidden = panel.state !== 'visible';
  const look = `${panel.state} ${panel.count}`;
  const head = box.firstElementChild;
  if (head.dataset.look === look) return;
  head.dataset.look = look;
  const name = element('span', 'panel-name', panel.spec.name);
  head.replaceChildren(name);
  addBadge(head, panel.count);
  if (panel.spec.problem !== null) return;
  if (panel.state === 'visible') head.append(button('Hide', () => act(panel, 'hidden')));
  else head.append(button(panel.state === 'stopped' ? 'Open' : 'Show', () => act(panel, 'visible')));
  if (panel.state !== 'stopped') head.append(button('Stop', () => act(panel, 'stopped')));
}

function kindOf({ communicationType }) {
  return communicationType === 'call' ? 'call' : 'message';
}

function addBadge(parent, count) {
  if (count > 0) parent.append(element('span', 'badge', String(count)));
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(text, onClick) {
  const made = element('button', '', text);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

void poll();
