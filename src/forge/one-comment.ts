/** One comment of ours on a request, renewed in place however often it is reviewed. */
import type { Forge } from './forge.ts';

/** Stands at the top of the comment, where nobody sees it. Others may write it too: it counts in what we wrote. */
export const MARKER = '<!-- assist-rollouts:review -->';

export type Put = 'written' | 'renewed' | 'same' | 'left';

/** `onlyRenew`: where there is none yet, none is written. */
export async function putComment(
  forge: Forge,
  body: string,
  { onlyRenew }: { readonly onlyRenew: boolean },
): Promise<Put> {
  const me = await forge.me();
  const mine = (await forge.comments()).find((one) => one.author === me && one.body.startsWith(MARKER));
  const marked = `${MARKER}\n${body}`;
  if (mine === undefined) {
    if (onlyRenew) return 'left';
    await forge.write(marked);
    return 'written';
  }
  if (sameText(mine.body, marked)) return 'same';
  await forge.rewrite(mine.id, marked);
  return 'renewed';
}

/** Hosts keep lines as they like, and nothing of the end. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
  return plain(one) === plain(other);
}
