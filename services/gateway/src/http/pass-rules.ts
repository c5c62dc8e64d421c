import type { IncomingHttpHeaders } from 'node:http';
import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError, invalidRequest } from '@codex-gateway/wire/fault.ts';
import { isRecord } from '@codex-gateway/wire/record.ts';
import type { ApiKey } from '../keys/api-keys.ts';
import { checkModel } from '../keys/policy.ts';
import type { JsonBody } from './body.ts';
import { membersNamed, type MemberSpan } from './json-bytes.ts';

/** What one kind of pass-through allows itself; the way of a request is the same for all (pass-through.ts). */
export interface PassRules {
  /** @throws FaultError 403 */
  readonly checkKey: (key: ApiKey) => void;
  /** @throws FaultError 400 or 403 for the model that the body names */
  readonly prepare: (body: JsonBody, headers: IncomingHttpHeaders, naming: Naming) => Prepared;
  /** Whether heartbeats and a missing ending are added to streams. */
  readonly mends: boolean;
}

export interface Naming {
  readonly key: ApiKey;
  /** What a name means, with no effort that the name does not say. */
  readonly resolveName: (requested: string) => ResolvedModel;
}

/** What goes upstream. */
export interface Prepared {
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** Empty when the body names none. */
  readonly model: string;
}

/** Raw mode: nothing of the body changes, compressed or not, so no alias opens a model. */
export const rawRules: PassRules = {
  checkKey: ({ raw }) => {
    if (!raw) throw new FaultError({ kind: 'raw_not_allowed', message: 'This key may not use raw mode.' });
  },
  prepare: (body, headers, { key }) => {
    const models = modelsIn(body);
    const model = nameOf(models.at(-1));
    checkNames(models, key);
    return { bytes: body.received, headers, model };
  },
  mends: false,
};

/** The upstream speaks the format itself: only the bytes of the model's name change, where it stands for another. */
export const passRules: PassRules = {
  checkKey: () => {},
  prepare: (body, { 'content-encoding': _decoded, ...headers }, { key, resolveName }) => {
    const models = modelsIn(body);
    const last = models.at(-1);
    checkNames(models.slice(0, -1), key);
    if (!last) return { ...unnamed(key), bytes: body.decoded, headers };
    const model = resolveName(nameOf(last));
    refuseOptions(model);
    checkModel(key, { ...model, exists: true }); // whether it does, the upstream says itself
    const bytes = model.slug === model.requested ? body.decoded : renamed(body.decoded, last, model.slug);
    return { bytes, headers, model: model.slug };
  },
  mends: true,
};

function modelsIn({ value, decoded }: JsonBody): readonly MemberSpan[] {
  return isRecord(value) ? membersNamed(decoded, 'model') : [];
}

/** Of several members the last one counts, but readers differ: a key must be allowed all of them. */
function checkNames(models: readonly MemberSpan[], key: ApiKey): void {
  for (const { value } of models)
    if (typeof value === 'string') checkModel(key, { requested: value, slug: value, exists: true });
}

function nameOf(model: MemberSpan | undefined): string {
  if (!model) throw missing();
  if (typeof model.value === 'string' && model.value !== '') return model.value;
  throw invalidRequest("Invalid value for 'model': it must be a text.", 'model');
}

/** The API can do without where a stored prompt or an earlier answer names one; what a key may use is not seen then. */
function unnamed({ models }: ApiKey): Pick<Prepared, 'model'> {
  if (models.allow.length > 0 || models.deny.length > 0) throw missing();
  return { model: '' };
}

function missing(): FaultError {
  return invalidRequest("Missing required parameter: 'model'.", 'model');
}

/** What a name says beside the model would have to go into the body, which passes as it is. */
function refuseOptions({ requested, effort, preset = {} }: ResolvedModel): void {
  const options = new Set([...Object.keys(preset), ...(effort === null ? [] : ['effort'])]);
  if (options.size === 0) return;
  throw new FaultError({
    kind: 'unsupported_value',
    message: `Unsupported value for 'model': '${requested}' also sets ${[...options].join(', ')}; requests pass as they are here, so name the model alone and set these in the request.`,
    param: 'model',
  });
}

function renamed(bytes: Buffer, { start, end }: MemberSpan, slug: string): Buffer {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(JSON.stringify(slug)), bytes.subarray(end)]);
}
