import { Injectable } from '@nestjs/common';

export interface HealthPart {
  readonly name: string;
  readonly ok: boolean;
  /** A plain sentence for the admin page; no values, no PHI. */
  readonly detail: string;
  /** False for parts without which the server still serves (a plugin, disk warning). */
  readonly required: boolean;
}

type Check = () => Promise<{ ok: boolean; detail: string }>;

/** Parts of the server say how they are; readiness and the admin page ask. Each check has a second. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, { check: Check; required: boolean }>();
  private stopping = false;

  register(name: string, check: Check, options: { required?: boolean } = {}): void {
    this.checks.set(name, { check, required: options.required ?? true });
  }

  /** From now on the server is not ready, so that a balancer sends people elsewhere while it drains. */
  beginStopping(): void {
    this.stopping = true;
  }

  async report(): Promise<HealthPart[]> {
    const parts = await Promise.all(
      [...this.checks].map(async ([name, { check, required }]) => ({
        name,
        required,
        ...(await within(check, 1_000)),
      })),
    );
    if (this.stopping) parts.push({ name: 'process', required: true, ok: false, detail: 'stopping' });
    return parts;
  }

  async isReady(): Promise<boolean> {
    return (await this.report()).every((part) => part.ok || !part.required);
  }
}

async function within(check: Check, milliseconds: number): Promise<{ ok: boolean; detail: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ ok: boolean; detail: string }>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${milliseconds} ms` }), milliseconds);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.name : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
