import type { CodexTool } from './request.ts';

/** A tool that is meant: by its type and, if it has one, by its upstream name. */
export type ToolReference = Readonly<{ type: string; name?: string }>;

/** Whether tools are declared, looked up at once: a choice may name as many as there are. */
export type ToolIndex = (reference: ToolReference) => boolean;

export function createToolIndex(tools: readonly CodexTool[]): ToolIndex {
  const keys = new Set(
    tools.flatMap(({ type, name }) => (typeof name === 'string' ? [type, `${type} ${name}`] : [type])),
  );
  return ({ type, name }) => keys.has(name === undefined ? type : `${type} ${name}`);
}
