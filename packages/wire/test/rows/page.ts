import type { Remedy } from '../../src/codex/refusal.ts';
import { isRecord } from '../../src/record.ts';
import { smallestUpstream } from './observed.ts';
import {
  isRequestRow,
  type AcceptedCase,
  type AnswerRow,
  type Case,
  type Chapter,
  type DialectChapter,
  type Failure,
  type FaultCase,
  type GoldenCase,
  type Refused,
  type Row,
  type Section,
} from './row.ts';

const introduction = `# What happens with my field?

Every field that a client may send, and everything that may come back, with what the gateway makes of it. This page is
written by the tests that prove each line of it (\`packages/wire/test/rows\`).

| outcome | means |
| --- | --- |
| **map** | it is sent upstream, in the upstream's form |
| **local** | the gateway does it itself |
| **drop** | it is ignored, and nothing is lost by that |
| **drop+warn** | it is ignored; the answer's header \`x-gateway-warnings\` names it (a key with \`unsupportedParameters: strict\` is refused instead, with all names in one 400) |
| **400** | the request is refused, and the error names the field |
`;

/** The page in Markdown. */
export function page(chapters: readonly Chapter[]): string {
  const contents = chapters.map(
    ({ title, sections }) =>
      `- ${linkTo(title)}: ${sections.map(({ title: part }) => linkTo(part, title)).join(' · ')}`,
  );
  return `${[introduction, contents.join('\n'), ...chapters.map(chapterText)].join('\n')}\n`;
}

function headingOf(section: string, chapter: string): string {
  return `${chapter}: ${section.toLowerCase()}`;
}

function linkTo(title: string, chapter?: string): string {
  const heading = chapter === undefined ? title : headingOf(title, chapter);
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
  return `[${title}](#${anchor})`;
}

function chapterText(chapter: Chapter): string {
  const { title, sections } = chapter;
  const folder = 'dialect' in chapter ? chapter.dialect.name : '';
  return [
    `\n## ${title}\n`,
    ...('dialect' in chapter ? beginningOf(chapter) : [chapter.about]),
    ...sections.map((section) => sectionText(section, title, folder)),
  ].join('\n');
}

function beginningOf({ dialect, smallest }: DialectChapter): readonly string[] {
  const upstream = JSON.stringify(smallestUpstream(dialect, smallest));
  return [
    `\`POST /v1${dialect.path}\`. The smallest body is ${json(smallest)}, and this goes upstream for it:\n`,
    `    ${upstream}\n`,
    'The examples show what they have beside it, and what changes by that: `upstream` in the body that goes there, `here` in\nwhat the gateway does itself.',
  ];
}

function sectionText({ title, about, rows }: Section, chapter: string, folder: string): string {
  const asks = rows.some(isRequestRow);
  return [
    `\n### ${headingOf(title, chapter)}\n`,
    ...(about === undefined ? [] : [`${about}\n`]),
    asks
      ? '| field | outcome | what happens |\n| --- | --- | --- |'
      : '| what | what happens |\n| --- | --- |',
    ...rows.map((row) => tableRow(row)),
    '\n<details><summary>Examples</summary>\n',
    ...rows.map(
      (row) => `**${quoted(row)}**\n\n${row.cases.map((each) => `- ${caseText(each, folder)}`).join('\n')}\n`,
    ),
    '</details>',
  ].join('\n');
}

function tableRow(row: Row): string {
  const cells = isRequestRow(row)
    ? [quoted(row), row.outcome.join(', '), row.says]
    : [quoted(row), [...statusesOf(row), row.says].join(' ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Those that clients get when it is about a failure. */
function statusesOf({ cases }: AnswerRow): readonly string[] {
  const statuses = cases.flatMap((each) => ('told' in each ? [each.told.status] : []));
  return statuses.length === 0 ? [] : [`**${[...new Set(statuses)].join(', ')}.**`];
}

/** Names of the wire have spaces only behind a comma or a colon: they are code, other words are words. */
function quoted(row: Row): string {
  if (!isRequestRow(row)) return row.event;
  return /^[^ ]+([:,] [^ ]+)*$/.test(row.field) ? code(row.field) : row.field;
}

function caseText(each: Case, folder: string): string {
  if ('golden' in each) return goldenText(each, folder);
  if ('test' in each) return `[${each.test}](../${each.file})`;
  if ('told' in each) return faultText(each);
  const { sends, beside, setting } = each;
  const given = [
    isRecord(sends) ? sentText(sends) : `the body ${json(sends)}`,
    ...(beside ? [`beside ${json(beside)}`] : []),
    ...(setting ? [`where ${setting.words}`] : []),
  ];
  return `${given.join(', ')} → ${'refused' in each ? refusalText(each.refused) : effectText(each)}`;
}

function goldenText({ golden, stream, never, reply }: GoldenCase, folder: string): string {
  const told = [
    ...(stream === undefined ? [] : [`streamed ${code(stream)}`]),
    ...(never === undefined ? [] : [`streamed without ${code(never)}`]),
    ...(reply === undefined ? [] : [`as JSON ${code(reply)}`]),
  ];
  const link = `[${golden}](../packages/wire/fixtures/${folder}/streams/${golden}.sse)`;
  return told.length > 0 ? `${link}: ${told.join('; ')}` : link;
}

function faultText({ when, tries, told }: FaultCase): string {
  const { status, error, anthropic, headers = {} } = told;
  const words = 'fault' in when ? '' : `: ${error.message}`;
  const otherWords = anthropic.message === undefined ? '' : `: ${anthropic.message}`;
  const parts = [
    `${failureText(when)} → **${status}** ${[error.type, error.code, error.param].filter(Boolean).map(String).map(code).join(' ')}${words}`,
    `Messages **${anthropic.status ?? status}** ${code(anthropic.type)}${otherWords}`,
    ...Object.entries(headers).map(([name, value]) => code(`${name}: ${value}`)),
    ...(tries === undefined ? [] : [`tried first: ${remedyWords[tries]}`]),
  ];
  return parts.join('; ');
}

const remedyWords: Readonly<Record<Remedy, string>> = {
  none: 'nothing',
  fresh_token: 'a fresh token',
  other_account: 'another account',
  pause: 'the same again, after a pause',
  without_reasoning: 'the same without sealed reasoning',
};

function failureText(when: Failure): string {
  if ('fault' in when) return `\`${when.fault.kind}\``;
  if ('error' in when) return `the error ${json(when.error)}`;
  if ('event' in when) return `the event ${json(when.event)}`;
  const { status, body, retryAfterSeconds } = when;
  const wait = retryAfterSeconds === undefined ? '' : `, \`retry-after: ${retryAfterSeconds}\``;
  return `${status} ${typeof body === 'string' ? code(body || ' ') : json(body)}${wait}`;
}

function sentText(sends: Readonly<Record<string, unknown>>): string {
  const gone = Object.keys(sends).filter((name) => sends[name] === undefined);
  const left = Object.keys(sends).length > gone.length;
  return [...(left ? [json(sends)] : []), ...gone.map((name) => `no \`${name}\``)].join(', ') || 'nothing';
}

function refusalText({ status, code: error, param, message }: Refused): string {
  const place = param === null || message.includes(param) ? '' : ` at \`${param}\``;
  return `**${status}** \`${error}\`${place}: ${message}`;
}

function effectText({ upstream, warns, here = {} }: AcceptedCase): string {
  const effects = [
    ...(Object.keys(upstream).length > 0 ? [`upstream ${sentText(upstream)}`] : []),
    ...(Object.keys(here).length > 0 ? [`here ${json(here)}`] : []),
    ...(warns === undefined ? [] : [`\`x-gateway-warnings: ${warns}\``]),
  ];
  return effects.length > 0 ? effects.join('; ') : 'nothing changes';
}

function json(value: unknown): string {
  return code(JSON.stringify(value));
}

/** Text with backticks stands between more of them than it has. */
function code(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}
