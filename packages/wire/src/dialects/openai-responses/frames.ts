/** The SSE text of one stream as it grows; every event takes the next `sequence_number`. */
export interface FrameLog {
  text: string;
  sequence: number;
}

export function createFrameLog(): FrameLog {
  return { text: '', sequence: 0 };
}

export function takeText(log: FrameLog): string {
  const { text } = log;
  log.text = '';
  return text;
}

export function writeEvent(log: FrameLog, type: string, members: Readonly<Record<string, unknown>>): void {
  const data = JSON.stringify({ type, ...members, sequence_number: log.sequence++ });
  log.text += `event: ${type}\ndata: ${data}\n\n`;
}

/** An event whose response object is already JSON: the one of a running answer is the same each time. */
export function writeLifecycle(log: FrameLog, type: string, responseJson: string): void {
  log.text += `event: ${type}\ndata: {"type":"${type}","response":${responseJson},"sequence_number":${log.sequence++}}\n\n`;
}

/**
 * All of a delta event that stays the same from one to the next. Deltas are nearly all of a stream, so only the text
 * and the number are written anew: about half the time of a whole `JSON.stringify`.
 */
export function deltaHead(type: string, members: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members }).slice(0, -1)},"delta":`;
}

export function writeDelta(log: FrameLog, head: string, delta: string): void {
  log.text += `${head}${JSON.stringify(delta)},"sequence_number":${log.sequence++}}\n\n`;
}
