/**
 * What all workflows of a worker share: pure domain modules, evaluated once (and frozen) instead of anew for each
 * workflow. Most of what a workflow's memory and its first task cost was their schemas. Nothing belongs here that
 * remembers anything of a workflow.
 */
// They are here to be loaded.
/* oxlint-disable import/no-unassigned-import */
import '../domain/builds/act.ts';
import '../domain/calendar/form.ts';
import '../domain/calendar/freeze.ts';
import '../domain/guardian/seen.ts';
import '../domain/hook/message.ts';
import '../domain/identity/decide.ts';
import '../domain/identity/signed-act.ts';
import '../domain/messages/message-for.ts';
import '../domain/plan/about.ts';
import '../domain/registry/choose-undo.ts';
import '../domain/registry/undo-input.ts';
import '../domain/rollout/act-help.ts';
import '../domain/rollout/act-refusal.ts';
import '../domain/rollout/audit-reason.ts';
import '../domain/rollout/by-hand.ts';
import '../domain/rollout/details.ts';
import '../domain/rollout/input.ts';
import '../domain/rollout/transition.ts';
import '../domain/rollout/view.ts';
import '../domain/rollout/watch-decision.ts';
import '../domain/waves/input.ts';
import '../domain/waves/lines.ts';
import '../domain/waves/plan.ts';
import '../domain/waves/state.ts';

/**
 * For every promise of a workflow the SDK keeps a call stack, which only the Web UI's stack trace shows, and reads each
 * frame of it through the source map. Two frames are the SDK's own; with two of ours the chain of functions that wait
 * is still told, one after the other, for each has its promise.
 */
Error.stackTraceLimit = 4;

declare const __webpack_modules__: Readonly<Record<string, unknown>>;

/**
 * The SDK freezes whatever shared modules export, through and through, unless it is frozen already. Schemas fill in parts
 * of themselves at their first use, so each module is frozen alone here, and what it exports is left as it is.
 */
const loaded = (globalThis as unknown as { __webpack_module_cache__: Record<string, object | undefined> })
  .__webpack_module_cache__;
for (const id of Object.keys(__webpack_modules__)) {
  const shared = loaded[id];
  if (shared !== undefined && !id.endsWith('/workflows/shared.ts')) Object.freeze(shared);
}
