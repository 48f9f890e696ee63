import { CONFIG_CLASSES } from './config.js';
import { variablesOf } from './variable.js';

/** The rows of docs/reference/configuration.md, made from the classes; a test holds the page to them. */
export function configurationRows(): string[] {
  return Object.values(CONFIG_CLASSES).flatMap((part) =>
    [...variablesOf(part).values()].map(
      ({ name, fallback, about }) => `| \`${name}\` | ${fallback ? `\`${fallback}\`` : 'unset'} | ${about} |`,
    ),
  );
}
