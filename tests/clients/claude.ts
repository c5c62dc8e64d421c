import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { createSandbox, type Run, type Sandbox } from './sandbox.ts';
import type { Stack } from './stack.ts';

/** A turn takes about a second; this is for a machine that is busy. */
export const A_TURN = { timeout: 120_000 };

interface ClaudeSettings {
  readonly apiKey?: string;
  /** More environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Claude Code in a sandbox, with the gateway as its API and nothing that calls home. */
export interface Claude extends Sandbox {
  /** Says something in a new session, to the end of the turn. */
  readonly ask: (prompt: string, ...options: readonly string[]) => Promise<Run>;
  /** Goes on with the last session. */
  readonly goOn: (prompt: string) => Promise<Run>;
}

/** What it may do without asking anyone. */
const ALLOWED = 'Agent,Bash,Edit,Read,WebSearch,Write';

export async function createClaude(
  t: TestContext,
  stack: Stack,
  { apiKey = stack.apiKey, settings }: ClaudeSettings = {},
): Promise<Claude> {
  const sandbox = await createSandbox(t);
  const environment = {
    ANTHROPIC_BASE_URL: stack.url,
    ANTHROPIC_AUTH_TOKEN: apiKey,
    CLAUDE_CODE_MAX_RETRIES: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    ...settings,
  };
  const everyRun = ['--model', 'gpt-5.5', '--allowedTools', ALLOWED, '--output-format', 'json'];
  const ask: Claude['ask'] = (prompt, ...options) =>
    sandbox.run('claude', ['-p', prompt, ...everyRun, ...options], environment);
  return { ...sandbox, ask, goOn: (prompt) => ask(prompt, '--continue') };
}

const resultSchema = z.looseObject({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean(),
  num_turns: z.number(),
  result: z.string(),
  terminal_reason: z.string().optional(),
  api_error_status: z.number().nullish(),
  permission_denials: z.array(z.unknown()),
  modelUsage: z.record(z.string(), z.looseObject({ webSearchRequests: z.number() })),
  usage: z.looseObject({
    input_tokens: z.number(),
    cache_read_input_tokens: z.number(),
    output_tokens: z.number(),
  }),
});

/** Options that make it tell all that happens, line by line. */
export const TELLING = ['--output-format=stream-json', '--verbose'] as const;

const retrySchema = z.object({ subtype: z.literal('api_retry'), error_status: z.number() });

export function linesOf({ stdout, stderr }: Run): readonly unknown[] {
  assert.notEqual(stdout, '', stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** The last line of the output says how it ended. */
export function resultOf(run: Run): z.infer<typeof resultSchema> {
  return resultSchema.parse(linesOf(run).at(-1));
}

/** The text at the end of a turn that went well. */
export function textOf(run: Run): string {
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  const { result, is_error } = resultOf(run);
  assert.equal(is_error, false);
  return result;
}

/** The statuses after which it sent a request again, where it was `TELLING`. */
export function retriedAfter(run: Run): readonly number[] {
  return linesOf(run).flatMap((line) => retrySchema.safeParse(line).data?.error_status ?? []);
}
