import { textStart } from './message.ts';
import type { ItemRenderer, RenderState } from './render-state.ts';

/** Text and refusals: one block for each part that says something. */
export function createTextItem({ sink }: RenderState): ItemRenderer {
  let part = -1;
  let open = false;
  let sent = 0;
  const close = (): void => {
    if (open) sink.closeBlock();
    open = false;
  };
  const write = (index: number, text: string): void => {
    const over = index < part || (index === part && !open);
    if (text === '' || over) return;
    if (index !== part) {
      close();
      sink.openBlock(textStart);
      [part, open, sent] = [index, true, 0];
    }
    sink.text(text);
    sent += text.length;
  };
  const finishPart = (index: number, text: string): void => {
    write(index, index === part ? text.slice(sent) : text);
    if (index === part) close();
  };
  return {
    take: (event) => {
      if (event.type === 'response.output_text.delta') write(event.content_index, event.delta);
      else if (event.type === 'response.refusal.delta') write(event.content_index, event.delta);
      else if (event.type === 'response.output_text.done') finishPart(event.content_index, event.text);
      else if (event.type === 'response.refusal.done') finishPart(event.content_index, event.refusal);
    },
    finish: ({ content }) => {
      content?.forEach(({ text, refusal }, index) => finishPart(index, text ?? refusal ?? ''));
      close();
    },
    cut: close,
  };
}
