import type { IncomingMessage } from 'node:http';

/**
 * The text of the key a request carries, or undefined when it carries none. Two headers are no key: which of them would count must
 * never be a question of who reads them. Other schemes, and tokens of other systems in front of us, are none of our business.
 */
export function keyTextOf(request: Pick<IncomingMessage, 'headersDistinct'>): string | undefined {
  const headers = request.headersDistinct.authorization ?? [];
  const texts = headers.flatMap((header) => /^bearer[ \t]+(alc_.*)$/is.exec(header.trim())?.[1] ?? []);
  if (texts.length === 0) return undefined;
  return headers.length === 1 ? texts[0] : '';
}
