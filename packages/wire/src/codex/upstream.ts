/** Options of a request that not every upstream takes, by the names that those have which do. */
export interface RequestOptions {
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly max_output_tokens?: number | undefined;
  /** Tells the clients of one API key apart; nobody's name. */
  readonly safety_identifier?: string | undefined;
}

/** What one upstream takes of a request and another does not: the rest is done here, declared or left out. */
export interface UpstreamTraits {
  readonly takes: ReadonlySet<keyof RequestOptions>;
  /** The smallest token limit that it takes. */
  readonly leastTokenLimit: number;
  /** What it is told when nobody has told it anything. */
  readonly defaultInstructions: string;
  /** Whether a model reasons. One that does not refuses everything that has to do with it. */
  readonly reasons: (slug: string) => boolean;
}

/** Refuses every option that the Codex CLI does not send, and demands instructions. */
export const codexBackend: UpstreamTraits = {
  takes: new Set(),
  leastTokenLimit: 1,
  defaultInstructions: 'You are a helpful assistant.',
  reasons: () => true,
};

/** Generations before reasoning, and the variants without it of later ones; fine-tuned ones are called after them. */
const plainModels = /^(ft:)?(gpt-[34]|chatgpt-|davinci|babbage)|-chat-latest$/;

/** The public Responses API (platform.openai.com/docs/api-reference/responses/create). */
export const openAiApi: UpstreamTraits = {
  takes: new Set(['temperature', 'top_p', 'max_output_tokens', 'safety_identifier']),
  leastTokenLimit: 16,
  defaultInstructions: '',
  reasons: (slug) => !plainModels.test(slug),
};

/** Those of the options that are given and taken. */
export function takenOptions(options: RequestOptions, { takes }: UpstreamTraits): RequestOptions {
  return Object.fromEntries(
    [...takes].flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}
