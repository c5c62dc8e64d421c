/** One SSE event, ready to send. A very large one comes as pieces that are made while it is sent. */
export interface Frame {
  readonly type: string;
  readonly text: string;
  readonly pieces?: Iterable<string>;
}

/** Numbers and writes events. `fields` is the inside of the JSON object after `type` and `sequence_number`. */
export interface FrameWriter {
  readonly frame: (type: string, fields: string) => Frame;
  /** A frame writer for one type whose fields differ only in one JSON value: nothing is built twice. */
  readonly repeated: (type: string, before: string, after: string) => (value: string) => Frame;
  /** An event whose fields are too large to hold. */
  readonly large: (type: string, fields: Iterable<string>) => Frame;
}

function open(type: string): string {
  return `event: ${type}\ndata: {"type":"${type}","sequence_number":`;
}

export function createFrameWriter(): FrameWriter {
  let sequence = 0;
  return {
    frame: (type, fields) => {
      const text = `${open(type)}${sequence},${fields}}\n\n`;
      sequence += 1;
      return { type, text };
    },
    repeated: (type, before, after) => {
      const head = open(type);
      return (value) => {
        const text = `${head}${sequence},${before}${value}${after}}\n\n`;
        sequence += 1;
        return { type, text };
      };
    },
    large: (type, fields) => {
      const head = `${open(type)}${sequence},`;
      sequence += 1;
      return { type, text: '', pieces: wrap(head, fields, '}\n\n') };
    },
  };
}

function* wrap(head: string, body: Iterable<string>, tail: string): Generator<string> {
  yield head;
  yield* body;
  yield tail;
}

/** An event outside the response's own sequence: no `sequence_number`, any type. */
export function foreignFrame(type: string, value: object): Frame {
  return { type, text: `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n` };
}

/** Frames as a test wrote them: objects become events, named by their `type` if they have one; strings go out as they are. */
export function scriptedFrames(events: readonly (object | string)[]): readonly Frame[] {
  return events.map((event) => {
    if (typeof event === 'string') return { type: 'raw', text: event };
    const data = `data: ${JSON.stringify(event)}\n\n`;
    const type = 'type' in event && typeof event.type === 'string' ? event.type : undefined;
    return type === undefined ? { type: 'data', text: data } : { type, text: `event: ${type}\n${data}` };
  });
}
