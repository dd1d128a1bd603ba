// Shows the cards in frames, some at a time, and hands what was seen to the server.
const seen = { ran: [], blocked: [] };
window.mark = (id) => void seen.ran.push(id);
window.blocked = (id, directive) => void seen.blocked.push([id, directive]);

const BATCH = 60;
const SETTLE_MS = 300;
/** Some cards keep their frame loading for ever; nothing more is expected when no frame has finished for so long, or for as long as five first frames take here. */
const IDLE_MS = 1_000;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

void (async () => {
  const { manner, ids } = await (await fetch('/cards')).json();
  for (let first = 0; first < ids.length; first += BATCH) {
    const frames = ids.slice(first, first + BATCH).map((id) => frameOf(`/card/${manner}/${id}`));
    const left = new Set(frames);
    const begun = performance.now();
    let latest = begun;
    let firstMs = 0;
    for (const frame of frames) {
      frame.addEventListener('load', () => {
        left.delete(frame);
        latest = performance.now();
        firstMs ||= latest - begun;
      });
    }
    document.body.append(...frames);
    while (
      left.size > 0 &&
      (left.size === frames.length || performance.now() - latest < Math.max(IDLE_MS, 5 * firstMs))
    )
      await wait(20);
    await wait(Math.max(SETTLE_MS, firstMs));
    for (const frame of frames) frame.remove();
  }
  await wait(SETTLE_MS);
  await fetch('/done', { method: 'POST', body: JSON.stringify(seen) });
})();

/** A frame that cannot replace the page around it. */
function frameOf(src) {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-modals');
  frame.width = 300;
  frame.height = 200;
  frame.src = src;
  return frame;
}
