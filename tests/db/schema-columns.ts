/**
 * Reads the table descriptions of db/ with the TypeScript compiler: types vanish at run time, so
 * this is how a test compares them with the database.
 */
import { join } from 'node:path';
import ts from 'typescript';
import type { Schema } from '../../db/schema.ts';

/** Columns by table; a column that may be null is marked with `?`. */
export function columnsOfSchema(): Map<keyof Schema, string[]> {
  const file = join(process.cwd(), 'db', 'schema.ts');
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error('db/schema.ts is missing');
  const moduleSymbol = checker.getSymbolAtLocation(source);
  const schema = moduleSymbol?.exports?.get(ts.escapeLeadingUnderscores('Schema'));
  if (schema === undefined) throw new Error('db/schema.ts exports no Schema');
  const tables = checker.getDeclaredTypeOfSymbol(schema).getProperties();
  return new Map(
    tables.map((table) => [
      table.getName() as keyof Schema,
      checker
        .getTypeOfSymbol(table)
        .getProperties()
        .map((column) => columnName(checker, column))
        .sort(),
    ]),
  );
}

function columnName(checker: ts.TypeChecker, column: ts.Symbol): string {
  const type = checker.getTypeOfSymbol(column);
  const select = type.getProperty('__select__');
  const read = select === undefined ? type : checker.getTypeOfSymbol(select);
  const parts = read.isUnion() ? read.types : [read];
  const isNullable = parts.some(
    (part) => (part.flags & (ts.TypeFlags.Null | ts.TypeFlags.Unknown)) !== 0,
  );
  return isNullable ? `${column.getName()}?` : column.getName();
}
