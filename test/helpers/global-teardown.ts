async function tearDown(): Promise<void> {
  await globalThis.assistTestBroker?.close();
}

export = tearDown;
