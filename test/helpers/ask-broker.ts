/** Asks jest's parent process for what all test files share. */
export async function askBroker(
  what: 'temporal' | 'workflow-bundle' | 'workflow-bundle-cipher' | 'store-image' | 'postgres',
): Promise<string> {
  const url = process.env['ASSIST_TEST_BROKER'];
  if (url === undefined) throw new Error("No broker runs; start the tests with this project's jest.config.cjs.");
  const response = await fetch(`${url}/${what}`, { headers: { connection: 'close' } });
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}
