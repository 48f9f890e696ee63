import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Role } from '../platform/access/principal.js';
import { FatalError } from '../platform/process/fatal.js';

/** Somebody who can sign in to the demo. */
export interface DemoAccount {
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Base32; accounts that have one are asked for a code of it. */
  readonly totpSecret?: string;
}

/** `<data dir>/demo.json`: for people who look for a password, and for scripts. Synthetic, but still 0600. */
export interface DemoFile {
  readonly baseUrl: string;
  /** The first account of each role is the one the rest of the file speaks of. */
  readonly accounts: readonly DemoAccount[];
  /** A session that starts now: the clinician signs in first, the client needs nobody signed in. */
  readonly session: { readonly clinicianUrl: string; readonly clientUrl: string };
  /** References the next start needs. */
  readonly references: {
    readonly appointmentId: string;
    readonly clinicianId: string;
    readonly clinicianZone: string;
    readonly clientId: string;
  };
}

/**
 * What an earlier start wrote, or undefined where there is no demo yet.
 * @throws FatalError for a file that is not one of ours.
 */
export function readDemoFile(file: string): DemoFile | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as DemoFile;
    if (Array.isArray(content.accounts) && typeof content.references?.appointmentId === 'string') return content;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new FatalError(`${file} cannot be read. Remove its folder to begin the demo anew.`);
}

/** In one step: whoever watches for the file reads all of it or none. */
export function writeDemoFile(file: string, content: DemoFile): void {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
