import { parseArgs } from 'node:util';

const isOff = { type: 'boolean', default: false };
const profileOption = { type: 'string', default: 'local' };

/** Reads the options of `npm start`; throws a sentence that lists them when one is unknown. */
export function readStartOptions(args) {
  const known = { once: isOff, docker: isOff, 'no-ingest': isOff, profile: profileOption };
  const { 'no-ingest': noIngest, profile, ...rest } = parse(args, known);
  return { ...rest, profile: ownProfile(profile), ingest: !noIngest };
}

/** Reads the options of `npm run reset`. */
export function readResetOptions(args) {
  return parse(args, { yes: { ...isOff, short: 'y' }, profile: profileOption });
}

/** Reads the options of `npm run doctor`. */
export function readDoctorOptions(args) {
  return parse(args, { json: isOff });
}

/** Splits `npm test`'s arguments: ours, and those that go to Jest as they are. */
export function readTestOptions(args) {
  return { keep: args.includes('--keep'), jestArgs: args.filter((arg) => arg !== '--keep') };
}

function parse(args, options) {
  try {
    return parseArgs({ args, options }).values;
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
