import type { Reply } from '../http/reply.ts';
import { type JsonObject, asObject, asObjects, asText } from '../json.ts';
import { invalidType, invalidValue, missing, modelError, tooLong } from './refusal.ts';
import type { LayerContext, Rule } from './rule.ts';

const MAX_ID_LENGTH = 64;

const PARTS_OF_ASSISTANT = ['output_text', 'refusal'] as const;
const PARTS_OF_OTHERS = ['input_text', 'input_image', 'input_file', 'input_audio'] as const;
const PARTS_OF_OUTPUT = [
  'input_text',
  'input_image',
  'input_file',
  'scoped_content',
  'encrypted_content',
] as const;
const WEB_SEARCH_ACTIONS = ['search', 'open_page', 'find_in_page'] as const;

/** Checks of one input item; `path` is its place, as in `input[3]`. */
type ItemCheck = (item: JsonObject, path: string, context: LayerContext) => Reply | undefined;

const ITEM_CHECKS: readonly (Omit<Rule<LayerContext>, 'check'> & { readonly check: ItemCheck })[] = [
  {
    name: 'item type is known',
    source: 'codex-rs/protocol/src/models.rs and live reports; wording of the public API',
    check: (item, path, { face }) => {
      const type = item['type'] ?? (item['role'] === undefined ? '' : 'message');
      return face.itemTypes.some((known) => known === type)
        ? undefined
        : invalidValue(type, face.itemTypes, `${path}.type`);
    },
  },
  {
    name: 'ids have at most 64 characters',
    source: 'openai/codex#39133, CLIProxyAPI#4401, fastllm#45',
    check: (item, path) => {
      for (const member of ['id', 'call_id'] as const) {
        const { length } = asText(item[member]);
        if (length > MAX_ID_LENGTH) return tooLong(`${path}.${member}`, MAX_ID_LENGTH, length);
      }
      return undefined;
    },
  },
  {
    name: 'items are there in full, not by id only',
    source: 'can1357/oh-my-pi#41, anomalyco/opencode#7724',
    check: (item, _path, { isStored }) => {
      const id = asText(item['id']);
      const byId =
        item['type'] === 'item_reference' ||
        (item['type'] === 'reasoning' &&
          id !== '' &&
          asText(item['encrypted_content']) === '' &&
          !isStored(id));
      if (!byId) return undefined;
      return modelError({
        message: `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
        param: 'input',
        status: 404,
      });
    },
  },
  {
    name: 'content parts fit the role',
    source: 'hermes-agent#15687 (assistant); the list for the other roles is not confirmed',
    check: checkMessage,
  },
  {
    name: 'tool output parts are input parts',
    source: 'querymt#953',
    check: (item, path) => {
      if (!asText(item['type']).endsWith('_call_output')) return undefined;
      const { output } = item;
      if (typeof output === 'string' || item['type'] === 'local_shell_call_output') return undefined;
      if (output === undefined) return missing(`${path}.output`);
      if (!Array.isArray(output)) {
        return isStructuredOutput(item)
          ? undefined
          : invalidType(`${path}.output`, 'one of a string or array of objects', output);
      }
      return checkParts(asObjects(output), PARTS_OF_OUTPUT, `${path}.output`);
    },
  },
  {
    name: 'calls carry text',
    source: 'public Responses API',
    check: (item, path) => {
      const member = { function_call: 'arguments', custom_tool_call: 'input' }[asText(item['type'])];
      if (member === undefined) return undefined;
      for (const required of ['call_id', 'name', member]) {
        const value = item[required];
        if (value === undefined) return missing(`${path}.${required}`);
        if (typeof value !== 'string') return invalidType(`${path}.${required}`, 'a string', value);
      }
      return undefined;
    },
  },
  {
    name: 'web search action is known',
    source: 'openai/codex#7085, #6945',
    check: (item, path) => {
      const { type } = asObject(item['action']);
      if (item['type'] !== 'web_search_call' || type === undefined) return undefined;
      return WEB_SEARCH_ACTIONS.some((known) => known === type)
        ? undefined
        : invalidValue(type, WEB_SEARCH_ACTIONS, `${path}.action.type`);
    },
  },
  {
    name: 'encrypted content belongs to this account',
    source: 'openai/codex#8132, #8128',
    check: (item, _path, { seals, accountId }) => {
      const sealed = asText(item['encrypted_content']);
      if (sealed === '' || seals.opens(accountId, sealed)) return undefined;
      return modelError({
        message: `The encrypted content ${sealed.slice(0, 4)}...${sealed.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
        code: 'invalid_encrypted_content',
      });
    },
  },
];

function isStructuredOutput(item: JsonObject): boolean {
  return item['type'] === 'shell_call_output' || item['type'] === 'apply_patch_call_output';
}

function checkMessage(item: JsonObject, path: string, { face }: LayerContext): Reply | undefined {
  if (item['type'] !== undefined && item['type'] !== 'message') return undefined;
  const { role, content } = item;
  if (!face.roles.some((known) => known === role)) return invalidValue(role, face.roles, `${path}.role`);
  if (content === undefined) return missing(`${path}.content`);
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content))
    return invalidType(`${path}.content`, 'one of a string or array of objects', content);
  const allowed = role === 'assistant' ? PARTS_OF_ASSISTANT : PARTS_OF_OTHERS;
  return checkParts(asObjects(content), allowed, `${path}.content`);
}

function checkParts(
  parts: readonly JsonObject[],
  allowed: readonly string[],
  path: string,
): Reply | undefined {
  for (const [index, part] of parts.entries()) {
    const at = `${path}[${index}]`;
    const { type } = part;
    if (!allowed.some((known) => known === type)) {
      return invalidValue(asText(type), allowed, at);
    }
    const refusal = checkPart(part, at);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkPart(part: JsonObject, at: string): Reply | undefined {
  const { type } = part;
  if ((type === 'input_text' || type === 'output_text') && typeof part['text'] !== 'string') {
    return part['text'] === undefined
      ? missing(`${at}.text`)
      : invalidType(`${at}.text`, 'a string', part['text']);
  }
  if (type === 'input_image') return checkImage(part, at);
  return undefined;
}

const IMAGE_SIGNATURES = ['iVBORw0KGgo', '/9j/', 'R0lGOD', 'UklGR'] as const;

/** Images come inline; the first characters of their base64 tell PNG, JPEG, GIF and WebP. */
function checkImage(part: JsonObject, at: string): Reply | undefined {
  const url = asText(part['image_url']);
  if (part['file_id'] !== undefined && part['file_id'] !== null) {
    return modelError({
      message: `File with id '${asText(part['file_id'])}' not found.`,
      param: at,
      status: 404,
    });
  }
  if (/^https?:\/\//.test(url)) return undefined;
  const [, data] = /^data:image\/[a-z+.-]+;base64,(.*)$/i.exec(url) ?? [];
  if (data === undefined) {
    return modelError({
      message: `Invalid '${at}.image_url'. Expected a valid URL, but got a value with an invalid format.`,
      param: `${at}.image_url`,
      code: 'invalid_value',
    });
  }
  if (IMAGE_SIGNATURES.some((signature) => data.startsWith(signature))) return undefined;
  return modelError({
    message:
      'The image data you provided does not represent a valid image. Please check your input and try again.',
    param: at,
    code: 'invalid_value',
  });
}

/** Checks across items: each call has its output and the other way round. */
const PAIRING_RULE: Rule<LayerContext> = {
  name: 'each call has its output and each output its call',
  source: 'CLIProxyAPI#2368, PR 3688; codex2api#414',
  check: ({ body, history }) => {
    const items = [...history, ...asObjects(body['input'])];
    for (const { call, alsoAnswers, output, noun } of PAIRS) {
      const mustBeAnswered = idsOf(items, [call]);
      const calls = idsOf(items, [call, ...alsoAnswers]);
      const outputs = idsOf(items, [output]);
      const unanswered = [...mustBeAnswered].find((id) => !outputs.has(id));
      if (unanswered !== undefined) {
        return modelError({ message: `No tool output found for ${noun} ${unanswered}.`, param: 'input' });
      }
      const orphan = [...outputs].find((id) => !calls.has(id));
      if (orphan !== undefined) {
        return modelError({
          message: `No tool call found for ${noun} output with call_id ${orphan}.`,
          param: 'input',
        });
      }
    }
    return undefined;
  },
};

const PAIRS = [
  {
    call: 'function_call',
    alsoAnswers: ['local_shell_call'], // so the Codex CLI answers it
    output: 'function_call_output',
    noun: 'function call',
  },
  {
    call: 'custom_tool_call',
    alsoAnswers: [],
    output: 'custom_tool_call_output',
    noun: 'custom tool call',
  },
] as const;

function idsOf(items: readonly JsonObject[], types: readonly string[]): ReadonlySet<string> {
  const ofType = items.filter(({ type }) => types.some((known) => known === type));
  return new Set(ofType.map((item) => asText(item['call_id'])));
}

/** One rule for each check of an item, and the pairing of calls. */
export const INPUT_RULES: readonly Rule<LayerContext>[] = [
  ...ITEM_CHECKS.map(({ name, source, check }): Rule<LayerContext> => ({
    name,
    source,
    check: (context) => {
      for (const [index, item] of asObjects(context.body['input']).entries()) {
        const refusal = check(item, `input[${index}]`, context);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
  })),
  PAIRING_RULE,
];
