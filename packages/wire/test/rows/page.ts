import { isRecord } from '../../src/record.ts';
import { smallestUpstream } from './observed.ts';
import {
  isRequestRow,
  type AcceptedCase,
  type Case,
  type Chapter,
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

function chapterText({ title, dialect, smallest, sections }: Chapter): string {
  const upstream = JSON.stringify(smallestUpstream(dialect, smallest));
  return [
    `\n## ${title}\n`,
    `\`POST /v1${dialect.path}\`. The smallest body is ${json(smallest)}, and this goes upstream for it:\n`,
    `    ${upstream}\n`,
    'The examples show what they have beside it, and what changes by that: `upstream` in the body that goes there, `here` in\nwhat the gateway does itself.',
    ...sections.map((section) => sectionText(section, title, dialect.name)),
  ].join('\n');
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
  const says = row.says.replaceAll('|', '\\|');
  const name = quoted(row).replaceAll('|', '\\|');
  return isRequestRow(row) ? `| ${name} | ${row.outcome.join(', ')} | ${says} |` : `| ${name} | ${says} |`;
}

/** Names of the wire have spaces only behind a comma or a colon: they are code, other words are words. */
function quoted(row: Row): string {
  if (!isRequestRow(row)) return row.event;
  return /^[^ ]+([:,] [^ ]+)*$/.test(row.field) ? code(row.field) : row.field;
}

function caseText(each: Case, folder: string): string {
  if ('golden' in each) return goldenText(each, folder);
  if ('test' in each) return `[${each.test}](../${each.file})`;
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
