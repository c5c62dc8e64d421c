import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { createSandbox, type Run, type Sandbox } from './sandbox.ts';
import type { Stack } from './stack.ts';

/** A turn takes about a second; this is for a machine that is busy. */
export const A_TURN = { timeout: 120_000 };

interface CodexSettings {
  readonly model: string;
  readonly apiKey?: string;
  /** More lines of its config.toml: at its top, and for the provider. */
  readonly settings?: string;
  readonly provider?: string;
  /** The CLI knows a provider of the name `OpenAI` and does more for it. */
  readonly providerName?: string;
}

/** The Codex CLI in a sandbox, with the gateway as its model provider and nothing that calls home. */
export interface Codex extends Sandbox {
  /** Says something in a new session. */
  readonly exec: (...args: readonly string[]) => Promise<Run>;
  /** Goes on with a session: its id, or `--last`, then what is said. */
  readonly resume: (session: string, ...args: readonly string[]) => Promise<Run>;
  /** Starts the server that editors speak with. */
  readonly serve: () => ReturnType<Sandbox['start']>;
  /** What the CLI wrote as the last message of the model. */
  readonly lastMessage: () => string;
}

// the sandbox of the CLI needs kernel features that a container or a root user does not have
const UNATTENDED = ['--dangerously-bypass-approvals-and-sandbox', '--skip-git-repo-check'];

export async function createCodex(t: TestContext, stack: Stack, settings: CodexSettings): Promise<Codex> {
  const sandbox = await createSandbox(t);
  const codexHome = join(sandbox.home, '.codex');
  mkdirSync(codexHome);
  writeFileSync(join(codexHome, 'config.toml'), configToml(stack, settings));
  const lastMessage = join(sandbox.home, 'last-message.txt');
  const options = [...UNATTENDED, '--strict-config', '--json', '--output-last-message', lastMessage];
  const environment = {
    CODEX_HOME: codexHome,
    CODEX_GATEWAY_API_KEY: settings.apiKey ?? stack.apiKey,
  };
  const run = (...args: readonly string[]): Promise<Run> =>
    sandbox.run('codex', ['exec', ...args], environment);
  return {
    ...sandbox,
    exec: (...args) => run(...options, ...args),
    resume: (session, ...args) => run('resume', ...options, session, ...args),
    serve: () => sandbox.start('codex', ['app-server'], environment),
    lastMessage: () => readFileSync(lastMessage, 'utf8'),
  };
}

function configToml(stack: Stack, { model, settings, provider, providerName }: CodexSettings): string {
  return `model = "${model}"
model_provider = "gateway"
check_for_update_on_startup = false
${settings ?? ''}

[analytics]
enabled = false

[features]
plugins = false
apps = false

[model_providers.gateway]
name = "${providerName ?? 'codex-gateway'}"
base_url = "${stack.url}/v1"
wire_api = "responses"
env_key = "CODEX_GATEWAY_API_KEY"
request_max_retries = 0
stream_max_retries = 0
${provider ?? ''}
`;
}

const eventSchema = z.looseObject({
  type: z.string(),
  thread_id: z.string().optional(),
  item: z.looseObject({ type: z.string() }).optional(),
  usage: z.unknown().optional(),
});

/** What the CLI tells of its turn, one JSON line an event. */
export function eventsOf({ stdout }: Run): readonly z.infer<typeof eventSchema>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));
}
