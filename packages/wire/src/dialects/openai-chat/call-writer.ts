import type { AnswerStyle } from './answer-style.ts';
import type { Call, CallWriter } from './call-line.ts';
import type { Output } from './output.ts';

/** Id, type and name stand in a call's first delta only: an SDK takes a second name for another call. */
export function createCallWriter({ legacy, names }: AnswerStyle, output: Output): CallWriter {
  return legacy ? legacyWriter(names.toClient, output) : toolWriter(names.toClient, output);
}

function toolWriter(clientName: (name: string) => string, output: Output): CallWriter {
  const write = (call: Readonly<Record<string, unknown>>): void => output.delta({ tool_calls: [call] });
  return {
    begin: ({ index, id, kind, name }) => {
      const empty = kind === 'function' ? { arguments: '' } : { input: '' };
      write({ index, id, type: kind, [kind]: { name: clientName(name), ...empty } });
    },
    more: ({ index, kind }, text) =>
      write({ index, [kind]: kind === 'function' ? { arguments: text } : { input: text } }),
  };
}

/** The form of `functions` has room for one call. */
function legacyWriter(clientName: (name: string) => string, output: Output): CallWriter {
  const write = ({ index }: Call, call: Readonly<Record<string, string>>): void => {
    if (index === 0) output.delta({ function_call: call });
  };
  return {
    begin: (call) => write(call, { name: clientName(call.name), arguments: '' }),
    more: (call, text) => write(call, { arguments: text }),
  };
}
