/** A password or code as it was typed: never trimmed, never echoed. Anything but a text counts as empty. */
export function secretField(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value: unknown = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}
