import type { JsonObject } from '../json.ts';
import type { UsageFigures } from '../model/answer.ts';

/** The changing members of a response object; the rest is written once for a request. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'failed' | 'incomplete';
  readonly usage?: UsageFigures;
  readonly error?: { readonly code: string; readonly message: string };
  readonly incompleteReason?: string;
}

export interface ResponseObject {
  readonly id: string;
  /** Takes a finished item, which a response object that lists its output will hold from now on. */
  readonly keep: (index: number, item: () => object) => void;
  /** The items that were kept. */
  readonly output: () => readonly object[];
  /** `"response":{…}`, as the lifecycle events carry it. */
  readonly render: (state: ResponseState) => string;
}

/** How a face writes its response objects. */
export interface ResponseForm {
  readonly id: string;
  readonly createdAt: number;
  /** The members that do not change, with an empty `output` in its place. */
  readonly echo: JsonObject & { readonly output: readonly [] };
  /** Whether `output` holds the items that are finished. */
  readonly listsOutput: boolean;
  readonly usage: (figures: UsageFigures) => object;
}

/** The response object of one request. */
export function createResponseObject(form: ResponseForm): ResponseObject {
  const { id, createdAt, echo, listsOutput } = form;
  const head = `"response":{"id":"${id}","object":"response","created_at":${createdAt},"status":"`;
  const emptyEcho = insideOf(echo);
  const kept: (() => object)[] = [];
  // an item that was cut off left a hole, which `flatMap` passes over
  const output = (): readonly object[] => kept.flatMap((make) => [make()]);
  return {
    id,
    output,
    keep: (index, item) => {
      if (listsOutput) kept[index] = item;
    },
    render: ({ status, usage, error, incompleteReason }) => {
      const completedAt = status === 'completed' ? createdAt : null;
      const incomplete = incompleteReason === undefined ? null : { reason: incompleteReason };
      const members = kept.length === 0 ? emptyEcho : insideOf({ ...echo, output: output() });
      return `${head}${status}","completed_at":${completedAt},"error":${JSON.stringify(error ?? null)},"incomplete_details":${JSON.stringify(incomplete)},${members},"usage":${usage === undefined ? 'null' : JSON.stringify(form.usage(usage))}}`;
    },
  };
}

/** A JSON object without its braces. */
function insideOf(value: JsonObject): string {
  return JSON.stringify(value).slice(1, -1);
}
