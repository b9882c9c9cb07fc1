import { parseArgs } from 'node:util';

/** Reads the options of `npm start`; throws a sentence that lists them when one is unknown. */
export function readStartOptions(args) {
  const { values } = parse(args, {
    once: { type: 'boolean', default: false },
    docker: { type: 'boolean', default: false },
    'no-ingest': { type: 'boolean', default: false },
    profile: { type: 'string', default: 'local' },
  });
  const { once, docker, profile } = values;
  return { once, docker, profile: ownProfile(profile), ingest: !values['no-ingest'] };
}

/** Reads the options of `npm run reset`. */
export function readResetOptions(args) {
  const { values } = parse(args, {
    yes: { type: 'boolean', short: 'y', default: false },
    profile: { type: 'string', default: 'local' },
  });
  return values;
}

/** Reads the options of `npm run doctor`. */
export function readDoctorOptions(args) {
  return parse(args, { json: { type: 'boolean', default: false } }).values;
}

/** Splits `npm test`'s arguments: ours, and those that go to Jest as they are. */
export function readTestOptions(args) {
  return { keep: args.includes('--keep'), jestArgs: args.filter((arg) => arg !== '--keep') };
}

function parse(args, options) {
  try {
    return parseArgs({ args, options });
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    const [reason] = error.message.split('. ');
    throw new Error(`${reason}. Known options: ${known.join(', ')}.`, { cause: error });
  }
}

function ownProfile(profile) {
  if (profile !== 'test' && profile !== 'tools' && profile !== 'bundle') return profile;
  throw new Error(`The profile name "${profile}" is taken; choose another.`);
}
