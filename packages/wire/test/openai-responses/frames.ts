/** One event of a stream as a client reads it. */
export interface ReadFrame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a stream and asserts its framing: whole frames, `event:` the same as the type, `[DONE]` last and only there. */
export function readFrames(text: string): readonly ReadFrame[] {
  if (!text.endsWith('data: [DONE]\n\n')) throw new Error('the stream does not end with [DONE]');
  const frames = text
    .split('\n\n')
    .slice(0, -2)
    .filter((frame) => !frame.startsWith(':'));
  return frames.map((frame) => {
    const match = /^event: (\S+)\ndata: ([^\n]*)$/.exec(frame);
    const [, event, json] = match ?? [];
    if (event === undefined || json === undefined) throw new Error(`not a frame: ${frame}`);
    const data: ReadFrame['data'] = JSON.parse(json);
    if (data['type'] !== event) throw new Error(`${event} carries ${String(data['type'])}`);
    return { event, data };
  });
}
