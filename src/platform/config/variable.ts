import 'reflect-metadata';

/** How the text of an environment variable becomes a value. */
export type VariableKind = 'text' | 'integer' | 'boolean' | 'list';

export interface VariableDefinition {
  /** Name of the environment variable. `<name>_FILE` may name a file that holds the value instead. */
  readonly name: string;
  readonly kind: VariableKind;
  /** Value when unset, as text; null where the setting is optional and simply absent. */
  readonly fallback: string | null;
  /** What it is for: one sentence for the reference. */
  readonly about: string;
  /** What to do when the value is not usable: one sentence, follows the variable's name in the error. */
  readonly fix: string;
}

type ConfigClass = abstract new () => object;

const definitions = new WeakMap<object, Map<string, VariableDefinition>>();

/** Binds a property of a config class to an environment variable; class-validator decorators beside it say what is allowed. */
export function Variable(definition: VariableDefinition): PropertyDecorator {
  return (prototype, property) => {
    const known = definitions.get(prototype) ?? new Map<string, VariableDefinition>();
    known.set(String(property), definition);
    definitions.set(prototype, known);
  };
}

/** The variables of a config class by property name, in order of declaration. */
export const variablesOf = (configClass: ConfigClass): ReadonlyMap<string, VariableDefinition> =>
  definitions.get(configClass.prototype as object) ?? new Map<string, VariableDefinition>();

/** Text to value. What cannot be read becomes a value that validation refuses (NaN, undefined), so that one place reports it. */
export function parseVariable(kind: VariableKind, text: string): string | number | boolean | string[] | undefined {
  switch (kind) {
    case 'text':
      return text;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    case 'boolean':
      return parseBoolean(text);
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
  }
}

function parseBoolean(text: string): boolean | undefined {
  if (/^(1|true)$/i.test(text)) return true;
  if (/^(0|false)$/i.test(text)) return false;
  return undefined;
}
