async function tearDown(): Promise<void> {
  await globalThis.assistTemporalBroker?.close();
}

export = tearDown;
