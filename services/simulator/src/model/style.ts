/** Simple rules of a system prompt, applied to a finished text. */

const UPPERCASE = /\b(?:all caps|upper ?case|capital letters|ALL CAPS)\b/i;
const LOWERCASE = /\blower ?case\b/i;
const ENDS_WITH =
  /\b(?:end|finish|conclude) (?:every|each|all|your)(?: of your)?(?: \w+)? ?(?:answers?|responses?|repl(?:y|ies)|messages?|sentences?)? with(?: the (?:words?|text|phrase|token|string))?:? ["'`“]?(.+?)["'`”]?(?:\.?\s*$|\.\s|\n)/im;
const STARTS_WITH =
  /\b(?:start|begin|prefix) (?:every|each|all|your)(?: of your)?(?: \w+)? ?(?:answers?|responses?|repl(?:y|ies)|messages?)? with(?: the (?:words?|text|phrase|token|string))?:? ["'`“]?(.+?)["'`”]?(?:\.?\s*$|\.\s|\n)/im;
const ALWAYS_SAYS =
  /\b(?:always|only|must) (?:reply|respond|answer|say)(?: only| exactly)*(?: with)?(?: exactly| only| just)?(?: the (?:words?|text|phrase))?:? ["'`“]([^"'`”]+)["'`”]/i;
const PIRATE = /\bpirate\b/i;

/** The text in the manner that the instructions ask for. */
export function inStyle(text: string, system: string): string {
  if (system === '') return text;
  let styled = ALWAYS_SAYS.exec(system)?.[1] ?? text;
  if (PIRATE.test(system)) styled = `Arrr, matey! ${styled}`;
  const start = STARTS_WITH.exec(system)?.[1];
  if (start !== undefined && !styled.startsWith(start)) styled = `${start} ${styled}`;
  const end = ENDS_WITH.exec(system)?.[1];
  if (end !== undefined && !styled.endsWith(end)) styled = `${styled} ${end}`;
  if (UPPERCASE.test(system)) return styled.toUpperCase();
  return LOWERCASE.test(system) ? styled.toLowerCase() : styled;
}
