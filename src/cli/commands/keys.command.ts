import type { Command } from 'commander';
import { loadConfig } from '../../platform/config/load-config.js';
import { recoveryKit } from '../../platform/crypto/recovery-kit.js';
import { existingKeyRing } from '../key-ring.js';
import { remark, terminal } from '../output.js';

/** `alcove keys kit`: the encryption keys in a form that can be kept on paper. */
export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('The encryption keys of this installation.');
  keys
    .command('kit')
    .description('Print the recovery kit: with it and a backup everything can be read again, without it nothing.')
    .option('--json', 'print the kit as JSON')
    .action(async (options: { json?: boolean }) => {
      const kit = recoveryKit(await existingKeyRing(loadConfig(process.env)));
      if (options.json) terminal.json({ groups: kit.groups, checkWord: kit.checkWord });
      else terminal.line(kit.text.trimEnd());
      remark('keep this on paper, apart from the backups, where only the owners of the practice reach it.');
    });
}
