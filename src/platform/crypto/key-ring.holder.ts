import { keyRingError } from './crypto.errors.js';
import { readKeyRingFile, replaceKeyRingFile, type KeyRingSettings } from './key-ring.file.js';
import type { KeyRing } from './key-ring.js';

/**
 * The ring this process works with. Another process may rotate the master key meanwhile: whoever meets a master key it does not
 * know asks for `reload` once before it gives up.
 */
export class KeyRingHolder {
  constructor(
    private held: KeyRing,
    private readonly settings: KeyRingSettings,
  ) {}

  get ring(): KeyRing {
    return this.held;
  }

  /** Ids of the master keys, the current one first; what the security page shows. */
  get masterIds(): string[] {
    const others = [...this.held.masters.keys()].filter((id) => id !== this.held.current);
    return [this.held.current, ...others];
  }

  /** True when the ring comes from the environment, so that this process cannot change it. */
  get fixed(): boolean {
    return this.settings.inline !== undefined;
  }

  async reload(): Promise<KeyRing> {
    if (!this.fixed) this.held = (await readKeyRingFile(this.settings.file)) ?? this.held;
    return this.held;
  }

  /** Stores another ring in the file, then works with it. `keys-fixed` when the ring comes from the environment. */
  async replace(ring: KeyRing): Promise<void> {
    if (this.fixed) throw keyRingError('keys-fixed', 'ALCOVE_KEY_RING');
    await replaceKeyRingFile(this.settings.file, ring);
    this.held = ring;
  }
}
