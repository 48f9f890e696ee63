/** One thing the doctor looked at. */
export interface Finding {
  /** Short name, stable for programs: `database`, `disk`, ... */
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  /** One sentence; for `warn` and `fail` with what to do. No secrets. */
  readonly text: string;
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text });
export const warn = (check: string, text: string): Finding => ({ check, state: 'warn', text });
export const fail = (check: string, text: string): Finding => ({ check, state: 'fail', text });

/** Findings as lines for a terminal. */
export function findingLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.map(({ check, state, text }) => `${state.padEnd(4)}  ${check.padEnd(width)}  ${text}`);
}

/** 1 when something has to be mended, 0 when all is well or only advice is left. */
export const doctorExitCode = (findings: readonly Finding[]): 0 | 1 =>
  findings.some(({ state }) => state === 'fail') ? 1 : 0;
