import type { Conversation } from './conversation.ts';
import { withoutDirectives } from './directives.ts';
import { literally } from './pattern.ts';
import { wantsBrief } from './phrases.ts';

/** What was said earlier and can be asked for: "My name is Ada" … "What is my name?". */

const REMEMBER =
  /\bremember\b(?: that| this)?(?:[^:.]*?(?:number|word|code|phrase|name|color|colour))?(?: is)?:? ?["'`]?([\p{L}\p{N}_-]+)/iu;
const ASKS_REMEMBERED = /\bwhat\b.*\b(?:remember|told you|said|asked you|mention)/i;
const ASKS_MY = /\bwhat(?:'s| is| was)? my ((?:favou?rite )?[\p{L}]+)/iu;
const ASKS_SUMMARY = /\bsummary of the conversation\b[\s\S]*<summary>/i;
const ASKS_YOUR_NAME = /\b(?:what(?:'s| is) your name|who are you)\b/i;

/** What a question about the past can be answered from. */
export interface Told {
  readonly prompt: string;
  readonly earlier: readonly string[];
  readonly system: string;
  readonly lastAnswer: string;
}

/** An answer from earlier messages or the instructions, when the prompt asks for one. */
export function recall(told: Told): string | undefined {
  for (const attempt of [recallStated, recallOwnName, recallSum, recallRemembered, recallSecret]) {
    const answer = attempt(told);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** An agent that compacts its conversation gets all that a person has said, in the tags that it looks for. */
export function summaryFor({ prompt, earlierUserTexts }: Conversation): string | undefined {
  if (!ASKS_SUMMARY.test(prompt)) return undefined;
  const said = earlierUserTexts.map(withoutDirectives).join('\n');
  return `<analysis>\nAll that was said.\n</analysis>\n\n<summary>\n${said}\n</summary>`;
}

/** "Add 3 to your last answer." */
function recallSum({ prompt, lastAnswer }: Told): string | undefined {
  const [, summand] =
    /\badd (-?\d+) to (?:your|the|that)(?: last| previous)? (?:answer|number|result)/i.exec(prompt) ?? [];
  const [number] = /-?\d+(?:\.\d+)?/.exec(lastAnswer) ?? [];
  return summand === undefined || number === undefined ? undefined : String(Number(number) + Number(summand));
}

function recallStated({ prompt, earlier, system }: Told): string | undefined {
  const [, subject] = ASKS_MY.exec(prompt) ?? [];
  const value = subject === undefined ? undefined : statedValue(subject, [system, ...earlier, prompt]);
  if (value === undefined) return undefined;
  return wantsBrief(prompt) ? value : `Your ${subject} is ${value}.`;
}

function recallOwnName({ prompt, system }: Told): string | undefined {
  if (!ASKS_YOUR_NAME.test(prompt)) return undefined;
  const [, first, second] =
    /\byour name is ([\p{L}\p{N}_-]+)|\byou are (?:called|named) ([\p{L}\p{N}_-]+)/iu.exec(system) ?? [];
  const name = first ?? second;
  return name === undefined ? undefined : `My name is ${name}.`;
}

function recallRemembered({ prompt, earlier, system }: Told): string | undefined {
  if (!ASKS_REMEMBERED.test(prompt)) return undefined;
  const value = [system, ...earlier]
    .map((text) => REMEMBER.exec(text)?.[1])
    .findLast((found) => found !== undefined);
  if (value !== undefined) return `You asked me to remember ${value}.`;
  const last = earlier.at(-1);
  return last === undefined ? undefined : `You said: ${last}`;
}

function recallSecret({ prompt, earlier, system }: Told): string | undefined {
  const [, topic] = /\bwhat(?:'s| is| was) the (?:secret |magic )?(\p{L}+)\b/iu.exec(prompt) ?? [];
  const value = topic === undefined ? undefined : secretValue(topic, [system, ...earlier]);
  return value === undefined ? undefined : `The ${topic} is ${value}.`;
}

function statedValue(subject: string, told: readonly string[]): string | undefined {
  const stated = new RegExp(
    String.raw`\bmy ${literally(subject)} (?:is|=|:) ?["'\x60]?([\p{L}\p{N}_-]+)`,
    'iu',
  );
  const named = /\b(?:I'm|I am|call me) (\p{Lu}[\p{L}_-]+)/u;
  return told
    .map((text) => stated.exec(text)?.[1] ?? (subject === 'name' ? named.exec(text)?.[1] : undefined))
    .findLast((value) => value !== undefined);
}

function secretValue(topic: string, told: readonly string[]): string | undefined {
  const stated = new RegExp(
    String.raw`\bthe (?:secret |magic )?${literally(topic)} (?:is|=|:) ?["'\x60]?([\p{L}\p{N}_-]+)`,
    'iu',
  );
  return told.map((text) => stated.exec(text)?.[1]).findLast((value) => value !== undefined);
}
