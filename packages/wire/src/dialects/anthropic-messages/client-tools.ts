import type { Tool } from './tool-schema.ts';

/** A tool that the client runs itself and the API only names: what the model must be told about it. */
export interface ClientTool {
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

interface ClientToolKind {
  readonly pattern: RegExp;
  readonly describe: (tool: Tool) => ClientTool;
}

const text = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const pair = { type: 'array', items: integer, minItems: 2, maxItems: 2 } as const;

const EDITOR_WITH_UNDO = /^text_editor_(20241022|20250124)$/;

/** The inputs are those that the SDK's types and the vendor's documentation give for each tool. */
const clientTools: readonly ClientToolKind[] = [
  {
    pattern: /^bash_\d{8}$/,
    describe: () => ({
      description: 'Runs a command in a bash session that keeps its state between calls.',
      parameters: parameters({ command: text, restart: { type: 'boolean' } }, []),
    }),
  },
  {
    pattern: /^text_editor_\d{8}$/,
    describe: ({ type }) => ({
      description: 'Views, creates and edits text files.',
      parameters: editor(EDITOR_WITH_UNDO.test(type ?? '') ? ['undo_edit'] : []),
    }),
  },
  {
    pattern: /^memory_\d{8}$/,
    describe: () => ({
      description: 'Keeps notes as files under /memories, which last over conversations.',
      parameters: memory,
    }),
  },
  { pattern: /^computer_\d{8}$/, describe: computer },
];

/** Null when the type is not that of a tool which the client runs. */
export function clientTool(tool: Tool): ClientTool | null {
  const { type } = tool;
  if (typeof type !== 'string') return null;
  return clientTools.find(({ pattern }) => pattern.test(type))?.describe(tool) ?? null;
}

function parameters(
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): ClientTool['parameters'] {
  return { type: 'object', properties, required };
}

function editor(moreCommands: readonly string[]): ClientTool['parameters'] {
  return parameters(
    {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', ...moreCommands] },
      path: text,
      file_text: text,
      old_str: text,
      new_str: text,
      insert_line: integer,
      insert_text: text,
      view_range: pair,
    },
    ['command', 'path'],
  );
}

const memory = parameters(
  {
    command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
    path: text,
    view_range: pair,
    file_text: text,
    old_str: text,
    new_str: text,
    insert_line: integer,
    insert_text: text,
    old_path: text,
    new_path: text,
  },
  ['command'],
);

function computer({ display_width_px: width, display_height_px: height }: Tool): ClientTool {
  const size = typeof width === 'number' && typeof height === 'number' ? ` of ${width}x${height} pixels` : '';
  return {
    description: `Controls a screen${size} with mouse and keyboard; answers with a screenshot.`,
    parameters: parameters(
      {
        action: text,
        coordinate: pair,
        start_coordinate: pair,
        text,
        scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'] },
        scroll_amount: integer,
        duration: { type: 'number' },
        region: { type: 'array', items: integer, minItems: 4, maxItems: 4 },
      },
      ['action'],
    ),
  };
}
