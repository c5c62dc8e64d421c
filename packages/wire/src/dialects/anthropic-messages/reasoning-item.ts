import { thinkingStart } from './message.ts';
import type { ItemRenderer, RenderState } from './render-state.ts';
import { PART_SEPARATOR, sealSignature } from './signature.ts';

/** Reasoning: a thinking block with the summary and the seal, as far as the client asked for them. */
export function createReasoningItem({ sink, style, account }: RenderState): ItemRenderer {
  const parts: string[] = [];
  let place = '';
  let open = false;
  const write = (at: string, delta: string): void => {
    if (style.display !== 'shown' || delta === '') return;
    if (!open) sink.openBlock(thinkingStart);
    open = true;
    if (at !== place) {
      if (parts.length > 0) sink.thinking(PART_SEPARATOR);
      parts.push('');
      place = at;
    }
    parts.push((parts.pop() ?? '') + delta);
    sink.thinking(delta);
  };
  const writeRest = (texts: readonly string[]): void => {
    const last = parts.at(-1) ?? '';
    const lastWhole = texts[parts.length - 1];
    const more = texts.slice(parts.length);
    if (lastWhole?.startsWith(last) === true) write(place, lastWhole.slice(last.length));
    more.forEach((text, index) => write(`rest.${index}`, text));
  };
  const seal = (encryptedContent: string): void => {
    const partLengths = parts.map((part) => part.length);
    sink.signature(sealSignature({ encryptedContent, partLengths, model: style.model.slug, account }));
    sink.closeBlock();
    open = false;
  };
  return {
    take: (event) => {
      if (event.type === 'response.reasoning_summary_text.delta')
        write(`summary.${event.summary_index}`, event.delta);
      else if (event.type === 'response.reasoning_text.delta')
        write(`text.${event.content_index}`, event.delta);
    },
    finish: ({ summary, content, encrypted_content: encrypted }) => {
      if (style.display === 'hidden') return;
      const texts = [...(summary ?? []), ...(content ?? [])].map(({ text }) => text ?? '');
      writeRest(texts.filter((text) => text !== ''));
      if (encrypted && !open) {
        sink.openBlock(thinkingStart);
        open = true;
      }
      if (open) seal(encrypted ?? '');
    },
    cut: () => {
      if (open) seal('');
    },
  };
}
