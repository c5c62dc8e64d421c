/** Simple rules of a system prompt, applied to a finished text. */

const UPPERCASE = /\b(?:all caps|upper ?case|capital letters|ALL CAPS)\b/i;
const LOWERCASE = /\blower ?case\b/i;
const ENDS_WITH =
  /\b(?:end|finish|conclude) (?:every|each|all|your)(?: of your)?(?: \w+)? ?(?:answers?|responses?|repl(?:y|ies)|messages?|sentences?)? with(?: the (?:words?|text|phrase|token|string))?:? ["'`“]?(.+?)["'`”]?(?:\.?\s*$|\.\s|\n)/im;
const STARTS_WITH =
  /\b(?:start|begin|prefix) (?:every|each|all|your)(?: of your)?(?: \w+)? ?(?:answers?|responses?|repl(?:y|ies)|messages?)? with(?: the (?:words?|text|phrase|token|string))?:? ["'`“]?(.+?)["'`”]?(?:\.?\s*$|\.\s|\n)/im;
const ALWAYS_SAYS =
  /\b(?:always|only|must|whatever|no matter|regardless)\b[^."\n]*\b(?:reply|respond|answer|say)\b[^."'\n]{0,60}["'`“]([^"'`”]+)["'`”]/i;
const OPENS_OR_CLOSES = /\b(?:start|begin|prefix|end|finish|conclude)\b/i;
const PIRATE = /\bpirate\b/i;

/** The text in the manner that the instructions ask for. */
export function inStyle(text: string, system: string): string {
  if (system === '') return text;
  return MANNERS.reduce((styled, manner) => manner(styled, system), text);
}

type Manner = (text: string, system: string) => string;

const MANNERS: readonly Manner[] = [
  (text, system) => {
    const [rule = '', fixed = text] = ALWAYS_SAYS.exec(system) ?? [];
    return OPENS_OR_CLOSES.test(rule) ? text : fixed;
  },
  (text, system) => (PIRATE.test(system) ? `Arrr, matey! ${text}` : text),
  (text, system) => {
    const start = STARTS_WITH.exec(system)?.[1] ?? '';
    return text.startsWith(start) ? text : `${start} ${text}`;
  },
  (text, system) => {
    const end = ENDS_WITH.exec(system)?.[1] ?? '';
    return text.endsWith(end) ? text : `${text} ${end}`;
  },
  (text, system) => (UPPERCASE.test(system) ? text.toUpperCase() : text),
  (text, system) => (LOWERCASE.test(system) ? text.toLowerCase() : text),
];
