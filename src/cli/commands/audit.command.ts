import type { Command } from 'commander';
import { AuditKeys } from '../../platform/audit/audit-keys.js';
import { auditExitCode, auditReportLines } from '../../platform/audit/audit-report.js';
import { verifyAudit } from '../../platform/audit/audit-verify.js';
import { loadConfig } from '../../platform/config/load-config.js';
import { createI18n } from '../../platform/i18n/i18n.module.js';
import { existingKeyRing } from '../key-ring.js';
import { terminal } from '../output.js';
import { withDatabase } from '../with-database.js';

/** `alcove audit verify`: whether the audit is what the server wrote. */
export function addAuditCommand(program: Command): void {
  const audit = program.command('audit').description('The audit of this installation.');
  audit
    .command('verify')
    .description('Check every row of the audit; exit with 1 when something was changed, and name it.')
    .option('--json', 'print the report as JSON')
    .action((options: { json?: boolean }) => verify(options));
}

async function verify(options: { json?: boolean }): Promise<void> {
  const config = loadConfig(process.env);
  const keys = new AuditKeys(await existingKeyRing(config));
  await withDatabase(config, { make: false }, async ({ dataSource }) => {
    const report = await verifyAudit(dataSource, keys, config.data.file('audit-anchor.jsonl'));
    if (options.json) {
      terminal.json(report);
    } else {
      const i18n = createI18n();
      for (const line of auditReportLines(report, (key, values) => i18n.t('en', key, values))) terminal.line(line);
    }
    return auditExitCode(report);
  });
}
