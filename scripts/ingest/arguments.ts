/** What the command line of `npm run ingest` says. */
import { parseArgs } from 'node:util';

export interface IngestArguments {
  files: string[];
  password: string | undefined;
  withRows: boolean;
  isJson: boolean;
  acceptMapping: boolean;
  isHelp: boolean;
  url: string | undefined;
  email: string | undefined;
  loginPassword: string | undefined;
}

export const exitCodes = { allProven: 0, notAllProven: 1, locked: 2, failed: 3 } as const;

export const help = `Reads M-PESA statements through the public API and says what became of each.

  npm run ingest -- FILE… [options]
  npm run ingest                        the sample statements

  --password P        opens locked PDFs; kept nowhere
  --rows              adds every row to the result
  --json              one JSON object per file on stdout, nothing else there
  --map               accepts the proposed columns of a CSV that is not known yet
  --url U             address of the API (default: the running profile, else http://127.0.0.1:9000)
  --email E --login-password P
                      who signs in (default: the demo login; or set DAFTARI_TOKEN)
  --help              this text

Exit codes
  0  every statement is proven
  1  a statement was refused, or waits for a review or for its columns to be matched
  2  a file is locked and was given no password, or a wrong one
  3  the command is wrong, a file cannot be read, or the API cannot be reached or refuses the login
`;

/** Parses the arguments; throws an Error that says what is wrong with them. */
export function readArguments(args: readonly string[]): IngestArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      password: { type: 'string' },
      rows: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      map: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      url: { type: 'string' },
      email: { type: 'string' },
      'login-password': { type: 'string' },
    },
  });
  if ((values.email === undefined) !== (values['login-password'] === undefined)) {
    throw new Error('--email and --login-password go together');
  }
  return {
    files: positionals,
    password: values.password,
    withRows: values.rows,
    isJson: values.json,
    acceptMapping: values.map,
    isHelp: values.help,
    url: values.url,
    email: values.email,
    loginPassword: values['login-password'],
  };
}
