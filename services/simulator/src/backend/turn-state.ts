import { base64urlDigest } from '../digest.ts';

/** The sticky-routing token of one turn: it names the turn and the account that it may come back from. */
export function turnStateFor(accountId: string, turn: string): string {
  return `ts_${base64urlDigest(`account:${accountId}`)}.${base64urlDigest(`turn:${turn}`)}`;
}

export type TurnStateJudgement =
  | { readonly kind: 'absent'; readonly give: string }
  | { readonly kind: 'returned' }
  | { readonly kind: 'foreign'; readonly why: string };

/** Whether a turn state came back where it belongs. */
export function judgeTurnState(
  header: string | undefined,
  { accountId, turn }: { readonly accountId: string; readonly turn: string },
): TurnStateJudgement {
  const own = turnStateFor(accountId, turn);
  if (header === undefined) return { kind: 'absent', give: own };
  if (header === own) return { kind: 'returned' };
  const isOwnAccount = header.split('.')[0] === own.split('.')[0];
  return {
    kind: 'foreign',
    why: isOwnAccount
      ? 'a turn state came back in another turn'
      : 'a turn state came back on another account',
  };
}
