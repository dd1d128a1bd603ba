/** What is wrong with where messages go. */
export class MessagesError extends Error {
  override readonly name = 'MessagesError';

  constructor(
    readonly code: 'messages-invalid' | 'messages-destination-unknown' | 'messages-not-sent',
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
