/** A ChatGPT account (workspace) with its person. */
export interface Account {
  readonly id: string;
  readonly plan: string;
  readonly email: string;
  readonly userId: string;
}
