/**
 * The transcript of one communication after the call: a pre-signed URL from the API, and the document behind it. Shape
 * of the document: developer.genesys.cloud, "Transcript URL" of speech and text analytics.
 */
import { z } from 'zod';
import { GenesysError, isGenesysError } from './errors.ts';
import type { Api } from './http.ts';
import { limitSize, noAnswer, schemesOf } from './transport.ts';
import type { Transport } from './transport.ts';

export type Speaker = 'customer' | 'agent' | 'unknown';

/** What was said without a break; always final. */
interface Phrase {
  /** ms since the epoch. */
  readonly startMs: number;
  readonly speaker: Speaker;
  readonly text: string;
  /** Of the transcription, 0..1. Typed text is certain; speech of which it is not told counts as 0. */
  readonly confidence: number;
}

export interface Transcripts {
  /** In the order in which it was said; null when there is no transcript (yet, or ever). */
  read(conversationId: string, communicationId: string): Promise<readonly Phrase[] | null>;
}

export function createTranscripts(api: Api, transport: Transport, apiUrl: string): Transcripts {
  const schema = z.object({ url: z.url({ protocol: schemesOf(apiUrl, 'https') }) });
  return {
    async read(conversationId, communicationId) {
      const url = await signedUrl(api, schema, conversationId, communicationId);
      const document = url === null ? null : await download(transport, url, conversationId);
      return document === null ? null : phrasesOf(document);
    },
  };
}

const documentSchema = z.object({
  mediaType: z.string().nullish(),
  transcripts: z
    .array(
      z.object({
        phrases: z
          .array(
            z.object({
              text: z.string().nullish(),
              confidence: z.number().nullish(),
              startTimeMs: z.number(),
              participantPurpose: z.string().nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});
type Document = z.infer<typeof documentSchema>;

async function signedUrl(
  api: Api,
  schema: z.ZodType<{ url: string }>,
  conversationId: string,
  communicationId: string,
): Promise<string | null> {
  const conversation = encodeURIComponent(conversationId);
  const communication = encodeURIComponent(communicationId);
  const path = `speechandtextanalytics/conversations/${conversation}/communications/${communication}/transcripturl`;
  try {
    return (await api({ method: 'GET', path, schema })).value.url;
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return null;
    throw error;
  }
}

/**
 * Null when it has been deleted since. The signature in the URL is a right to read, and the body is what people said:
 * neither goes into a message.
 */
async function download(transport: Transport, url: string, conversationId: string): Promise<Document | null> {
  const asked = `GET the transcript of conversation ${conversationId}`;
  const response = await limitSize(asked, transport.got(url, { headers: { accept: 'application/json' } })).catch(
    (error: unknown) => {
      throw noAnswer(asked, error);
    },
  );
  if (response.statusCode === 404 || response.statusCode === 410) return null;
  if (!response.ok) {
    const kind = response.statusCode >= 500 ? ('unavailable' as const) : ('badAnswer' as const);
    throw new GenesysError({ kind, asked, came: `status ${response.statusCode}`, status: response.statusCode });
  }
  const parsed = documentSchema.safeParse(jsonOf(response.body));
  if (parsed.success) return parsed.data;
  throw new GenesysError({ kind: 'badAnswer', asked, came: 'a document of another shape than a transcript' });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function phrasesOf({ mediaType, transcripts }: Document): Phrase[] {
  const unsaid = mediaType == null || /^(call|voice|callback)$/i.test(mediaType) ? 0 : 1;
  return (transcripts ?? [])
    .flatMap(({ phrases }) => phrases ?? [])
    .map(({ text, confidence, startTimeMs, participantPurpose }) => ({
      startMs: startTimeMs,
      speaker: speakerOf(participantPurpose),
      text: text ?? '',
      confidence: confidence ?? unsaid,
    }))
    .filter(({ text }) => text !== '')
    .toSorted((a, b) => a.startMs - b.startMs);
}

/** `external` after the call, `EXTERNAL` in live messages. */
export function speakerOf(side: string | null | undefined): Speaker {
  switch (side?.toLowerCase()) {
    case 'external':
    case 'customer':
      return 'customer';
    case 'internal':
    case 'agent':
    case 'user':
      return 'agent';
    default:
      return 'unknown';
  }
}
