/** A declared path (`/a/:id`, `/files/*rest`) as a regular expression over a request path. */
export function pathPattern(path: string): RegExp {
  const parts = path.split('/').filter((part) => part !== '');
  const source = parts.map((part) => {
    if (part.startsWith(':')) return '/[^/]+';
    if (part.startsWith('*') || part.startsWith('{*')) return '(?:/.*)?';
    return `/${part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
  });
  return new RegExp(`^${source.join('')}/?$`);
}
