import { DomainError } from '../errors/domain-error.js';
import { messageOf } from './error-facts.js';
import { FatalError } from './fatal.js';

interface Step {
  readonly name: string;
  readonly timeoutMs: number;
  readonly close: () => Promise<void> | void;
}

/** A second signal sooner than this is an echo: a terminal, npm and the launcher each pass on the same Ctrl-C. */
const ECHO_MS = 1_000;

/**
 * The ordered end of a process. Steps are registered in the order things start and run in reverse, so that what came first (the
 * database) goes last. Each step is bounded: one that hangs or fails is reported and the next one runs.
 */
export class Shutdown {
  private readonly steps: Step[] = [];
  private ending: Promise<void> | null = null;
  private endingSince = 0;

  constructor(
    /** Where lines for the operator go. */
    private readonly say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
    /** Ends the process; a seam for tests. */
    private readonly exit: (code: number) => void = (code) => process.exit(code),
  ) {}

  /** Adds what is to be closed; `timeoutMs` bounds it. */
  onShutdown(name: string, close: () => Promise<void> | void, timeoutMs = 10_000): void {
    this.steps.push({ name, close, timeoutMs });
  }

  /** True from the first request to end on. */
  get isEnding(): boolean {
    return this.ending !== null;
  }

  /** Ends on SIGINT and SIGTERM with exit code 0; a second signal ends at once with code 1. */
  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.onSignal(signal));
    // The terminal going away is a wish to end, too.
    process.on('SIGHUP', () => this.onSignal('SIGHUP'));
  }

  /** Runs all steps once, however often it is asked, then exits with `code`. */
  async end(code: number): Promise<void> {
    this.endingSince ||= Date.now();
    this.ending ??= this.runSteps();
    await this.ending;
    this.exit(code);
  }

  /** Says what went wrong (one line for a FatalError), closes what was opened, exits with a code that is not 0. */
  async fail(error: unknown): Promise<void> {
    for (const line of linesFor(error)) this.say(line);
    await this.end(error instanceof FatalError ? error.exitCode : 1);
  }

  private onSignal(signal: NodeJS.Signals): void {
    if (!this.isEnding) {
      void this.end(0);
    } else if (Date.now() - this.endingSince > ECHO_MS) {
      this.say(`alcove: ${signal} again, ending at once`);
      this.exit(1);
    }
  }

  private async runSteps(): Promise<void> {
    for (const step of [...this.steps].reverse()) await this.runStep(step);
  }

  private async runStep(step: Step): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), step.timeoutMs);
    });
    try {
      const outcome = await Promise.race([step.close(), late]);
      if (outcome === 'late')
        this.say(`alcove: closing ${step.name} took longer than ${step.timeoutMs / 1_000} s, going on`);
    } catch (error) {
      this.say(`alcove: closing ${step.name} failed: ${messageOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Errors an operator can act on are one line each; anything else is a mistake of ours and shows where it happened. */
function linesFor(error: unknown): string[] {
  if (error instanceof FatalError || error instanceof DomainError) {
    return error.message.split('\n').map((line) => `alcove: ${line}`);
  }
  return [`alcove: unexpected error`, error instanceof Error ? (error.stack ?? error.message) : messageOf(error)];
}
