/**
 * Messages and stack traces of failures go where codecs reach them. Taken by path: by workers and clients, and into the
 * bundle of the workflows.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
