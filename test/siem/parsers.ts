/** Small parsers written from the formats' own descriptions, sharing nothing with what they test. */

export interface ParsedCef {
  readonly head: string[];
  readonly extension: Record<string, string>;
}

export function parseCef(line: string): ParsedCef {
  const head: string[] = [];
  let field = '';
  let at = 0;
  for (; at < line.length && head.length < 7; at += 1) {
    if (line[at] === '\\') field += line[(at += 1)];
    else if (line[at] === '|') {
      head.push(field);
      field = '';
    } else field += line[at];
  }
  const extension: Record<string, string> = {};
  const rest = line.slice(at);
  const starts = [...rest.matchAll(/(?:^| )(\w+)=/g)].filter(
    ({ index, 0: whole }) => !isEscaped(rest, index + whole.length - 1),
  );
  starts.forEach((start, place) => {
    const raw = rest.slice(start.index + start[0].length, starts[place + 1]?.index ?? rest.length);
    extension[start[1] ?? ''] = raw.replaceAll(
      /\\(.)/gs,
      (_, letter: string) => ({ n: '\n', r: '\r' })[letter] ?? letter,
    );
  });
  return { head, extension };
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

export interface ParsedSyslog {
  readonly priority: number;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly msgId: string;
  readonly sdId: string;
  readonly params: Record<string, string>;
  readonly message: string;
}

/** RFC 5424, section 6; throws when the text is not of that grammar. */
export function parseSyslog(text: string): ParsedSyslog {
  const head =
    /^<(\d{1,3})>1 (\S+) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) \[([^ =\]"]{1,32})/.exec(
      text,
    );
  if (head === null) throw new Error(`no RFC 5424 header: ${text.slice(0, 200)}`);
  const params: Record<string, string> = {};
  let at = head[0].length;
  while (text[at] === ' ') {
    const name = /^ ([^ =\]"]{1,32})="/.exec(text.slice(at));
    if (name === null) throw new Error(`no parameter at ${at}`);
    at += name[0].length;
    let value = '';
    for (; text[at] !== '"'; at += 1) {
      if (at >= text.length || text[at] === ']') throw new Error(`a parameter does not end at ${at}`);
      if (text[at] === '\\') at += 1;
      value += text[at];
    }
    params[name[1] ?? ''] = value;
    at += 1;
  }
  if (text.slice(at, at + 2) !== '] ') throw new Error('the structured data does not end');
  return {
    priority: Number(head[1]),
    time: head[2] ?? '',
    host: head[3] ?? '',
    app: head[4] ?? '',
    msgId: head[6] ?? '',
    sdId: head[7] ?? '',
    params,
    message: text.slice(at + 2),
  };
}

/** RFC 6587, 3.4.1: `<length> <message>`, length in bytes. */
export function splitOctetCounted(stream: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < stream.length;) {
    const space = stream.indexOf(0x20, at);
    const length = Number(stream.subarray(at, space).toString());
    if (!Number.isInteger(length) || length <= 0) throw new Error(`no length at ${at}`);
    messages.push(stream.subarray(space + 1, space + 1 + length).toString());
    at = space + 1 + length;
  }
  return messages;
}
