/** The call took longer than it was given. */
export class LateError extends Error {
  constructor(readonly milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = 'LateError';
  }
}

/**
 * Waits for `call` at most `milliseconds`; then its signal aborts and the promise rejects with `LateError`, whatever the call goes on to
 * do. A rejection that comes after the deadline is nobody's any more and is passed to `late`.
 */
export async function within<T>(
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<T> | T,
  options: { signal?: AbortSignal; late?: (error: unknown) => void } = {},
): Promise<T> {
  const timeout = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, timeout.signal]) : timeout.signal;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const work = (async () => call(signal))();
  work.catch((error: unknown) => {
    if (over) options.late?.(error);
  });
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over = true;
      const error = new LateError(milliseconds);
      timeout.abort(error);
      reject(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
