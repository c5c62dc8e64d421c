import { piecesOf } from './deltas.ts';

/** How likely a token was, and which others were as likely or less. */
interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<TokenLogprob, 'top_logprobs'>[];
}

/** Made-up figures for the pieces of a text, the same for the same piece; `top` of them for each place. */
export function logprobsOf(text: string, top: number): readonly TokenLogprob[] {
  return piecesOf(text).map((token) => ({
    ...figures(token, 0),
    top_logprobs: Array.from({ length: top }, (_, rank) =>
      figures(rank === 0 ? token : `${token}~${rank}`, rank),
    ),
  }));
}

function figures(token: string, rank: number): Omit<TokenLogprob, 'top_logprobs'> {
  return { token, logprob: -(rank + token.length / 16), bytes: [...Buffer.from(token)] };
}
