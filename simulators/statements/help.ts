/** What the command line prints about itself. */
import { ciphers, encodings } from './arguments.ts';
import { layouts } from './layouts/catalogue.ts';
import { mutationNames, mutations } from './mutations/catalogue.ts';
import type { Mutation } from './mutations/mutation.ts';
import { layoutNames } from './truth.ts';

/** How the command is used. */
export function helpText(): string {
  return `Generates a statement file with invented data, and the truth about it.

  npm run generate -- statement --layout NAME --out FILE [options]

  --layout NAME       ${layoutNames.join(', ')}
  --rows N            rows of the book, 200
  --months N          length of the book, 6
  --seed N            everything invented follows from it, 1
  --from DATE         first day of the book, 2025-01-01
  --window-from DATE  print only these days of the book
  --window-to DATE
  --password TEXT     lock a PDF
  --cipher NAME       ${ciphers.join(', ')}
  --mutate A,B        change the file; --list names the changes
  --no-borders        a PDF without ruled cells
  --no-balance        leave out the balance column
  --name TEXT         whose personal account it is
  --till              an organisation export of a till instead of a pay bill
  --bank-shape NAME   equity, kcb
  --encoding NAME     ${encodings.join(', ')}
  --bom --crlf        byte order mark, Windows line endings
  --delimiter CHAR    , ; | or tab
  --list              layouts and mutations
`;
}

/** All layouts and mutations, one per line. */
export function listText(): string {
  const layoutLines = layoutNames.map((name) => `  ${name.padEnd(32)}${layouts[name].format}`);
  const mutationLines = mutationNames().map((name) => {
    const mutation: Mutation = mutations[name];
    const isEverywhere = mutation.layouts.length === layoutNames.length;
    const where = isEverywhere ? '' : ` (${mutation.layouts.join(', ')})`;
    return `  ${name.padEnd(32)}${mutation.summary}${where}`;
  });
  return `Layouts\n${layoutLines.join('\n')}\n\nMutations\n${mutationLines.join('\n')}\n`;
}
