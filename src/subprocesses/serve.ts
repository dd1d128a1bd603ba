/** The other side of `answerers`: a process that answers one question after the other, and ends with who began it. */

export type Answered = { readonly said: unknown } | { readonly threw: string };

/** `answer` trusts what it is asked: nobody but who began this process can ask. */
export function serve(answer: (question: never) => unknown): void {
  const answerTo = async (question: never): Promise<Answered> => {
    try {
      return { said: await answer(question) };
    } catch (error) {
      return { threw: error instanceof Error ? error.message : String(error) };
    }
  };
  process.on('message', (question) => void answerTo(question as never).then((answered) => process.send?.(answered)));
  process.on('disconnect', () => process.exit());
}
