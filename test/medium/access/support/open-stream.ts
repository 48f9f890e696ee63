import { get } from 'node:http';
import type { HttpPerson } from '../../../support/http-person.js';

/** A live stream as a browser holds it, without coming back by itself. */
export interface OpenStream {
  readonly status: number;
  /** Resolves with the milliseconds until it ended, counted from `from` on `performance.now()`. */
  endedAfter(from: number): Promise<number>;
  readonly isOpen: boolean;
  close(): void;
}

export function openStream(person: HttpPerson, path: string): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream', cookie: person.cookie };
    const request = get(person.url + path, { headers, agent: false }, (response) => {
      let isOpen = true;
      const ended = new Promise<number>((end) => {
        response.once('close', () => {
          isOpen = false;
          end(performance.now());
        });
      });
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        endedAfter: async (from) => (await ended) - from,
        get isOpen() {
          return isOpen;
        },
        close: () => void request.destroy(),
      });
    });
    request.once('error', reject);
  });
}
