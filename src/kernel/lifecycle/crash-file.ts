import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** What the watchdog leaves behind when it ends a blocked process. */
export interface CrashReport {
  /** The plugin that was running, or null when it was the core itself. */
  readonly pluginId: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly blockedMs: number;
  /** Where it was: files of the innermost calls. */
  readonly frames: readonly string[];
}

export const crashFile = (dataDir: string): string => path.join(dataDir, 'plugins', 'crash.json');

/** The report of the last blocked process, if there is one. A file that cannot be read as one is reported as such, not skipped. */
export function readCrash(dataDir: string): CrashReport | undefined {
  let text: string;
  try {
    text = readFileSync(crashFile(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const report = parse(text);
  return {
    pluginId: typeof report.pluginId === 'string' ? report.pluginId : null,
    at: typeof report.at === 'string' ? report.at : 'unknown',
    blockedMs: typeof report.blockedMs === 'number' ? report.blockedMs : 0,
    frames: Array.isArray(report.frames) ? report.frames.filter((frame) => typeof frame === 'string') : [],
  };
}

/** Called when the report has been acted on and that is stored. */
export const removeCrash = (dataDir: string): void => rmSync(crashFile(dataDir), { force: true });

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    // A half-written file cannot happen (it is renamed into place); a damaged one still says that something was blocked.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
