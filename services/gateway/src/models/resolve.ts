import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { invalidRequest } from '@codex-gateway/wire/fault.ts';
import type { OperatorChoices } from '../operator-choices.ts';
import { matchesWildcard } from '../wildcard.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { effortNames } from './effort-name.ts';

type ModelChoices = OperatorChoices['models'][string];

/** Choices that hold unless the operator has others. */
const builtInChoices: Readonly<Record<string, ModelChoices>> = { 'gpt-5.4': { defaultEffort: 'xhigh' } };

const providerPrefix = /^(openai|anthropic)\//;
const aliasPrefix = /^claude-/;
/** By which Claude Code's users ask for a window of a million tokens; it is cut off by the client, mostly. */
const windowMark = /\[1m\]$/;
const effortSuffix = new RegExp(`^(.+)-(${effortNames.join('|')})$`);

/** What model names mean with these choices. @throws FaultError 400 for a preset that does not exist */
export type ResolveModel = (catalog: Catalog, requested: string) => ResolvedModel;

/**
 * A name is read in this order: what follows the first `@` is a preset; a provider's prefix and `[1m]` are cut; an exact slug; an
 * alias of the operator; `claude-<slug>`; and the same again for what stands before an effort (`gpt-5.5-high`).
 */
export function createModelResolver(choices: OperatorChoices): ResolveModel {
  return createResolver(choices, (slug) => choicesFor(slug, choices));
}

/** The same without the efforts that the operator has set for models: only what the name itself says. */
export function createNameResolver(choices: OperatorChoices): ResolveModel {
  return createResolver(choices, () => ({}));
}

function createResolver(choices: OperatorChoices, effortsOf: (slug: string) => ModelChoices): ResolveModel {
  return (catalog, requested) => {
    const [nameOnly = '', presetName] = splitPreset(requested);
    const preset = presetName === undefined ? undefined : presetOf(choices, presetName);
    const name = nameOnly.replace(providerPrefix, '').replace(windowMark, '');
    const { slug, effort } = find(name, catalog, choices) ?? { slug: name, effort: null };
    const entry = entryOf(catalog, slug);
    return {
      requested,
      slug,
      exists: entry !== undefined || !catalog.complete,
      ...describedBy(entry),
      ...effortOf(effort ?? preset?.effort ?? null, effortsOf(slug)),
      ...(preset && { preset }),
    };
  };
}

function describedBy(entry: CatalogEntry | undefined): Pick<ResolvedModel, 'efforts' | 'window'> {
  const window = entry?.context_window;
  const efforts = entry?.supported_reasoning_levels?.map(({ effort }) => effort) ?? null;
  return typeof window === 'number' ? { efforts, window } : { efforts };
}

function choicesFor(slug: string, { models }: OperatorChoices): ModelChoices {
  return { ...own(builtInChoices, slug), ...own(models, slug) };
}

/** Beside a pinned effort a default has no say. */
function effortOf(named: string | null, { defaultEffort, pinnedEffort }: ModelChoices) {
  if (pinnedEffort !== undefined) return { effort: named, pinnedEffort };
  return { effort: named ?? defaultEffort ?? null };
}

/** The name without its preset, which no policy is about. */
export function withoutPreset(requested: string): string {
  return splitPreset(requested)[0] ?? '';
}

function splitPreset(requested: string): readonly string[] {
  const at = requested.indexOf('@');
  return at === -1 ? [requested] : [requested.slice(0, at), requested.slice(at + 1)];
}

function presetOf({ presets }: OperatorChoices, name: string): OperatorChoices['presets'][string] {
  const preset = own(presets, name);
  if (preset) return preset;
  const names = Object.keys(presets);
  const existing = names.length > 0 ? `the presets are ${names.join(', ')}` : 'there are none';
  throw invalidRequest(`Invalid value for 'model': there is no preset '${name}'; ${existing}.`, 'model');
}

interface Found {
  readonly slug: string;
  readonly effort: string | null;
}

function find(name: string, catalog: Catalog, choices: OperatorChoices): Found | null {
  const whole = slugOf(name, catalog, choices);
  if (whole !== null) return { slug: whole, effort: null };
  const [, stem, effort = null] = effortSuffix.exec(name) ?? [];
  const slug = stem === undefined ? null : slugOf(stem, catalog, choices);
  return slug === null ? null : { slug, effort };
}

function slugOf(name: string, catalog: Catalog, { aliases }: OperatorChoices): string | null {
  if (entryOf(catalog, name)) return name;
  const alias = own(aliases, name) ?? globOf(aliases, name);
  if (alias !== undefined) return alias;
  const withoutAlias = name.replace(aliasPrefix, '');
  return entryOf(catalog, withoutAlias) ? withoutAlias : null;
}

function globOf(aliases: OperatorChoices['aliases'], name: string): string | undefined {
  return Object.entries(aliases).find(([pattern]) => matchesWildcard(pattern, name))?.[1];
}

function entryOf({ entries }: Catalog, slug: string): CatalogEntry | undefined {
  return entries.find((entry) => entry.slug === slug);
}

/** A member that the operator wrote: `constructor` and its kin are names like any other. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
