import { invalidValue, missing, modelError } from '../../http/model-error.ts';
import type { Reply } from '../../http/reply.ts';
import { asText, type JsonObject } from '../../json.ts';
import type { World } from '../../world.ts';
import { ORGANIZATION } from '../organization.ts';

const ROLES = ['assistant', 'system', 'developer', 'user'] as const;

type ItemRule = (item: JsonObject, path: string, world: World) => Reply | undefined;

/** What the API refuses in a single item. */
const ITEM_RULES: readonly ItemRule[] = [
  ({ type, role }, path) => {
    if (type !== undefined && type !== 'message') return undefined;
    if (role === undefined) return missing(`${path}.role`);
    return ROLES.some((known) => known === role) ? undefined : invalidValue(role, ROLES, `${path}.role`);
  },
  ({ type, id }) =>
    type === 'item_reference'
      ? modelError({ message: `Item with id '${asText(id)}' not found.`, param: 'input', status: 404 })
      : undefined,
  ({ encrypted_content: sealed }, _path, { seals }) =>
    typeof sealed !== 'string' || sealed === '' || seals.opens(ORGANIZATION, sealed)
      ? undefined
      : modelError({
          message: `The encrypted content ${sealed.slice(0, 4)}...${sealed.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
          code: 'invalid_encrypted_content',
        }),
];

/** The refusal of the first item that may not be there as it is; a call needs its output and the other way round. */
export function refuseItems(items: readonly JsonObject[], world: World): Reply | undefined {
  for (const [index, item] of items.entries()) {
    for (const rule of ITEM_RULES) {
      const refusal = rule(item, `input[${index}]`, world);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}
