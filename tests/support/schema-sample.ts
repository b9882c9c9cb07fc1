/** Bodies as a schema wants them, with one text wherever a text of any kind may stand. */
import { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;

/** A value of the schema; every text in it that is not one of a list is `text`. */
export function anyOf(schema: z.ZodType, text: string): unknown {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return valueOf(whole, { text, definitions: (whole['$defs'] ?? {}) as Record<string, Schema> });
}

interface Filling {
  text: string;
  definitions: Readonly<Record<string, Schema>>;
}

function valueOf(schema: Schema, filling: Filling): unknown {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    return valueOf(filling.definitions[reference.split('/').at(-1) ?? ''] ?? {}, filling);
  }
  if ('const' in schema) return schema['const'];
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (choices?.[0] !== undefined) return valueOf(choices[0], filling);
  const words = schema['enum'] as readonly unknown[] | undefined;
  if (words !== undefined) return words[0];
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, filling);
    case 'array':
      return [valueOf((schema['items'] ?? {}) as Schema, filling)];
    case 'integer':
    case 'number':
      return Math.max(100, Number(schema['minimum'] ?? 0));
    case 'boolean':
      return true;
    default:
      return filling.text;
  }
}

function objectOf(schema: Schema, filling: Filling): object {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  return Object.fromEntries(properties.map(([name, one]) => [name, valueOf(one, filling)]));
}
