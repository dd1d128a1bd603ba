/** The hooks of plans, as a worker calls them. */
import type { HookSettings } from '../config/hooks.ts';
import type { HookAnswer } from '../domain/hook/answer.ts';
import { parseHookAnswer } from '../domain/hook/answer.ts';
import type { HookMessage } from '../domain/hook/message.ts';
import { parseWebhookKey } from '../webhooks/secret.ts';
import { count } from '../telemetry/measure.ts';
import { traced } from '../telemetry/spans.ts';
import { signedHeaders } from '../webhooks/sign.ts';
import { admit } from './admission.ts';
import { callHook } from './post.ts';
import type { Heard } from './post.ts';

export interface HookQuestion {
  /** The same in every try. */
  readonly id: string;
  readonly url: string;
  /** Its name. */
  readonly secret: string;
  readonly message: HookMessage;
}

/** `again`: it did not answer, or said nothing that can be taken for an answer; in words that may be shown. */
export type HookReply = HookAnswer | { readonly again: string; readonly retryAfterMs: number | null };

export interface Hooks {
  /** Why this worker cannot call it; null: it can. */
  refusal(of: Pick<HookQuestion, 'url' | 'secret'>): HookRefusal | null;
  /** One call. Rejects only when the signal says so. */
  ask(question: HookQuestion, signal: AbortSignal): Promise<HookReply>;
}

export interface HookRefusal {
  readonly of: 'url' | 'secret';
  readonly why: string;
}

/** An answer that takes longer would be a wait. */
const TIMEOUT_MS = 10_000;

export function createHooks(
  settings: HookSettings,
  { now, timeoutMs = TIMEOUT_MS }: { readonly now: () => number; readonly timeoutMs?: number },
): Hooks {
  const keysOf = (name: string): readonly Uint8Array[] =>
    settings.secrets.flatMap((one) => (one.name === name ? [parseWebhookKey(one.secret)] : []));
  const refusal: Hooks['refusal'] = ({ url, secret }) => {
    const admission = admit(url, settings);
    if ('refused' in admission) return { of: 'url', why: admission.refused };
    return keysOf(secret).length > 0 ? null : { of: 'secret', why: `HOOK_SECRETS has none called ${secret}` };
  };
  return {
    refusal,
    async ask({ id, url, secret, message }, signal) {
      const refused = refusal({ url, secret });
      const admission = admit(url, settings);
      if (refused !== null || 'refused' in admission)
        return { again: `this worker does not call it: ${refused?.why ?? ''}`, retryAfterMs: null };
      const body = JSON.stringify(message);
      const headers = signedHeaders(keysOf(secret), id, now(), body);
      const heard = await traced('ask hook', { kind: 'client' }, () =>
        callHook({ ...admission, headers, body, timeoutMs, signal }),
      );
      count('assist_rollouts_hook_calls_total', 1, { result: 'trouble' in heard ? 'trouble' : 'answered' });
      return replyOf(heard, now());
    },
  };
}

function replyOf(heard: Heard, nowMs: number): HookReply {
  if ('trouble' in heard) return { again: heard.trouble, retryAfterMs: null };
  const { status, text } = heard;
  const retryAfterMs = retryAfter(heard.retryAfter, nowMs);
  if (status === 202) return { again: 'it has not decided yet', retryAfterMs };
  if (status >= 300 && status < 400)
    return { again: `it answered ${status}, and redirects are not followed`, retryAfterMs };
  if (status !== 200) return { again: `it answered ${status}`, retryAfterMs };
  const answer = parseHookAnswer(text);
  if (answer === null) return { again: 'its answer is no decision', retryAfterMs };
  return answer.decision === 'wait' ? { ...answer, retryAfterMs: answer.retryAfterMs ?? retryAfterMs } : answer;
}

/** Seconds, or a date. */
function retryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(ms, 0) : null;
}
