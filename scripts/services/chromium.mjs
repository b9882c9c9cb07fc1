import process from 'node:process';
import { findOnPath, isExecutable, isRoot } from '../processes.mjs';
import { installPackages } from './system-packages.mjs';

const macPrograms = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser at CHROMIUM_PATH or on this machine, or undefined. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen && isExecutable(chosen)) return chosen;
  return (
    findOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
    macPrograms.find(isExecutable)
  );
}

/** The browser, installed from Debian when it is missing and root asks; otherwise throws with advice. */
export async function chromiumProgram(onProgress) {
  const found = findChromium();
  if (found) return found;
  if (isRoot && findOnPath('apt-get')) {
    onProgress?.('installing the Debian package');
    await installPackages(['chromium', 'fonts-dejavu-core']);
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    'No Chromium or Chrome was found for the browser tests. ' +
      'Run "sudo apt-get install -y chromium" or set CHROMIUM_PATH.',
  );
}
