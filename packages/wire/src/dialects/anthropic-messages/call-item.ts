import type { OutputItem } from '../../codex/events.ts';
import { toolUseStart } from './message.ts';
import type { ItemRenderer, RenderState } from './render-state.ts';

/** How the text of a call becomes the JSON of a tool's input. */
interface InputForm {
  readonly before: string;
  readonly escape: (text: string) => string;
  readonly after: string;
}

const plainJson: InputForm = { before: '', escape: (text) => text, after: '' };
/** A custom tool takes a text; Anthropic tools take an object. */
const wrappedText: InputForm = {
  before: '{"input":"',
  escape: (text) => JSON.stringify(text).slice(1, -1),
  after: '"}',
};

/** A call of a function or of a custom tool. */
export function createCallItem(state: RenderState, index: number): ItemRenderer {
  const { sink, style } = state;
  let form: InputForm | null = null;
  let sent = '';
  const announce = (item: OutputItem): void => {
    if (form || !item.name) return;
    form = item.type === 'custom_tool_call' ? wrappedText : plainJson;
    const id = item.call_id ?? item.id ?? `call_${index}`;
    sink.openBlock(toolUseStart('tool_use', id, style.names.toClient(item.name)));
    if (form.before !== '') sink.input(form.before);
    state.calledTool = true;
  };
  const write = (text: string): void => {
    if (!form || text === '') return; // without a name yet: the finished item will bring it all
    sink.input(form.escape(text));
    sent += text;
  };
  const writeRest = (whole: string): void => {
    if (whole.startsWith(sent)) write(whole.slice(sent.length));
  };
  const end = ({ after }: InputForm): void => {
    if (after !== '') sink.input(after);
    sink.closeBlock();
  };
  return {
    begin: announce,
    take: (event) => {
      if (event.type === 'response.function_call_arguments.delta') write(event.delta);
      else if (event.type === 'response.custom_tool_call_input.delta') write(event.delta);
      else if (event.type === 'response.function_call_arguments.done') writeRest(event.arguments);
      else if (event.type === 'response.custom_tool_call_input.done') writeRest(event.input);
    },
    finish: (item) => {
      announce(item);
      writeRest(item.arguments ?? item.input ?? '');
      if (!form) return; // without a name nobody can answer it
      if (form === wrappedText || sent === '' || isJson(sent)) end(form);
      else state.hasBrokenCall = true;
    },
    cut: () => {
      if (!form) return;
      if (form === plainJson && isJson(sent)) end(form);
      else state.hasBrokenCall = true;
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // the arguments of a cut call
  }
}
