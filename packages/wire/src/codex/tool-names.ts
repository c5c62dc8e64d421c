import type { CodexTool } from './request.ts';

const MAX_NAME = 64;
const legalName = /^[A-Za-z0-9_-]+$/;

export interface ToolNames {
  /** The name that goes upstream; the same client name always gets the same one. */
  readonly toUpstream: (name: string) => string;
  /** The name the client knows. */
  readonly toClient: (name: string) => string;
}

/**
 * Tool names that the upstream takes (64 characters of `[A-Za-z0-9_-]`). A name it would refuse keeps its head and gets
 * eight hex digits of its hash, so the same conversation always sends the same bytes.
 */
export function createToolNames(digest: (text: string) => string): ToolNames {
  const clientNames = new Map<string, string>();
  return {
    toUpstream: (name) => {
      if (name.length <= MAX_NAME && legalName.test(name)) return name;
      const short = `${name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_NAME - 9)}_${digest(name).slice(0, 8)}`;
      clientNames.set(short, name);
      return short;
    },
    toClient: (name) => clientNames.get(name) ?? name,
  };
}

/** The same tools under other names; those without a name of their own stay as they are. */
export function renamedTools(
  tools: readonly CodexTool[],
  rename: (name: string) => string,
): readonly CodexTool[] {
  return tools.map((tool) => {
    const { name } = tool;
    return typeof name === 'string' ? { ...tool, name: rename(name) } : tool;
  });
}
