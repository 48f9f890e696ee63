import { readFileSync } from 'node:fs';

/** Words of the meeting, by key. Read from the plugin's locale file, so that the page can show them without asking the server again. */
export function readLabels(): Readonly<Record<string, string>> {
  const file = JSON.parse(readFileSync(new URL('../locales/en.json', import.meta.url), 'utf8')) as {
    room: Record<string, string>;
  };
  return file.room;
}
