import type { ResolvedModel, TokenLimit, Warnings } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { withoutPreset } from '../models/resolve.ts';
import { mayUseModel, type ApiKey } from './api-keys.ts';

/**
 * What a key allows, then what exists: a key that may not use a model does not learn whether it is there.
 *
 * @throws FaultError 403 `model_not_allowed`, 404 `model_not_found`
 */
export function checkModel(
  key: ApiKey,
  { requested, slug, exists }: Pick<ResolvedModel, 'requested' | 'slug' | 'exists'>,
): void {
  if (!mayUseModel(key, [withoutPreset(requested), slug])) {
    throw new FaultError({
      kind: 'model_not_allowed',
      message: `This key may not use the model '${requested}'.`,
      param: 'model',
    });
  }
  if (!exists) {
    const message = `The model '${requested}' does not exist or you do not have access to it.`;
    throw new FaultError({ kind: 'model_not_found', message, param: 'model' });
  }
}

/** @throws FaultError 400 `max_tokens_exceeded` */
export function checkMaxTokens(key: ApiKey, limit: TokenLimit | null): void {
  const cap = key.limits.maxTokens;
  if (cap === undefined || limit === null || limit.tokens <= cap) return;
  const message = `This key allows at most ${cap} output tokens, the request asks for ${limit.tokens}.`;
  throw new FaultError({ kind: 'max_tokens_exceeded', message, param: limit.field });
}

/**
 * A strict key is refused what other keys are only told of. Fields that no API knows are no mistake: clients send what
 * comes with later versions.
 *
 * @throws FaultError 400 `unsupported_parameter` that lists all of them
 */
export function checkParameters(key: ApiKey, { dropped, unknown = [] }: Warnings): void {
  if (key.unsupportedParameters !== 'strict') return;
  const unheard = new Set(unknown);
  const names = dropped.filter((name) => !unheard.has(name));
  const [first] = names;
  if (first === undefined) return;
  const [noun, verb] = names.length === 1 ? ['parameter', 'is'] : ['parameters', 'are'];
  const message = `Unsupported ${noun}: ${names.map((name) => `'${name}'`).join(', ')} ${verb} not available here.`;
  throw new FaultError({ kind: 'unsupported_parameter', message, param: first });
}
