import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { FatalError } from '../process/fatal.js';
import { CONFIG_CLASSES, type Config } from './config.js';
import { parseVariable, variablesOf, type VariableDefinition } from './variable.js';
import { unknownVariables } from './unknown-variables.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that cannot be used. `lines` has every problem found, each naming its variable and what to do. */
export class ConfigError extends FatalError {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Reads and checks all settings. Values are never repeated in messages: some are secrets.
 * @throws ConfigError with all problems at once.
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const warnings: string[] = unknownVariables(env);
  const parts: Record<string, object> = {};
  for (const [key, configClass] of Object.entries(CONFIG_CLASSES)) {
    const part = new configClass();
    const broken = fill(part, variablesOf(configClass), env, problems);
    if (broken) continue;
    if (hasProblems(part)) problems.push(...part.problems());
    if (hasWarnings(part)) warnings.push(...part.warnings());
    parts[key] = Object.freeze(part);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...(parts as unknown as Omit<Config, 'warnings'>), warnings };
}

/** Sets the properties of one part; true when any of them is not usable. */
function fill(
  part: object,
  variables: ReadonlyMap<string, VariableDefinition>,
  env: Environment,
  problems: string[],
): boolean {
  const before = problems.length;
  const unreadable = new Set<string>();
  for (const [property, definition] of variables) {
    const text = readVariable(definition, env, problems);
    if (text === undefined) unreadable.add(property);
    else Object.assign(part, { [property]: text === null ? null : parseVariable(definition.kind, text) });
  }
  for (const error of validateSync(part, { stopAtFirstError: true })) {
    const definition = variables.get(error.property);
    if (definition && !unreadable.has(error.property)) problems.push(`${definition.name}: ${definition.fix}`);
  }
  return problems.length > before;
}

/** The text of a variable, null when unset without a default, undefined when it could not be read (and was reported). */
function readVariable(definition: VariableDefinition, env: Environment, problems: string[]): string | null | undefined {
  const { name, fallback } = definition;
  const direct = env[name]?.trim() || null;
  const file = env[`${name}_FILE`]?.trim() || null;
  if (direct && file) {
    problems.push(`${name}: is set twice; keep either ${name} or ${name}_FILE.`);
    return undefined;
  }
  if (!file) return direct ?? fallback;
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text !== '') return text;
    problems.push(`${name}_FILE: the file ${file} is empty.`);
  } catch (error) {
    problems.push(`${name}_FILE: the file ${file} cannot be read (${reasonOf(error)}).`);
  }
  return undefined;
}

const reasonOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES') return 'permission denied';
  return code ?? 'unknown reason';
};

const hasProblems = (part: object): part is { problems(): string[] } => 'problems' in part;
const hasWarnings = (part: object): part is { warnings(): string[] } => 'warnings' in part;
