/** Why something that was asked about a login was not done. */
export type LoginErrorCode =
  /** `ACCOUNTS` does not list the alias. */
  | 'unknown_account'
  /** No device login has this id, or the broker that began it has ended. */
  | 'unknown_login'
  /** What was brought is no login; the message names the field. */
  | 'invalid_login'
  /** The record is of another ChatGPT account, and nobody said that it may be replaced. */
  | 'other_account'
  /** This login was adopted before. */
  | 'already_adopted'
  /** The stored record cannot be understood, and may be newer than what was brought. */
  | 'unreadable_record'
  /** The login belongs to the Codex CLI of the machine. */
  | 'borrowed_account'
  /** Device codes are not to be had; the browser login may be. */
  | 'device_codes_switched_off'
  | 'issuer_failed'
  | 'store_failed';

/** Ends what was asked about a login; the message is for the person who asked and never holds a token. */
export class LoginError extends Error {
  readonly code: LoginErrorCode;

  constructor(code: LoginErrorCode, message: string) {
    super(message);
    this.name = 'LoginError';
    this.code = code;
  }
}
