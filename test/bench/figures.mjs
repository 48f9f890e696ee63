import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Seconds of processor time a process has used, all its threads together; 0 when it is gone. */
export function cpuSeconds(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return 0;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident megabytes of a process. */
export const residentMegabytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Processor time of the PostgreSQL backends whose application name passes. */
export async function backendSeconds(admin, passes) {
  const { rows } = await admin.query(
    `SELECT pid, application_name FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  return rows.filter((row) => passes(row.application_name)).reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const fixed = (value) => value.toFixed(2);

/** `0.61 [0.58-0.66]`: the median with its extremes. */
export const spread = (values) =>
  `${fixed(median(values))} [${fixed(Math.min(...values))}-${fixed(Math.max(...values))}]`;

/** Lines of a Markdown table with its columns aligned. */
export function table(header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
