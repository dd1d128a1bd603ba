/** How agents of the sandbox take what copilots show. */
import { z } from 'zod';
import { json } from './organisation.ts';
import type { Endpoint } from './organisation.ts';

export async function tellModels({ url }: Endpoint, models: object): Promise<void> {
  await json(`${url}/sandbox/models`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(models),
  });
}

const truthSchema = z.object({
  conversations: z.array(z.object({ assistants: z.array(z.object({ assistantId: z.string().nullable() })) })),
});

/** How often a conversation had no assistant, as the organisation itself knows it. */
export async function unassisted({ url }: Endpoint): Promise<number> {
  const { conversations } = truthSchema.parse(await json(`${url}/sandbox/copilot/conversations`));
  return conversations.flatMap(({ assistants }) => assistants).filter(({ assistantId }) => assistantId === null).length;
}
