/** Ends a command or the server with one clear line instead of a stack trace: the operator can do something about it. */
export class FatalError extends Error {
  constructor(
    /** What is wrong and what to do; several lines where several things are wrong. No secrets. */
    message: string,
    /** Exit code of the process, never 0. */
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'FatalError';
  }
}
