import type { Command } from 'commander';
import { loadConfig } from '../../platform/config/load-config.js';
import { recoveryKit } from '../../platform/crypto/recovery-kit.js';
import { existingKeyRing } from '../key-ring.js';
import { remark, terminal } from '../output.js';
import { freeKeyFile, restoreKeyFile, typedText } from '../restore-keys.js';

/** `alcove keys kit|restore`: the encryption keys onto paper, and back from it. */
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
  keys
    .command('restore')
    .description('Make the key file again from the groups of a recovery kit, read from standard input.')
    .action(async () => {
      // Before anybody types some dozen groups in vain.
      const file = freeKeyFile(loadConfig(process.env));
      if (process.stdin.isTTY) remark('type the groups of the kit, then Enter and Ctrl-D on a line of its own.');
      await restoreKeyFile(file, await typedText(process.stdin));
      terminal.line(`The keys are in ${file}.`);
      remark('start Alcove now: it compares them with its database and refuses wrong ones.');
    });
}
