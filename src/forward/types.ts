/** What the workflow of a destination may ask for. */
export interface ForwardActivities {
  /** Sends what waits for the destination, and what comes, for as long as it can. */
  send(input: { readonly destination: string }): Promise<SendOutcome>;
}

/** `recovered`: it takes messages again after a failure. `removed`: nothing is to be sent there any more. */
export type SendOutcome = 'recovered' | 'removed';
