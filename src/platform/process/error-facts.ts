/**
 * Reading facts off an unknown error by its shape, not by `instanceof`: errors cross realms (worker threads, test sandboxes), where
 * the same class has another identity.
 */
const fact = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Code of a system error (`ENOENT`) or of PostgreSQL (`57P01`), or undefined. */
export const systemCode = (error: unknown): string | undefined => text(fact(error, 'code'));

/** What the error says. */
export const messageOf = (error: unknown): string => text(fact(error, 'message')) ?? String(error);

/** What a program that failed wrote to its standard error. */
export const stderrOf = (error: unknown): string => text(fact(error, 'stderr'))?.trim() ?? '';

/** Exit status of a program that failed, or undefined. */
export const statusOf = (error: unknown): number | undefined => {
  const status = fact(error, 'status');
  return typeof status === 'number' ? status : undefined;
};

/** The errors an AggregateError holds; empty for any other. */
export const errorsOf = (error: unknown): readonly unknown[] => {
  const errors = fact(error, 'errors');
  return Array.isArray(errors) ? (errors as unknown[]) : [];
};

/** The driver's own error inside one of TypeORM's, or undefined. */
export const driverErrorOf = (error: unknown): unknown => fact(error, 'driverError');

/** The system call that failed, or undefined. */
export const systemCallOf = (error: unknown): string | undefined => text(fact(error, 'syscall'));
