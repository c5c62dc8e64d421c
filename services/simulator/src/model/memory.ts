import { literally } from './pattern.ts';

/** What was said earlier and can be asked for: "My name is Ada" … "What is my name?". */

const REMEMBER =
  /\bremember\b(?: that| this)?(?:[^:.]*?(?:number|word|code|phrase|name|color|colour))?(?: is)?:? ?["'`]?([\p{L}\p{N}_-]+)/iu;
const ASKS_REMEMBERED = /\bwhat\b.*\b(?:remember|told you|said|asked you|mention)/i;
const ASKS_MY = /\bwhat(?:'s| is| was)? my ((?:favou?rite )?[\p{L}]+)/iu;
const ASKS_YOUR_NAME = /\b(?:what(?:'s| is) your name|who are you)\b/i;

/** An answer from earlier messages or the instructions, when the prompt asks for one. */
export function recall(prompt: string, earlier: readonly string[], system: string): string | undefined {
  const told = [...earlier, system];
  const [, subject] = ASKS_MY.exec(prompt) ?? [];
  if (subject !== undefined) {
    const value = statedValue(subject, told);
    return value === undefined ? undefined : `Your ${subject} is ${value}.`;
  }
  if (ASKS_YOUR_NAME.test(prompt)) {
    const name = /\byour name is ([\p{L}\p{N}_-]+)|\byou are (?:called|named) ([\p{L}\p{N}_-]+)/iu.exec(
      system,
    );
    const known = name?.[1] ?? name?.[2];
    return known === undefined ? undefined : `My name is ${known}.`;
  }
  if (!ASKS_REMEMBERED.test(prompt)) {
    const [, topic] = /\bwhat(?:'s| is| was) the (?:secret |magic )?(\p{L}+)\b/iu.exec(prompt) ?? [];
    const value = topic === undefined ? undefined : secretValue(topic, told);
    return value === undefined ? undefined : `The ${topic} is ${value}.`;
  }
  const remembered = told.map((text) => REMEMBER.exec(text)?.[1]).findLast((value) => value !== undefined);
  const last = earlier.at(-1);
  if (remembered !== undefined) return `You asked me to remember ${remembered}.`;
  return last === undefined ? undefined : `You said: ${last}`;
}

function statedValue(subject: string, told: readonly string[]): string | undefined {
  const stated = new RegExp(
    String.raw`\bmy ${literally(subject)} (?:is|=|:) ?["'\`]?([\p{L}\p{N}_-]+)`,
    'iu',
  );
  const named = /\b(?:I'm|I am|call me) (\p{Lu}[\p{L}_-]+)/u;
  return told
    .map((text) => stated.exec(text)?.[1] ?? (subject === 'name' ? named.exec(text)?.[1] : undefined))
    .findLast((value) => value !== undefined);
}

function secretValue(topic: string, told: readonly string[]): string | undefined {
  const stated = new RegExp(
    String.raw`\bthe (?:secret |magic )?${literally(topic)} (?:is|=|:) ?["'\`]?([\p{L}\p{N}_-]+)`,
    'iu',
  );
  return told.map((text) => stated.exec(text)?.[1]).findLast((value) => value !== undefined);
}
