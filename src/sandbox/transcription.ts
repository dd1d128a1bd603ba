/** Whether speech becomes text here, and how fast: as the administrators of the organisation set it. */
import { z } from 'zod';

export const transcriptionSchema = z.object({
  transcription: z.enum(['Disabled', 'EnabledGlobally', 'EnabledQueueFlow']),
  transcriptionConfidenceThreshold: z.int().min(1).max(100),
  lowLatencyTranscriptionEnabled: z.boolean(),
  contentSearchEnabled: z.boolean(),
  pciDssRedactionEnabled: z.boolean(),
  piiRedactionEnabled: z.boolean(),
});
export type TranscriptionSettings = z.infer<typeof transcriptionSchema>;

/** What is set has no effect on what is told: the delay is a setting of the sandbox. */
export class Transcription {
  #settings: TranscriptionSettings;
  readonly #save: () => void;

  constructor(settings: TranscriptionSettings, save: () => void) {
    this.#settings = settings;
    this.#save = save;
  }

  get(): TranscriptionSettings {
    return this.#settings;
  }

  change(change: { readonly [Name in keyof TranscriptionSettings]?: TranscriptionSettings[Name] | undefined }): void {
    this.#settings = transcriptionSchema.parse({ ...this.#settings, ...change });
    this.#save();
  }
}
