/**
 * Calls are tried again as the client does by default, but not on a connection that was closed meanwhile: the client
 * would begin the next try in a timer, where gRPC throws "Channel has been shut down" and nobody catches it.
 */
import { InterceptingCall, Metadata, status } from '@grpc/grpc-js';
import type { Interceptor } from '@grpc/grpc-js';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

export function triedAgainUntil(closed: AbortSignal): Interceptor[] {
  const retry = defaultGrpcRetryOptions();
  return [
    makeGrpcRetryInterceptor({
      ...retry,
      retryableDecider: (attempt, said) => !closed.aborted && retry.retryableDecider(attempt, said),
    }),
    (options, nextCall) => new InterceptingCall(closed.aborted ? overAtOnce() : nextCall(options)),
  ];
}

/** Of a try that had waited for its turn when the connection was closed. */
function overAtOnce(): ConstructorParameters<typeof InterceptingCall>[0] {
  return {
    start: (_metadata, listener) =>
      listener?.onReceiveStatus?.({
        code: status.CANCELLED,
        details: 'The connection was closed.',
        metadata: new Metadata(),
      }),
    sendMessageWithContext: () => undefined,
    sendMessage: () => undefined,
    startRead: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
    getPeer: () => '',
    getAuthContext: () => null,
  };
}
